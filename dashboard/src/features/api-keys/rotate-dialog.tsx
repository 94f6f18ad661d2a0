import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, take } from '../../app/api.ts'
import type { ApiKey } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { FormError } from '../auth/form-error.tsx'
import { NewKeyDialog } from './new-key-dialog.tsx'
import { apiKeysQuery } from './queries.ts'

const overlaps = [
  { value: '0', label: 'Not at all' },
  { value: '3600', label: 'One hour' },
  { value: '86400', label: 'One day' },
  { value: '604800', label: 'Seven days' },
  { value: '2592000', label: '30 days' },
] as const

type Overlap = (typeof overlaps)[number]['value']

/** A new key in the place of one that is in use; both work for a while, so that nothing has to stop. */
export function RotateDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const [overlap, setOverlap] = useState<Overlap>('86400')
  const rotate = useMutation({
    mutationFn: () =>
      take(
        api.POST('/api/v1/api-keys/{id}/rotate', {
          params: { path: { id: apiKey.id } },
          body: { overlapSeconds: Number(overlap) },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: apiKeysQuery.queryKey }),
  })
  if (rotate.data) {
    const while_ = overlaps.find(({ value }) => value === overlap)?.label.toLowerCase()
    return (
      <NewKeyDialog
        created={rotate.data}
        title={`The new key of “${rotate.data.name}”`}
        note={
          overlap === '0'
            ? 'The old key is refused from this moment on.'
            : `The old key (${apiKey.prefix}…) works for ${while_} more. Put the new one in its place until then.`
        }
        onClose={onClose}
      />
    )
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Replace “${apiKey.name}”?`}
      description="A new key of the same owner, permissions and limits takes its place."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          rotate.mutate()
        }}
        className="flex flex-col gap-4"
      >
        <Field
          label="The old key still works for"
          hint="Long enough to put the new key everywhere. If the old one may be stolen: not at all."
        >
          {(control) => (
            <Select
              id={control.id}
              value={overlap}
              onChange={setOverlap}
              options={overlaps}
              className="w-full [&>select]:h-9"
            />
          )}
        </Field>
        <FormError error={rotate.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={rotate.isPending}>
            Make the new key
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
