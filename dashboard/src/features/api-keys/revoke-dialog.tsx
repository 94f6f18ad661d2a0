import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { api } from '../../app/api.ts'
import type { ApiKey } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Time } from '../../ui/time.tsx'
import { FormError } from '../auth/form-error.tsx'
import { apiKeysQuery } from './queries.ts'

/** Revoking works at once and cannot be undone: a key that may be stolen must not live six seconds longer for an undo. */
export function RevokeDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const revoke = useMutation({
    mutationFn: () => api.DELETE('/api/v1/api-keys/{id}', { params: { path: { id: apiKey.id } } }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: apiKeysQuery.queryKey })
      toast(`“${apiKey.name}” is revoked`)
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Revoke “${apiKey.name}”?`}
      description={
        <>
          Whatever uses <span className="font-mono">{apiKey.prefix}…</span> is refused from this moment on.{' '}
          {apiKey.lastUsedAt ? (
            <>
              It was last used <Time value={apiKey.lastUsedAt} />.
            </>
          ) : (
            'It has never been used.'
          )}{' '}
          A revoked key cannot be brought back.
        </>
      }
    >
      <FormError error={revoke.error} />
      <DialogActions>
        <Button onClick={onClose}>Keep it</Button>
        <Button variant="danger" busy={revoke.isPending} onClick={() => revoke.mutate()}>
          Revoke the key
        </Button>
      </DialogActions>
    </Dialog>
  )
}
