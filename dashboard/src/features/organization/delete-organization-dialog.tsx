import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { toast } from 'sonner'
import { api } from '../../app/api.ts'
import { refreshSession, useOrganization } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { FormError } from '../auth/form-error.tsx'

export function DeleteOrganizationDialog({ onClose }: { onClose: () => void }) {
  const organization = useOrganization()
  const navigate = useNavigate()
  const [typed, setTyped] = useState('')
  const remove = useMutation({
    mutationFn: () =>
      api.DELETE('/api/v1/organizations/{id}', {
        params: { path: { id: organization.id } },
        body: { confirm: typed.trim() },
      }),
    onSuccess: async () => {
      onClose()
      // First the session: the home page would ask for what is not there any more.
      await refreshSession()
      await navigate({ to: '/' })
      toast(`${organization.name} is deleted`, {
        description: 'You can restore it for 30 days, where you create organizations.',
      })
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Delete ${organization.name}?`}
      description="Nobody can do anything in it from that moment on, and its API keys are refused. For 30 days an owner can restore it; then its documents, conversations, members, keys and ledger are erased for good."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          remove.mutate()
        }}
        className="flex flex-col gap-4"
      >
        <Field
          label={
            <>
              Type <span className="font-mono select-all">{organization.slug}</span> to confirm
            </>
          }
        >
          {(control) => (
            <Input
              {...control}
              value={typed}
              autoComplete="off"
              autoCapitalize="none"
              autoFocus
              spellCheck={false}
              onChange={(event) => setTyped(event.target.value)}
              className="font-mono text-sm"
            />
          )}
        </Field>
        <FormError error={remove.error} />
        <DialogActions>
          <Button onClick={onClose}>Keep it</Button>
          <Button
            type="submit"
            variant="danger"
            busy={remove.isPending}
            disabled={typed.trim() !== organization.slug}
          >
            Delete the organization
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
