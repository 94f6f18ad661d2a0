import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, take } from '../../app/api.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { FormError } from '../auth/form-error.tsx'

export function RenameDialog({
  conversation,
  onClose,
}: {
  conversation: { id: string; title: string }
  onClose: () => void
}) {
  const [title, setTitle] = useState(conversation.title)
  const rename = useMutation({
    mutationFn: () =>
      take(
        api.PATCH('/api/v1/conversations/{id}', {
          params: { path: { id: conversation.id } },
          body: { title: title.trim() },
        }),
      ),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['conversations', 'list'] })
      await queryClient.invalidateQueries({ queryKey: ['conversations', 'one', conversation.id] })
      onClose()
    },
  })
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Rename the conversation">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          rename.mutate()
        }}
        className="flex flex-col gap-4"
      >
        <Field label="Title">
          {(control) => (
            <Input
              {...control}
              value={title}
              required
              maxLength={200}
              onFocus={(event) => event.target.select()}
              onChange={(event) => setTitle(event.target.value)}
            />
          )}
        </Field>
        <FormError error={rename.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={rename.isPending} disabled={title.trim() === ''}>
            Rename
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
