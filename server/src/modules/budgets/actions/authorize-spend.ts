import type { Scope } from '../../../platform/context.ts'
import { formatUsd, type Nanos } from '../../../platform/money.ts'
import { budgetExceeded } from '../errors.ts'
import { presentBudget } from '../present-budget.ts'
import { holdInBudgets, insertHold, listBudgets } from '../store.ts'

export interface Spend {
  requestId: string
  /** The most the call can cost. */
  amountNanos: Nanos
  nodeId: string
  /** What its record will say should the process die. */
  call: Record<string, unknown>
}

/**
 * Reserves the most a call can cost before it leaves, in the caller's transaction, which a refusal must roll back.
 * @throws budget_exceeded (402) with the budget, what is left and when it resets
 */
export async function authorizeSpend(scope: Scope, spend: Spend): Promise<void> {
  await insertHold(scope.tx, { organizationId: scope.organizationId, createdAt: scope.now, ...spend })
  if (await holdInBudgets(scope.tx, spend.amountNanos, scope.now)) return
  const views = (await listBudgets(scope.tx)).map((row) => presentBudget(row, scope.now))
  const tightest = views.sort((a, b) => (BigInt(a.remainingNanos) < BigInt(b.remainingNanos) ? -1 : 1))[0]
  throw budgetExceeded({
    message:
      `This call could cost up to $${formatUsd(spend.amountNanos)}, and $${tightest?.remainingUsd} is left of the ` +
      `organization's ${tightest?.window} budget of $${tightest?.limitUsd}` +
      `${tightest?.resetsAt ? `, which resets at ${tightest.resetsAt}` : ''}. An admin can raise it; a smaller ` +
      'max_tokens or a cheaper model may fit.',
    details: {
      budget: tightest,
      upToNanos: spend.amountNanos.toString(),
      upToUsd: formatUsd(spend.amountNanos),
    },
  })
}
