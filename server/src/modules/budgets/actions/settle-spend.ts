import type { Scope } from '../../../platform/context.ts'
import type { Nanos } from '../../../platform/money.ts'
import { settleInBudgets } from '../gate.ts'
import { deleteHold } from '../store.ts'

/**
 * Turns a reservation into what was spent, once.
 * @returns false when the reservation was settled before; nothing is changed then
 */
export async function settleSpend(scope: Scope, requestId: string, costNanos: Nanos): Promise<boolean> {
  const hold = await deleteHold(scope.tx, requestId)
  if (!hold) return false
  await settleInBudgets(scope.tx, hold, costNanos, scope.now)
  return true
}
