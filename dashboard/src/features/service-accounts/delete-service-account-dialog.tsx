import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { api } from '../../app/api.ts'
import type { ServiceAccount } from '../../app/api-types.ts'
import { plural } from '../../app/format.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { apiKeysQuery } from '../api-keys/queries.ts'
import { FormError } from '../auth/form-error.tsx'
import { serviceAccountsQuery } from './queries.ts'

/** Its keys end with it and cannot be brought back, so this is asked and not undone. */
export function DeleteServiceAccountDialog({
  account,
  usableKeys,
  onClose,
  onDeleted,
}: {
  account: ServiceAccount
  usableKeys: number
  onClose: () => void
  onDeleted: () => void
}) {
  const remove = useMutation({
    mutationFn: () => api.DELETE('/api/v1/service-accounts/{id}', { params: { path: { id: account.id } } }),
    onSuccess: async () => {
      onDeleted()
      await Promise.all(
        [serviceAccountsQuery, apiKeysQuery].map(({ queryKey }) =>
          queryClient.invalidateQueries({ queryKey }),
        ),
      )
      toast(`“${account.name}” is deleted`)
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Delete “${account.name}”?`}
      description={
        usableKeys === 0
          ? 'It has no key that works, so nothing stops working.'
          : `Its ${plural(usableKeys, 'key')} that still ${usableKeys === 1 ? 'works' : 'work'} will be refused from this moment on, and cannot be brought back. To try what that stops, disable the account first.`
      }
    >
      <FormError error={remove.error} />
      <DialogActions>
        <Button onClick={onClose}>Keep it</Button>
        <Button variant="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
          Delete the account
        </Button>
      </DialogActions>
    </Dialog>
  )
}
