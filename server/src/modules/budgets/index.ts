import type { Scope } from '../../platform/context.ts'
import type { Nanos } from '../../platform/money.ts'
import { leastRemaining } from './store.ts'

export { authorizeSpend, type Spend } from './actions/authorize-spend.ts'
export { settleSpend } from './actions/settle-spend.ts'
export { budgetExceeded } from './errors.ts'
export { type HoldRow, listOrphanedHolds } from './store.ts'

/** What a call may cost at most right now, in nano-dollars; undefined without a hard budget. Advisory. */
export async function affordableNanos(scope: Scope): Promise<Nanos | undefined> {
  return leastRemaining(scope.tx, scope.now)
}
