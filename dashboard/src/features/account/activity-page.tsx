import { useInfiniteQuery } from '@tanstack/react-query'
import { ScrollText, ShieldAlert } from 'lucide-react'
import type { AccountEvent } from '../../app/api-types.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Page, useTitle } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { AccountHeader } from './account-header.tsx'
import { accountSentence, isRefusal } from './account-sentences.ts'
import { deviceName } from './device-name.tsx'
import { Place } from './place.tsx'
import { accountActivityQuery } from './queries.ts'

function Sentence({ event }: { event: AccountEvent }) {
  return (
    <span className="flex items-baseline gap-2">
      {isRefusal(event) ? (
        <ShieldAlert className="size-4 shrink-0 translate-y-0.75 text-amber" aria-hidden />
      ) : null}
      <span className="min-w-0 text-pretty">{accountSentence(event)}</span>
    </span>
  )
}

const columns: readonly Column<AccountEvent>[] = [
  { id: 'what', header: 'What happened', className: 'w-full', cell: (event) => <Sentence event={event} /> },
  {
    id: 'device',
    header: 'Device',
    className: 'whitespace-nowrap text-ink-2',
    cell: (event) => deviceName(event.device),
  },
  {
    id: 'from',
    header: 'Address',
    className: '@max-[52rem]:hidden',
    cell: (event) => <Place at={event} />,
  },
  {
    id: 'when',
    header: 'When',
    numeric: true,
    className: 'whitespace-nowrap text-ink-2',
    cell: (event) => <Time value={event.createdAt} />,
  },
]

export function AccountActivityPage() {
  useTitle('Account activity')
  const events = useInfiniteQuery(accountActivityQuery)
  return (
    <Page>
      <AccountHeader />
      <p className="py-3 text-sm text-pretty text-ink-2">
        Sign-ins and changes of your account, the newest first. What you do in an organization stands in its
        audit log.
      </p>
      {events.isPending ? <SkeletonRows rows={8} className="border-t border-line-strong" /> : null}
      {events.isError ? (
        <ErrorState
          error={events.error}
          title="The activity could not be loaded"
          onRetry={() => void events.refetch()}
        />
      ) : null}
      {events.data?.length === 0 ? (
        <EmptyState icon={<ScrollText />} title="Nothing happened yet">
          Every sign-in and every change of your account is written down here.
        </EmptyState>
      ) : null}
      {events.data && events.data.length > 0 ? (
        <DataTable
          label="Activity of your account"
          columns={columns}
          rows={events.data}
          rowKey={(event) => event.id}
          compact={(event) => (
            <div>
              <Sentence event={event} />
              <p className="mt-0.5 flex flex-wrap gap-x-3 text-sm text-ink-3">
                <Time value={event.createdAt} />
                <span>{deviceName(event.device)}</span>
                <Place at={event} />
              </p>
            </div>
          )}
          onLoadMore={events.hasNextPage ? () => void events.fetchNextPage() : undefined}
          loadingMore={events.isFetchingNextPage}
        />
      ) : null}
    </Page>
  )
}
