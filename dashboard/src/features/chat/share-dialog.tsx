import { useMutation, useQuery } from '@tanstack/react-query'
import { api, take } from '../../app/api.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { CopyLine } from '../../ui/copy-line.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { FormError } from '../auth/form-error.tsx'
import { shareQuery } from './queries.ts'

/** The link under which the organization reads a conversation as it was when it was shared. */
export function ShareDialog({
  conversation,
  onClose,
}: {
  conversation: { id: string; title: string }
  onClose: () => void
}) {
  const path = { id: conversation.id }
  const query = useQuery(shareQuery(conversation.id))
  const refresh = () => queryClient.invalidateQueries({ queryKey: shareQuery(conversation.id).queryKey })
  const share = useMutation({
    mutationFn: () => take(api.POST('/api/v1/conversations/{id}/share', { params: { path } })),
    onSuccess: refresh,
  })
  const unshare = useMutation({
    mutationFn: () => take(api.DELETE('/api/v1/conversations/{id}/share', { params: { path } })),
    onSuccess: refresh,
  })
  const shared = query.data?.share
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Share in the organization"
      description="Members with the link read the conversation as it is now, and can go on with a copy of their own. What you ask later is not shown. Sources show themselves only to who may read them."
    >
      {query.isError ? (
        <ErrorState error={query.error} title="Whether it is shared could not be loaded" />
      ) : query.isPending ? (
        <Skeleton className="h-9 w-full" />
      ) : shared ? (
        <CopyLine
          label="Link"
          value={`${location.origin}/shared/${shared.id}`}
          hint={
            <>
              As it was <Time value={shared.createdAt} />.
            </>
          }
        />
      ) : (
        <p className="text-sm text-ink-2">Only you read this conversation.</p>
      )}
      <div className="mt-4">
        <FormError error={share.error ?? unshare.error} />
        <DialogActions>
          {shared ? (
            <Button busy={unshare.isPending} onClick={() => unshare.mutate()}>
              Stop sharing
            </Button>
          ) : null}
          <Button
            variant={shared ? 'outline' : 'primary'}
            busy={share.isPending}
            disabled={!query.isSuccess}
            onClick={() => share.mutate()}
          >
            {shared ? 'Show it as it is now' : 'Share'}
          </Button>
        </DialogActions>
      </div>
    </Dialog>
  )
}
