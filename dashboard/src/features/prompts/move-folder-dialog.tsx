import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../app/api.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { FormError } from '../auth/form-error.tsx'
import { refreshPrompts } from './queries.ts'

export function MoveFolderDialog({
  folder,
  onClose,
  onMoved,
}: {
  folder: string
  onClose: () => void
  onMoved: (to: string) => void
}) {
  const [to, setTo] = useState(folder)
  const move = useMutation({
    mutationFn: () => api.POST('/api/v1/prompts/folders/move', { body: { from: folder, to: to.trim() } }),
    onSuccess: async () => {
      onMoved(to.trim())
      onClose()
      await refreshPrompts()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Move or rename “${folder}”`}
      description="With all prompts in it and below it. Calls say no folder, so none breaks."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          move.mutate()
        }}
      >
        <Field label="New path" hint="Empty puts its prompts in no folder.">
          {(control) => (
            <Input
              {...control}
              value={to}
              autoFocus
              maxLength={300}
              autoComplete="off"
              onChange={(event) => setTo(event.target.value)}
            />
          )}
        </Field>
        <div className="mt-4">
          <FormError error={move.error} />
        </div>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={move.isPending} disabled={to.trim() === folder}>
            Move
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
