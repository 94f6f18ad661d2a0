import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ChartNoAxesColumn } from 'lucide-react'
import { lazy, type ReactNode, Suspense, useMemo, useState } from 'react'
import type { UsageTotals } from '../../app/api-types.ts'
import { formatCompact, formatCount } from '../../app/format.ts'
import { Figure, Figures } from '../../ui/figures.tsx'
import { Money } from '../../ui/money.tsx'
import { Page, SectionHeader, useTitle } from '../../ui/page.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { totalsByModel } from './breakdown.ts'
import { Budgets } from './budgets.tsx'
import { DayTable } from './day-table.tsx'
import { GivenAgain } from './given-again.tsx'
import { ModelTable } from './model-table.tsx'
import { usageQuery } from './queries.ts'
import { daysOf, type RangeName } from './ranges.ts'
import { UsageBreakdown } from './usage-breakdown.tsx'
import { UsageHeader } from './usage-header.tsx'

const UsageChart = lazy(() => import('./usage-chart.tsx'))
const route = getRouteApi('/app/usage')

const ranges = [
  { value: '7d', label: '7 days' },
  { value: '30d', label: '30 days' },
  { value: '90d', label: '90 days' },
  { value: 'month', label: 'This month' },
] as const satisfies { value: RangeName; label: string }[]

export type Measure = 'cost' | 'tokens' | 'calls'

export function UsagePage() {
  useTitle('Usage')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const range = search.range ?? '30d'
  const days = useMemo(() => daysOf(range), [range])
  const usage = useQuery(usageQuery(days.from, days.to))
  const models = useMemo(() => totalsByModel(usage.data?.data ?? []), [usage.data])
  const free = usage.data?.totals.costNanos === '0'
  const [chosen, setMeasure] = useState<Measure | null>(null)
  // Where nothing costs anything, a chart of money would be empty.
  const measure = chosen ?? (free ? 'tokens' : 'cost')
  const nothing = usage.isSuccess && usage.data.totals.calls === 0

  return (
    <Page>
      <UsageHeader
        actions={
          <Segmented
            label="Period"
            value={range}
            options={ranges}
            onChange={(next) =>
              void navigate({
                search: (old) => ({ ...old, range: next === '30d' ? undefined : next }),
                replace: true,
              })
            }
          />
        }
      />
      {usage.isError ? (
        <ErrorState
          error={usage.error}
          title="The usage could not be loaded"
          onRetry={() => void usage.refetch()}
          className="mt-6"
        />
      ) : (
        <>
          <Totals totals={usage.data?.totals} />
          {nothing ? (
            <EmptyState icon={<ChartNoAxesColumn />} title="No call in this period">
              Questions in Chat and calls with an API key appear here by day and model as soon as they end.
            </EmptyState>
          ) : (
            <>
              <section aria-labelledby="by-day" className="mt-8">
                <SectionHeader title="By day" id="by-day">
                  <Segmented
                    label="Measure"
                    value={measure}
                    onChange={setMeasure}
                    options={[
                      { value: 'cost', label: 'Cost' },
                      { value: 'tokens', label: 'Tokens' },
                      { value: 'calls', label: 'Calls' },
                    ]}
                  />
                </SectionHeader>
                <div className="mt-4 h-72">
                  {usage.data ? (
                    <Suspense fallback={<ChartSkeleton />}>
                      <UsageChart rows={usage.data.data} days={days.days} models={models} measure={measure} />
                    </Suspense>
                  ) : (
                    <ChartSkeleton />
                  )}
                </div>
                {usage.data ? <DayTable rows={usage.data.data} /> : null}
              </section>
              <section aria-labelledby="by-model" className="mt-10">
                <SectionHeader title="By model" id="by-model" />
                {usage.data ? (
                  <ModelTable models={models} totals={usage.data.totals} />
                ) : (
                  <Skeleton className="mt-4 h-24" />
                )}
              </section>
              <UsageBreakdown from={days.from} to={days.to} />
              <GivenAgain from={days.from} to={days.to} days={days.days} />
            </>
          )}
        </>
      )}
      {/* Last: how many there are is known late, and nothing is pushed down by them here. */}
      <Budgets />
    </Page>
  )
}

function Totals({ totals }: { totals: UsageTotals | undefined }) {
  const value = (draw: (totals: UsageTotals) => ReactNode): ReactNode =>
    totals ? draw(totals) : <Skeleton className="h-7 w-24" />
  return (
    <Figures>
      <Figure label="Cost">
        {value((all) => (
          <Money nanos={all.costNanos} />
        ))}
      </Figure>
      <Figure label="Calls">{value((all) => formatCount(all.calls))}</Figure>
      <Figure label="Tokens read">{value((all) => formatCompact(all.promptTokens))}</Figure>
      <Figure label="Tokens written">{value((all) => formatCompact(all.completionTokens))}</Figure>
    </Figures>
  )
}

const skeletonBars = [
  'h-1/4',
  'h-2/5',
  'h-1/3',
  'h-3/5',
  'h-1/2',
  'h-4/5',
  'h-2/3',
  'h-2/5',
  'h-3/4',
  'h-1/2',
]

function ChartSkeleton() {
  return (
    <div className="flex h-full items-end gap-2 border-b pl-12" role="status" aria-label="Loading the chart">
      {skeletonBars.map((height, bar) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholder bars never move
        <Skeleton key={bar} className={`flex-1 rounded-b-none ${height}`} />
      ))}
    </div>
  )
}
