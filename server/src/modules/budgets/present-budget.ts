import { formatUsd } from '../../platform/money.ts'
import { windowEnd, windowStart } from './rules/budget-window.ts'
import type { BudgetRow } from './store.ts'

/** A budget as the API shows it, seen from `now`: an earlier window's spending does not count any more. */
export function presentBudget(row: BudgetRow, now: Date) {
  const start = windowStart(row.window, now)
  const settledNanos = row.windowStartedAt < start ? 0n : row.settledNanos
  const left = row.limitNanos - settledNanos - row.heldNanos
  const remainingNanos = left < 0n ? 0n : left
  return {
    id: row.id,
    scope: row.scope,
    limitNanos: row.limitNanos.toString(),
    limitUsd: formatUsd(row.limitNanos),
    settledNanos: settledNanos.toString(),
    heldNanos: row.heldNanos.toString(),
    remainingNanos: remainingNanos.toString(),
    remainingUsd: formatUsd(remainingNanos),
    window: row.window,
    hard: row.hard,
    windowStartedAt: (row.window === 'lifetime' ? row.createdAt : start).toISOString(),
    resetsAt: windowEnd(row.window, start)?.toISOString() ?? null,
  }
}
