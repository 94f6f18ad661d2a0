import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { toast } from 'sonner'
import { api, messageOf } from '../../app/api.ts'
import type { PersonSession } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Page, useTitle } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { FormError } from '../auth/form-error.tsx'
import { AccountHeader } from './account-header.tsx'
import { DeviceIcon, deviceName } from './device-name.tsx'
import { Place } from './place.tsx'
import { sessionsQuery } from './queries.ts'

const reload = (): Promise<void> => queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey })

function Where({ session }: { session: PersonSession }) {
  return (
    <span className="flex min-w-0 items-center gap-2.5">
      <DeviceIcon device={session.device} />
      <span className="truncate font-medium">{deviceName(session.device)}</span>
      {session.current ? (
        <span className="shrink-0 rounded-sm bg-accent-soft px-1.5 text-xs leading-5 font-medium text-accent-ink">
          This one
        </span>
      ) : null}
    </span>
  )
}

function EndButton({ session, outline }: { session: PersonSession; outline?: boolean }) {
  const end = useMutation({
    mutationFn: () => api.DELETE('/api/v1/user/sessions/{id}', { params: { path: { id: session.id } } }),
    onSuccess: async () => {
      await reload()
      toast(`${deviceName(session.device)} was signed out`)
    },
    onError: (error) => {
      toast.error('It is still signed in', { description: messageOf(error) })
    },
  })
  if (session.current) return null
  return (
    <Button
      variant={outline ? 'outline' : 'ghost'}
      size="sm"
      data-row-primary
      busy={end.isPending}
      aria-label={`Sign out ${deviceName(session.device)}`}
      onClick={() => end.mutate()}
    >
      Sign out
    </Button>
  )
}

const columns: readonly Column<PersonSession>[] = [
  {
    id: 'device',
    header: 'Device',
    className: 'w-full max-w-0',
    cell: (session) => <Where session={session} />,
  },
  {
    id: 'from',
    header: 'Place',
    cell: (session) => <Place at={session} />,
  },
  {
    id: 'began',
    header: 'Signed in',
    className: 'whitespace-nowrap text-ink-2 @max-[52rem]:hidden',
    cell: (session) => <Time value={session.createdAt} />,
  },
  {
    id: 'used',
    header: 'Last used',
    className: 'whitespace-nowrap text-ink-2',
    cell: (session) => (session.current ? 'Now' : <Time value={session.lastUsedAt} />),
  },
  {
    id: 'actions',
    header: <span className="sr-only">Actions</span>,
    className: 'text-right',
    cell: (session) => <EndButton session={session} />,
  },
]

export function SessionsPage() {
  useTitle('Sessions')
  const sessions = useInfiniteQuery(sessionsQuery)
  const [ending, setEnding] = useState(false)
  const rows = useMemo(() => sessions.data?.toSorted(newestUseFirst) ?? [], [sessions.data])
  const others = rows.filter(({ current }) => !current).length
  return (
    <Page>
      <AccountHeader />
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3">
        <p className="text-sm text-pretty text-ink-2">
          Where you are signed in. A device you do not know? Sign it out and change your password.
        </p>
        <Button disabled={others === 0} onClick={() => setEnding(true)}>
          Sign out all others
        </Button>
      </div>
      {sessions.isPending ? <SkeletonRows rows={3} className="border-t border-line-strong" /> : null}
      {sessions.isError ? (
        <ErrorState
          error={sessions.error}
          title="Your sessions could not be loaded"
          onRetry={() => void sessions.refetch()}
        />
      ) : null}
      {rows.length > 0 ? (
        <DataTable
          label="Sessions"
          columns={columns}
          rows={rows}
          rowKey={(session) => session.id}
          compact={(session) => (
            <div className="flex items-center gap-3">
              <div className="min-w-0 flex-1">
                <Where session={session} />
                <p className="mt-0.5 flex flex-wrap gap-x-3 text-sm text-ink-2">
                  <Place at={session} />
                  <span>
                    {session.current ? (
                      'Used now'
                    ) : (
                      <>
                        Used <Time value={session.lastUsedAt} />
                      </>
                    )}
                  </span>
                </p>
              </div>
              <EndButton session={session} outline />
            </div>
          )}
          onLoadMore={sessions.hasNextPage ? () => void sessions.fetchNextPage() : undefined}
          loadingMore={sessions.isFetchingNextPage}
        />
      ) : null}
      {ending ? <EndOthersDialog onClose={() => setEnding(false)} /> : null}
    </Page>
  )
}

function newestUseFirst(a: PersonSession, b: PersonSession): number {
  return Number(b.current) - Number(a.current) || b.lastUsedAt.localeCompare(a.lastUsedAt)
}

function EndOthersDialog({ onClose }: { onClose: () => void }) {
  const end = useMutation({
    mutationFn: () => api.DELETE('/api/v1/user/sessions'),
    onSuccess: async () => {
      await reload()
      toast('All other sessions were ended')
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Sign out all other sessions?"
      description="Every other browser and program has to sign in again. This session stays."
    >
      <FormError error={end.error} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="primary" busy={end.isPending} onClick={() => end.mutate()}>
          Sign them out
        </Button>
      </DialogActions>
    </Dialog>
  )
}
