import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { api } from '../../app/api.ts'
import { queryClient } from '../../app/query-client.ts'
import { sessionQuery, useSession } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { FormError } from './form-error.tsx'

export default function ProfileDialog({ onClose }: { onClose: () => void }) {
  const { user } = useSession()
  const [name, setName] = useState(user.name)
  const save = useMutation({
    mutationFn: () => api.PATCH('/api/v1/user/profile', { body: { name: name.trim() } }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey })
      toast('Your name was changed')
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Your profile"
      description="Your name as the others in your organizations see it."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
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
              autoComplete="name"
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label="E-mail">{(control) => <Input {...control} value={user.email} readOnly />}</Field>
        <FormError error={save.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={save.isPending} disabled={name.trim() === ''}>
            Save
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
