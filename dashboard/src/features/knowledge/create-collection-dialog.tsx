import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, take } from '../../app/api.ts'
import type { Collection } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { FormError } from '../auth/form-error.tsx'
import { collectionsQuery } from './queries.ts'

export function CreateCollectionDialog({
  onClose,
  onCreated,
}: {
  onClose: () => void
  onCreated: (collection: Collection) => void
}) {
  const [name, setName] = useState('')
  const create = useMutation({
    mutationFn: () => take(api.POST('/api/v1/collections', { body: { name: name.trim() } })),
    onSuccess: async (collection) => {
      await queryClient.invalidateQueries({ queryKey: collectionsQuery.queryKey })
      onCreated(collection)
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New collection"
      description="A shelf of documents that can be searched and asked on its own."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate()
        }}
        className="flex flex-col gap-4"
      >
        <Field label="Name">
          {(control) => (
            <Input
              {...control}
              value={name}
              required
              maxLength={120}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <FormError error={create.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={create.isPending} disabled={name.trim() === ''}>
            Create
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
