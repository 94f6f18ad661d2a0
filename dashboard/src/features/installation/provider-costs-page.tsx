import { useQuery } from '@tanstack/react-query'
import { Scale } from 'lucide-react'
import type { CostComparison, CostComparisonList } from '../../app/api-types.ts'
import { formatCount } from '../../app/format.ts'
import { StatusDot, type Tone } from '../../ui/badge.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Figure, Figures } from '../../ui/figures.tsx'
import { Money } from '../../ui/money.tsx'
import { Page, useTitle } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { InstallationHeader } from './installation-header.tsx'
import { costComparisonsQuery } from './queries.ts'

const verdicts = {
  agrees: { tone: 'accent', label: 'Agrees' },
  lower: { tone: 'red', label: 'Does not cover it' },
  higher: { tone: 'amber', label: 'Above it' },
  own_price: { tone: 'neutral', label: 'Your own price' },
} as const satisfies Record<CostComparison['verdict'], { tone: Tone; label: string }>

function Verdict({ verdict }: { verdict: CostComparison['verdict'] }) {
  const { tone, label } = verdicts[verdict]
  return <StatusDot tone={tone}>{label}</StatusDot>
}

const columns: readonly Column<CostComparison>[] = [
  {
    id: 'model',
    header: 'Model and price',
    className: 'w-full max-w-0',
    sortBy: ({ model }) => model,
    cell: ({ model, provider, priceVersion }) => (
      <div className="min-w-0">
        <p className="truncate font-medium">{model}</p>
        <p className="truncate text-sm text-ink-3">
          {provider} · {priceVersion}
        </p>
      </div>
    ),
  },
  {
    id: 'calls',
    header: 'Calls',
    numeric: true,
    sortBy: ({ calls }) => calls,
    cell: ({ calls }) => formatCount(calls),
  },
  {
    id: 'computed',
    header: 'Priced at',
    numeric: true,
    sortBy: ({ computedNanos }) => BigInt(computedNanos),
    cell: ({ computedNanos }) => <Money nanos={computedNanos} />,
  },
  {
    id: 'reported',
    header: 'Provider says',
    numeric: true,
    sortBy: ({ reportedNanos }) => BigInt(reportedNanos),
    cell: ({ reportedNanos }) => <Money nanos={reportedNanos} />,
  },
  {
    id: 'difference',
    header: 'Difference',
    numeric: true,
    sortBy: ({ differenceNanos }) => BigInt(differenceNanos),
    cell: ({ differenceNanos }) => <Money nanos={differenceNanos} />,
  },
  {
    id: 'verdict',
    header: '',
    className: 'whitespace-nowrap',
    cell: ({ verdict }) => <Verdict verdict={verdict} />,
  },
]

const keyOf = ({ provider, model, priceVersion }: CostComparison) => `${provider} ${model} ${priceVersion}`

/** For who operates the installation: whether what calls are priced at covers what providers charge. */
export function ProviderCostsPage() {
  useTitle('Provider costs')
  const costs = useQuery(costComparisonsQuery)
  return (
    <Page>
      <InstallationHeader description="What calls were priced at, beside what their providers say they charge. Compared each night." />
      {costs.isPending ? <SkeletonRows rows={5} className="mt-3" /> : null}
      {costs.isError ? (
        <ErrorState
          error={costs.error}
          title="The comparison could not be loaded"
          onRetry={() => void costs.refetch()}
          className="mt-6"
        />
      ) : null}
      {costs.isSuccess && costs.data.data.length === 0 ? (
        <EmptyState icon={<Scale />} title="Nothing to compare yet">
          Some providers tell the cost of each call, OpenRouter for one. The night after such calls, their
          prices stand here beside what was charged.
        </EmptyState>
      ) : null}
      {costs.isSuccess && costs.data.data.length > 0 ? <Comparison list={costs.data} /> : null}
    </Page>
  )
}

function Comparison({ list }: { list: CostComparisonList }) {
  const { totals, data, from, to, comparedAt } = list
  const uncovered = data.filter(({ verdict }) => verdict === 'lower').length
  return (
    <>
      <Figures>
        <Figure label="Priced at">
          <Money nanos={totals.computedNanos} />
        </Figure>
        <Figure label="Of it margin">
          <Money nanos={totals.marginNanos} />
        </Figure>
        <Figure label="Providers say">
          <Money nanos={totals.reportedNanos} />
        </Figure>
        <Figure label="Prices that do not cover it">{formatCount(uncovered)}</Figure>
      </Figures>
      <p className="mt-4 text-sm text-ink-2">
        {from} to {to}, whole days in UTC
        {comparedAt ? (
          <>
            ; compared <Time value={comparedAt} />
          </>
        ) : null}
        . Within a hundredth they agree; a margin is left out of the difference.
      </p>
      <div className="mt-4">
        <DataTable
          label="Prices beside what providers say"
          columns={columns}
          rows={data}
          rowKey={keyOf}
          compact={(one) => (
            <div>
              <div className="flex items-baseline justify-between gap-3">
                <span className="min-w-0 truncate font-medium">{one.model}</span>
                <Money nanos={one.differenceNanos} />
              </div>
              <p className="flex justify-between gap-3 text-sm text-ink-2">
                <span className="min-w-0 truncate">{one.provider}</span>
                <Verdict verdict={one.verdict} />
              </p>
            </div>
          )}
        />
      </div>
    </>
  )
}
