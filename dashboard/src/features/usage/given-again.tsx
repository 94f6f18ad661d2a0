import { useQuery } from '@tanstack/react-query'
import { formatCount, formatDay, formatPercent } from '../../app/format.ts'
import { Figure, Figures } from '../../ui/figures.tsx'
import { Money } from '../../ui/money.tsx'
import { SectionHeader } from '../../ui/page.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { summaryQuery } from './queries.ts'

/** What kept answers came to in a period: how many calls they answered, and what was not spent. */
export function GivenAgain({ from, to, days }: { from: string; to: string; days: readonly string[] }) {
  const summary = useQuery(summaryQuery({ groupBy: 'day', from, to }))
  const { data } = summary
  const byDay = new Map(data?.data.map((one) => [one.group[0]?.value, one]))
  const most = Math.max(1, ...days.map((day) => byDay.get(day)?.cacheHits ?? 0))
  return (
    <section aria-labelledby="given-again" className="mt-10">
      <SectionHeader title="Kept answers" id="given-again" />
      {summary.isError ? (
        <ErrorState
          error={summary.error}
          title="What kept answers came to could not be loaded"
          onRetry={() => void summary.refetch()}
          className="mt-4"
        />
      ) : (
        <Figures>
          <Figure label="Given again">
            {data ? formatCount(data.totals.cacheHits) : <Skeleton className="h-7 w-24" />}
          </Figure>
          <Figure label="Asked of a provider">
            {data ? (
              formatCount(data.totals.calls - data.totals.cacheHits)
            ) : (
              <Skeleton className="h-7 w-24" />
            )}
          </Figure>
          <Figure label="Hit rate">
            {data ? (
              formatPercent(data.totals.calls === 0 ? 0 : data.totals.cacheHits / data.totals.calls)
            ) : (
              <Skeleton className="h-7 w-24" />
            )}
          </Figure>
          <Figure label="Not spent">
            {data ? <Money nanos={data.totals.savedNanos} /> : <Skeleton className="h-7 w-24" />}
          </Figure>
        </Figures>
      )}
      {data && data.totals.cacheHits > 0 ? (
        <ol aria-label="Given again by day" className="mt-4 flex h-16 items-end gap-0.5 border-b">
          {days.map((day) => {
            const hits = byDay.get(day)?.cacheHits ?? 0
            const words = `${formatDay(day)}: ${formatCount(hits)} of ${formatCount(byDay.get(day)?.calls ?? 0)}`
            return (
              <li key={day} title={words} className="flex h-full min-w-0 flex-1 items-end">
                <span
                  className="block w-full rounded-t-xs bg-accent"
                  style={{ height: hits === 0 ? 0 : `${Math.max(4, (hits / most) * 100)}%` }}
                />
                <span className="sr-only">{words}</span>
              </li>
            )
          })}
        </ol>
      ) : null}
    </section>
  )
}
