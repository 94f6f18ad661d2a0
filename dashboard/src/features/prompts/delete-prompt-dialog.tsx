import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { api } from '../../app/api.ts'
import type { Prompt } from '../../app/api-types.ts'
import { plural } from '../../app/format.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { FormError } from '../auth/form-error.tsx'
import { refreshPrompts } from './queries.ts'

export function DeletePromptDialog({
  prompt,
  onClose,
  onDeleted,
}: {
  prompt: Prompt
  onClose: () => void
  onDeleted: () => Promise<void>
}) {
  const [typed, setTyped] = useState('')
  const remove = useMutation({
    mutationFn: () => api.DELETE('/api/v1/prompts/{id}', { params: { path: { id: prompt.id } } }),
    onSuccess: async () => {
      toast(`The prompt “${prompt.name}” is deleted`)
      // Its page goes first: it would ask for what is no longer there.
      await onDeleted()
      queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey.includes(prompt.id) })
      await refreshPrompts()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Delete the prompt “${prompt.name}”?`}
      description={`Its ${plural(prompt.latestVersion, 'version')} and their history are lost, and calls that say it are refused. An archived prompt can be restored; a deleted one cannot.`}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          remove.mutate()
        }}
      >
        <Field label={`Type ${prompt.name} to confirm`}>
          {(control) => (
            <Input
              {...control}
              value={typed}
              autoFocus
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
        <div className="mt-4">
          <FormError error={remove.error} />
        </div>
        <DialogActions>
          <Button onClick={onClose}>Keep it</Button>
          <Button type="submit" variant="danger" busy={remove.isPending} disabled={typed !== prompt.name}>
            Delete the prompt
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
