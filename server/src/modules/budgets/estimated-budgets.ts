import type { Scope } from '../../platform/context.ts'
import { formatUsd, type Nanos } from '../../platform/money.ts'
import type { CallParts } from './gate.ts'
import { findKeyOwner } from './lease-store.ts'
import { countsIn } from './organization-leases.ts'
import { describeAbout, presentBudget } from './present-budget.ts'
import { listHoldingBudgets } from './store.ts'

/** A budget that a call would count in. */
export interface EstimatedBudget {
  id: string
  /** `the organization`, or whose and which calls. */
  about: string
  hard: boolean
  window: 'day' | 'week' | 'month' | 'lifetime'
  limitNanos: Nanos
  /** Beside what is spent and held. */
  leftNanos: Nanos
  limitUsd: string
  leftUsd: string
  resetsAt: string | null
}

/** The budgets as they stand, by which call would count in them. Holds nothing; a call may be refused a moment later. */
export async function estimateBudgets({
  tx,
  now,
  caller,
}: Scope): Promise<(call: Pick<CallParts, 'model' | 'tag'>) => EstimatedBudget[]> {
  const { apiKeyId, serviceAccountId, projectId } = caller
  const owner = apiKeyId === null ? undefined : await findKeyOwner(tx, apiKeyId)
  const userId = caller.userId ?? owner ?? null
  const rows = await listHoldingBudgets(tx, now)
  return (call) =>
    rows
      .filter(({ about }) => countsIn(about, { userId, apiKeyId, serviceAccountId, projectId, ...call }))
      .map((row) => {
        const { id, hard, window, limitNanos } = row
        const { limitUsd, resetsAt } = presentBudget(row)
        const leftNanos = limitNanos - row.settledNanos - row.heldNanos
        const leftUsd = formatUsd(leftNanos)
        return {
          id,
          about: describeAbout(row),
          hard,
          window,
          limitNanos,
          leftNanos,
          limitUsd,
          leftUsd,
          resetsAt,
        }
      })
}
