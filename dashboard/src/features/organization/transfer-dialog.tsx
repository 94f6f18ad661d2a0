import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { api, take } from '../../app/api.ts'
import type { Member } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { refreshSession, useOrganization } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { FormError } from '../auth/form-error.tsx'
import { membersQuery } from './queries.ts'

export function TransferDialog({ to, onClose }: { to: Member; onClose: () => void }) {
  const organization = useOrganization()
  const transfer = useMutation({
    mutationFn: () =>
      take(
        api.POST('/api/v1/organizations/{id}/transfer', {
          params: { path: { id: organization.id } },
          body: { userId: to.userId },
        }),
      ),
    onSuccess: async () => {
      await Promise.all([
        refreshSession(),
        queryClient.invalidateQueries({ queryKey: membersQuery(organization.id).queryKey }),
      ])
      toast(`${to.name} owns ${organization.name} now`, { description: 'You are an admin of it.' })
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Hand ${organization.name} over to ${to.name}?`}
      description={`${to.name} (${to.email}) becomes an owner: they can then delete the organization, and change or remove you. You become an admin, and cannot take this back yourself.`}
    >
      <FormError error={transfer.error} />
      <DialogActions>
        <Button onClick={onClose}>Keep it</Button>
        <Button variant="danger" busy={transfer.isPending} onClick={() => transfer.mutate()}>
          Hand it over
        </Button>
      </DialogActions>
    </Dialog>
  )
}
