import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { api } from '../../app/api.ts'
import type { SignInConnection } from '../../app/api-types.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { FormError } from '../auth/form-error.tsx'
import { rememberConnection } from './queries.ts'

export function DisconnectDialog({
  connection,
  onDisconnected,
  onClose,
}: {
  connection: SignInConnection
  onDisconnected: () => void
  onClose: () => void
}) {
  const disconnect = useMutation({
    mutationFn: () => api.DELETE('/api/v1/sign-in/connection'),
    onSuccess: () => {
      rememberConnection(null)
      onDisconnected()
      toast('The identity provider is disconnected')
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Disconnect the identity provider?"
      description={`Nobody signs in by ${hostOf(connection.issuer)} any more. The client secret is forgotten: to connect again you need it once more.`}
    >
      <p className="text-sm text-pretty text-ink-2">
        Members stay members, and open sessions stay open. Who never had a password here sets one with “Forgot
        password?”. To stop for a while, switch it off instead.
      </p>
      <div className="mt-3 empty:hidden">
        <FormError error={disconnect.error} />
      </div>
      <DialogActions>
        <Button onClick={onClose}>Keep it</Button>
        <Button variant="danger" busy={disconnect.isPending} onClick={() => disconnect.mutate()}>
          Disconnect
        </Button>
      </DialogActions>
    </Dialog>
  )
}

function hostOf(issuer: string): string {
  return URL.canParse(issuer) ? new URL(issuer).host : issuer
}
