import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Hourglass } from 'lucide-react'
import type { ListedQueuedCall } from '../../app/api-types.ts'
import { StatusDot, type Tone } from '../../ui/badge.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Money } from '../../ui/money.tsx'
import { Page, useTitle } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { Snippet } from '../../ui/snippet.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { queuedCallsQuery } from './queries.ts'
import { QueuedCallInspector } from './queued-call-inspector.tsx'
import { UsageHeader } from './usage-header.tsx'

const route = getRouteApi('/app/usage/queued')

/** Calls that are answered later: how far each is, what it cost, and its answer. */
export function QueuedPage() {
  useTitle('Queued calls')
  const { call } = route.useSearch()
  const navigate = route.useNavigate()
  const calls = useInfiniteQuery(queuedCallsQuery)
  const rows = calls.data ?? []
  const close = () => void navigate({ search: {} })
  return (
    <Page
      inspector={
        call ? (
          <QueuedCallInspector
            key={call}
            id={call}
            listed={rows.find(({ id }) => id === call)}
            onClose={close}
          />
        ) : null
      }
    >
      <UsageHeader />
      {calls.isPending ? <SkeletonRows rows={8} className="mt-6 border-t border-line-strong" /> : null}
      {calls.isError ? (
        <ErrorState
          error={calls.error}
          title="The queued calls could not be loaded"
          onRetry={() => void calls.refetch()}
          className="mt-6"
        />
      ) : null}
      {calls.isSuccess && rows.length === 0 ? <NoCalls /> : null}
      {rows.length > 0 ? (
        <div className="mt-6">
          <DataTable
            label="Queued calls"
            columns={columns}
            rows={rows}
            rowKey={({ id }) => id}
            activeKey={call}
            compact={(row) => <CompactCall call={row} />}
            onLoadMore={calls.hasNextPage ? () => void calls.fetchNextPage() : undefined}
            loadingMore={calls.isFetchingNextPage}
          />
        </div>
      ) : null}
    </Page>
  )
}

function NoCalls() {
  const code = [
    `curl ${window.location.origin}/v1/chat/completions \\`,
    '  -H "Authorization: Bearer $API_KEY" \\',
    '  -H "Content-Type: application/json" \\',
    '  -H "Prefer: respond-async" \\',
    `  -d '{"model": "fast", "messages": [{"role": "user", "content": "Hello"}]}'`,
  ].join('\n')
  return (
    <>
      <EmptyState icon={<Hourglass />} title="No call is queued" className="pb-6">
        A chat that is sent with <code>Prefer: respond-async</code> is answered later: its answer is fetched,
        or delivered to an address of yours. For 30 days it is listed here.
      </EmptyState>
      <Snippet code={code} label="the command that queues a call" className="mx-auto max-w-2xl" />
    </>
  )
}

const states: Record<ListedQueuedCall['status'], { tone: Tone; label: string; live?: true }> = {
  waiting: { tone: 'neutral', label: 'Waiting' },
  running: { tone: 'accent', label: 'Running', live: true },
  completed: { tone: 'accent', label: 'Answered' },
  failed: { tone: 'red', label: 'Failed' },
  cancelled: { tone: 'neutral', label: 'Cancelled' },
}

export function QueuedState({ status }: { status: ListedQueuedCall['status'] }) {
  const { tone, label, live } = states[status]
  return (
    <StatusDot tone={tone} live={live ?? false}>
      {label}
    </StatusDot>
  )
}

const deliveries: Record<NonNullable<ListedQueuedCall['webhook']>['status'], string> = {
  waiting: 'Not delivered yet',
  delivered: 'Delivered',
  failed: 'Given up',
  stopped: 'Stopped',
}

export function deliveryText({ webhook }: Pick<ListedQueuedCall, 'webhook'>): string {
  return webhook ? deliveries[webhook.status] : 'To be fetched'
}

function CallLink({ call }: { call: ListedQueuedCall }) {
  return (
    <Link
      to="/usage/queued"
      search={{ call: call.id }}
      data-row-primary
      className="rounded-sm font-medium whitespace-nowrap after:absolute after:inset-0 after:content-['']"
    >
      <Time value={call.createdAt} />
    </Link>
  )
}

const columns: readonly Column<ListedQueuedCall>[] = [
  { id: 'when', header: 'Sent', cell: (call) => <CallLink call={call} /> },
  { id: 'state', header: 'State', cell: (call) => <QueuedState status={call.status} /> },
  {
    id: 'model',
    header: 'Model',
    className: 'w-full max-w-0',
    cell: (call) => <span className="block truncate">{call.usage?.model ?? '–'}</span>,
  },
  {
    id: 'delivery',
    header: 'Delivery',
    className: 'whitespace-nowrap text-ink-2 @max-[44rem]:hidden',
    cell: deliveryText,
  },
  {
    id: 'cost',
    header: 'Cost',
    numeric: true,
    cell: (call) => (call.usage ? <Money nanos={call.usage.costNanos} className="relative" /> : '–'),
  },
]

function CompactCall({ call }: { call: ListedQueuedCall }) {
  return (
    <div className="flex items-start justify-between gap-3">
      <div className="min-w-0">
        <p className="truncate">{call.usage?.model ?? deliveryText(call)}</p>
        <p className="mt-1 flex gap-3 text-sm text-ink-2">
          <CallLink call={call} />
          <QueuedState status={call.status} />
        </p>
      </div>
      {call.usage ? <Money nanos={call.usage.costNanos} /> : null}
    </div>
  )
}
