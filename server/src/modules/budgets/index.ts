import type { Scope } from '../../platform/context.ts'
import type { Nanos } from '../../platform/money.ts'
import { type CallParts, leastRemaining } from './gate.ts'

export { authorizeSpend, type Spend, spendRefused } from './actions/authorize-spend.ts'
export { settleCalls, settleSpend } from './actions/settle-spend.ts'
export { createAdjustmentSettling } from './adjustment-settling.ts'
export { callTag } from './contract.ts'
export { countedBudgets, countedBudgetsOfHold } from './counted-budgets.ts'
export {
  type CreditBalance,
  findCreditBalance,
  lockCreditBalance,
  moveCreditBalance,
  openCreditBalance,
} from './credit-balance.ts'
export { budgetExceeded, spendingUnavailable } from './errors.ts'
export { type EstimatedBudget, estimateBudgets } from './estimated-budgets.ts'
export type { CallParts } from './gate.ts'
export { createNodeLeases, type NodeLeases } from './node-leases.ts'
export type { HeldCall } from './organization-leases.ts'
export { createOwnBudgets } from './own-budgets.ts'
export type { SpendingGate } from './routes.ts'
export { type HoldRow, hasSubjects, listOrphanedHolds } from './store.ts'

/** What a call may cost at most right now, in nano-dollars; undefined where no hard budget counts it. Advisory. */
export async function affordableNanos(scope: Scope, call: CallParts): Promise<Nanos | undefined> {
  return leastRemaining(scope.tx, call, scope.now)
}
