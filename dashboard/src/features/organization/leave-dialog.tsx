import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { toast } from 'sonner'
import { api } from '../../app/api.ts'
import { refreshSession, useOrganization, useSession } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { FormError } from '../auth/form-error.tsx'

export function LeaveDialog({ isLastOwner, onClose }: { isLastOwner: boolean; onClose: () => void }) {
  const organization = useOrganization()
  const { user } = useSession()
  const navigate = useNavigate()
  const leave = useMutation({
    mutationFn: () =>
      api.DELETE('/api/v1/organizations/{id}/members/{userId}', {
        params: { path: { id: organization.id, userId: user.id } },
      }),
    onSuccess: async () => {
      onClose()
      // First the session: the home page would ask for what is not there any more.
      await refreshSession()
      await navigate({ to: '/' })
      toast(`You have left ${organization.name}`)
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={isLastOwner ? 'An organization needs an owner' : `Leave ${organization.name}?`}
      description={
        isLastOwner
          ? `You are the only owner of ${organization.name}. Hand it over to another member first, or delete it in its settings.`
          : 'You see nothing of it from that moment on, and your API keys in it end. What you uploaded and asked stays. Somebody there can invite you again.'
      }
    >
      <FormError error={leave.error} />
      <DialogActions>
        {isLastOwner ? (
          <Button variant="primary" onClick={onClose}>
            Understood
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>Stay</Button>
            <Button variant="danger" busy={leave.isPending} onClick={() => leave.mutate()}>
              Leave
            </Button>
          </>
        )}
      </DialogActions>
    </Dialog>
  )
}
