import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import type { CreditBalance, CreditEntry } from '../../app/api-types.ts'
import { nanosOf, plural } from '../../app/format.ts'
import { useCan } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Figure, Figures } from '../../ui/figures.tsx'
import { Gauge } from '../../ui/gauge.tsx'
import { Money } from '../../ui/money.tsx'
import { Page, SectionHeader, useTitle } from '../../ui/page.tsx'
import { Skeleton, SkeletonRows } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { usageQuery } from '../usage/queries.ts'
import { daysOf } from '../usage/ranges.ts'
import { UsageHeader } from '../usage/usage-header.tsx'
import { GrantDialog } from './grant-dialog.tsx'
import { OpenGrants } from './open-grants.tsx'
import { creditEntriesQuery, creditsQuery } from './queries.ts'

const route = getRouteApi('/app/usage/credits')

const kinds: Record<CreditEntry['kind'], string> = {
  grant: 'Granted',
  revocation: 'Revoked',
  expiry: 'Expired',
}

const columns: readonly Column<CreditEntry>[] = [
  { id: 'kind', header: 'What', className: 'whitespace-nowrap', cell: ({ kind }) => kinds[kind] },
  {
    id: 'note',
    header: 'Note',
    className: 'w-full max-w-0',
    cell: ({ note }) => <span className="block truncate text-ink-2">{note || '–'}</span>,
  },
  {
    id: 'when',
    header: 'When',
    className: 'whitespace-nowrap text-ink-2',
    cell: ({ createdAt }) => <Time value={createdAt} />,
  },
  {
    id: 'amount',
    header: 'Amount',
    numeric: true,
    className: 'whitespace-nowrap',
    cell: ({ amountNanos }) => <Signed nanos={amountNanos} />,
  },
  {
    id: 'balance',
    header: 'Balance',
    numeric: true,
    className: 'whitespace-nowrap',
    cell: ({ balanceNanos }) => <Money nanos={balanceNanos} />,
  },
]

/** What was paid for in advance, how fast it is used, and what became of it. */
export function CreditsPage() {
  useTitle('Credits')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const canGrant = useCan('system:admin')
  const balance = useQuery(creditsQuery)
  const grant = (open: boolean): void => void navigate({ search: open ? { grant: true } : {}, replace: true })
  return (
    <Page>
      <UsageHeader
        actions={
          canGrant ? (
            <Button variant="primary" onClick={() => grant(true)}>
              <Plus /> Grant credits
            </Button>
          ) : null
        }
      />
      {balance.isPending ? <Skeleton className="mt-6 h-26" /> : null}
      {balance.isError ? (
        <ErrorState
          error={balance.error}
          title="The credits could not be loaded"
          onRetry={() => void balance.refetch()}
          className="mt-6"
        />
      ) : null}
      {balance.data && !balance.data.isOn ? (
        <p className="mt-6 max-w-[62ch] text-sm text-pretty text-ink-2">
          <span className="font-medium text-ink">No credits were granted.</span> Calls are held against none.
          Whoever runs this installation can grant credits; from the first grant on, calls use them up and are
          refused when they are gone.
        </p>
      ) : null}
      {balance.data?.isOn ? (
        <>
          <Balance balance={balance.data} />
          <OpenGrants balance={balance.data} />
          <Entries />
        </>
      ) : null}
      {search.grant && canGrant && balance.data ? (
        <GrantDialog isFirst={!balance.data.isOn} onClose={() => grant(false)} />
      ) : null}
    </Page>
  )
}

function Balance({ balance }: { balance: CreditBalance }) {
  const { from, to, days } = daysOf('7d')
  const usage = useQuery({ ...usageQuery(from, to), enabled: useCan('read:usage') })
  const spent = usage.data?.data.reduce((sum, { costNanos }) => sum + nanosOf(costNanos), 0n)
  const perDay = spent === undefined ? undefined : spent / BigInt(days.length)
  const remaining = nanosOf(balance.remainingNanos)
  const had = nanosOf(balance.usedNanos) + nanosOf(balance.heldNanos) + remaining
  const used = had === 0n ? 1 : Number(((had - remaining) * 10_000n) / had) / 10_000
  return (
    <section aria-label="Balance">
      <Figures>
        <Figure label="Left" note={held(balance)}>
          <Money nanos={balance.remainingNanos} />
        </Figure>
        <Figure label="Used by calls">
          <Money nanos={balance.usedNanos} />
        </Figure>
        <Figure label="A day, of the last seven">
          {perDay === undefined ? '–' : <Money nanos={perDay} />}
        </Figure>
        <Figure label="Lasts about">{lasts(remaining, perDay)}</Figure>
      </Figures>
      <Gauge used={used} label="Credits that are used" className="mt-4" />
    </section>
  )
}

function held({ heldNanos }: CreditBalance) {
  if (nanosOf(heldNanos) === 0n) return 'Nothing is held by calls under way'
  return (
    <>
      <Money nanos={heldNanos} /> held by calls under way
    </>
  )
}

function lasts(remaining: bigint, perDay: bigint | undefined): string {
  if (remaining === 0n) return 'Used up'
  if (perDay === undefined || perDay === 0n) return '–'
  const days = Number(remaining / perDay)
  if (days > 1_000) return 'Years'
  return days < 1 ? 'Less than a day' : plural(days, 'day')
}

function Entries() {
  const entries = useInfiniteQuery(creditEntriesQuery)
  return (
    <section aria-labelledby="entries" className="mt-10">
      <SectionHeader title="Entries" id="entries" />
      {entries.isPending ? <SkeletonRows rows={3} className="border-t border-line-strong" /> : null}
      {entries.isError ? (
        <ErrorState
          error={entries.error}
          title="The entries could not be loaded"
          onRetry={() => void entries.refetch()}
        />
      ) : null}
      {entries.data ? (
        <DataTable
          label="Entries"
          columns={columns}
          rows={entries.data}
          rowKey={({ id }) => id}
          compact={({ kind, note, amountNanos, balanceNanos, createdAt }) => (
            <div className="flex items-start justify-between gap-3">
              <div className="min-w-0">
                <p className="font-medium">{kinds[kind]}</p>
                <p className="truncate text-sm text-ink-2">
                  <Time value={createdAt} />
                  {note ? ` · ${note}` : ''}
                </p>
              </div>
              <p className="shrink-0 text-right">
                <Signed nanos={amountNanos} />
                <span className="block text-sm text-ink-2">
                  <Money nanos={balanceNanos} /> then
                </span>
              </p>
            </div>
          )}
          onLoadMore={entries.hasNextPage ? () => void entries.fetchNextPage() : undefined}
          loadingMore={entries.isFetchingNextPage}
        />
      ) : null}
    </section>
  )
}

function Signed({ nanos }: { nanos: string }) {
  const isLess = nanos.startsWith('-')
  return (
    <span>
      {isLess ? '−' : '+'}
      <Money nanos={isLess ? nanos.slice(1) : nanos} />
    </span>
  )
}
