import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { UsageDay } from '../../app/api-types.ts'
import { formatCompact, formatDay, formatMoney, nanosOf, plural } from '../../app/format.ts'
import { useCan } from '../../app/session.ts'
import { Money } from '../../ui/money.tsx'
import { SectionHeader } from '../../ui/page.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { BudgetGauge } from '../usage/budget-gauge.tsx'
import { organizationBudgetQuery, usageQuery } from '../usage/queries.ts'
import { daysOf } from '../usage/ranges.ts'

/** This month's money: the sum, its days, and what the budget leaves. */
export function SpendSummary() {
  const canRead = useCan('read:usage')
  const canReadBudgets = useCan('read:budgets')
  const days = useMemo(() => daysOf('month'), [])
  const usage = useQuery({ ...usageQuery(days.from, days.to), enabled: canRead })
  const budget = useQuery({ ...organizationBudgetQuery, enabled: canReadBudgets })
  if (!canRead) return null
  return (
    <section aria-labelledby="this-month" className="min-w-0">
      <SectionHeader title="This month" id="this-month">
        <Link
          to="/usage"
          search={{ range: 'month' }}
          className="rounded-sm text-sm text-ink-2 hover:text-ink"
        >
          Details
        </Link>
      </SectionHeader>
      <div className="mt-1 border-t border-line-strong pt-4">
        {usage.isError ? (
          <ErrorState
            error={usage.error}
            title="The usage could not be loaded"
            onRetry={() => void usage.refetch()}
          />
        ) : (
          <>
            <p className="text-xl font-medium tracking-[-0.02em]">
              {usage.data ? (
                <Money nanos={usage.data.totals.costNanos} />
              ) : (
                <Skeleton className="h-8.5 w-28" />
              )}
            </p>
            <p className="mt-1 text-sm text-ink-2">
              {usage.data ? (
                `${plural(usage.data.totals.calls, 'call')}, ${formatCompact(usage.data.totals.promptTokens + usage.data.totals.completionTokens)} tokens`
              ) : (
                <Skeleton className="w-36" />
              )}
            </p>
            {usage.data ? (
              <DayBars rows={usage.data.data} days={days.days} />
            ) : (
              <Skeleton className="mt-4 h-14" />
            )}
          </>
        )}
        {budget.isLoading ? <Skeleton className="mt-6 h-20" /> : null}
        {budget.data ? (
          <div className="mt-6 border-t pt-4 text-sm">
            <BudgetGauge budget={budget.data} />
          </div>
        ) : budget.data === null ? (
          <p className="mt-6 border-t pt-4 text-sm text-ink-2">
            No budget is set.{' '}
            <Link
              to="/usage"
              className="rounded-sm text-accent-ink underline decoration-accent-line underline-offset-3"
            >
              Set one
            </Link>
          </p>
        ) : null}
      </div>
    </section>
  )
}

/** One bar a day, by cost, or by tokens where nothing costs anything. The figures are on the usage page. */
function DayBars({ rows, days }: { rows: UsageDay[]; days: string[] }) {
  const free = rows.every((row) => row.costNanos === '0')
  const values = days.map((day) => {
    const ofDay = rows.filter((row) => row.day === day)
    const nanos = ofDay.reduce((sum, row) => sum + nanosOf(row.costNanos), 0n)
    const tokens = ofDay.reduce((sum, row) => sum + row.promptTokens + row.completionTokens, 0)
    return {
      day,
      // A height only: precision does not matter here.
      value: free ? tokens : Number(nanos),
      label: `${formatDay(day)}: ${free ? `${formatCompact(tokens)} tokens` : formatMoney(nanos)}`,
    }
  })
  if (values.every((item) => item.value === 0)) return null
  const most = Math.max(1, ...values.map((item) => item.value))
  return (
    <div aria-hidden className="mt-4 flex h-14 items-end gap-px border-b border-line-strong">
      {values.map((item) => (
        <div key={item.day} title={item.label} className="group flex h-full max-w-4 flex-1 items-end">
          <div
            className="w-full bg-accent transition-colors group-hover:bg-accent-hover"
            style={{ height: item.value === 0 ? 0 : `max(2px, ${(item.value / most) * 100}%)` }}
          />
        </div>
      ))}
    </div>
  )
}
