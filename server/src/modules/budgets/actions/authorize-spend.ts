import type { Scope } from '../../../platform/context.ts'
import type { AppError } from '../../../platform/errors.ts'
import { formatUsd, type Nanos } from '../../../platform/money.ts'
import { budgetExceeded } from '../errors.ts'
import { type CallParts, holdInBudgets } from '../gate.ts'
import { describeAbout, presentBudget } from '../present-budget.ts'
import { insertHold, listHoldingBudgets } from '../store.ts'

export interface Spend {
  requestId: string
  /** Which budgets it counts in. */
  parts: CallParts
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
  const { parts, ...hold } = spend
  await insertHold(scope.tx, {
    organizationId: scope.organizationId,
    createdAt: scope.now,
    ...parts,
    ...hold,
  })
  const refusing = await holdInBudgets(scope.tx, parts, spend.amountNanos, scope.now)
  if (refusing.length > 0) throw await spendRefused(scope, refusing, spend.amountNanos)
}

/** The refusal, which names the budget that has the least left of those that refuse. */
export async function spendRefused(
  scope: Scope,
  budgetIds: readonly string[],
  amountNanos: Nanos,
): Promise<AppError> {
  const [tightest] = (await listHoldingBudgets(scope.tx, scope.now))
    .filter(({ id }) => budgetIds.includes(id))
    .map((row) => ({ view: presentBudget(row), about: describeAbout(row), credits: row.credits }))
    .sort((a, b) => (BigInt(a.view.remainingNanos) < BigInt(b.view.remainingNanos) ? -1 : 1))
  const budget = tightest?.view
  if (budget && tightest.credits) return creditsUsedUp(budget, amountNanos)
  const name =
    budget?.scope === 'organization'
      ? `the organization's ${budget.window} budget`
      : `the ${budget?.window} budget of ${tightest?.about}`
  return budgetExceeded({
    message:
      `This call could cost up to $${formatUsd(amountNanos)}, and $${budget?.remainingUsd} is left of ${name} of ` +
      `$${budget?.limitUsd}${budget?.resetsAt ? `, which resets at ${budget.resetsAt}` : ''}. An admin can raise it; a ` +
      'smaller max_tokens or a cheaper model may fit.',
    details: {
      budget,
      upToNanos: amountNanos.toString(),
      upToUsd: formatUsd(amountNanos),
    },
  })
}

/** As `spendRefused`, where what was paid for in advance is used up. */
function creditsUsedUp(
  { remainingNanos, remainingUsd }: ReturnType<typeof presentBudget>,
  amountNanos: Nanos,
): AppError {
  return budgetExceeded({
    message:
      `The prepaid credits are used up: this call could cost up to $${formatUsd(amountNanos)}, and $${remainingUsd} is left ` +
      'of them. Whoever runs this installation can grant more; a smaller max_tokens or a cheaper model may fit.',
    details: {
      credits: { remainingNanos, remainingUsd },
      upToNanos: amountNanos.toString(),
      upToUsd: formatUsd(amountNanos),
    },
  })
}
