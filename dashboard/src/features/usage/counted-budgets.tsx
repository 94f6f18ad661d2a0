import type { UsageExplanation } from '../../app/api-types.ts'
import { formatMoney, nanosOf } from '../../app/format.ts'
import { Gauge } from '../../ui/gauge.tsx'
import { Money } from '../../ui/money.tsx'
import { windowNames } from './budget-state.ts'

type Counted = NonNullable<UsageExplanation['budgets']>[number]

/** The budgets a call counted in, as they stood with it. */
export function CountedBudgets({ record }: { record: UsageExplanation }) {
  if (record.budgets === null) return null
  return (
    <section aria-labelledby="counted-budgets">
      <h3 id="counted-budgets" className="mb-1.5 text-sm font-medium">
        Budgets it counted in
      </h3>
      {record.budgets.length === 0 ? <p className="text-sm text-ink-2">None.</p> : null}
      <ul className="space-y-3">
        {record.budgets.map((budget) => (
          <li key={budget.id} className="text-sm">
            <p className="mb-1.5 flex items-baseline justify-between gap-3">
              <span className="min-w-0 break-words">{nameOf(budget, record)}</span>
              <span className="shrink-0 text-xs text-ink-3">{budget.hard ? 'hard' : 'soft'}</span>
            </p>
            <Gauge
              used={usedOf(budget)}
              label={`${nameOf(budget, record)}: ${formatMoney(nanosOf(budget.leftNanos))} left then`}
            />
            <p className="mt-1.5 text-xs text-ink-3">
              <Money nanos={budget.leftNanos} /> of <Money nanos={budget.limitNanos} /> left with this call
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}

function usedOf({ limitNanos, leftNanos }: Counted): number {
  const limit = nanosOf(limitNanos)
  return limit === 0n ? 1 : Number(((limit - nanosOf(leftNanos)) * 10_000n) / limit) / 10_000
}

function nameOf(budget: Counted, record: UsageExplanation): string {
  if (budget.credits) return 'Prepaid credits'
  return `${windowNames[budget.window].adjective} budget of ${aboutOf(budget, record)}`
}

/** The call agrees with all that a budget names. */
function aboutOf({ about }: Counted, { who, project, model, tag }: UsageExplanation): string {
  const names = {
    member: who.member?.name ?? 'a member',
    apiKey: `key ${who.apiKey?.name ?? ''}`,
    serviceAccount: who.serviceAccount?.name ?? 'a service account',
    project: `project ${project?.name ?? ''}`,
    model,
    tag: `tag ${tag}`,
  }
  return about.length === 0 ? 'the organization' : about.map((part) => names[part]).join(', ')
}
