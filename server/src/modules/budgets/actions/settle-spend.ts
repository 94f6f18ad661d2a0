import type { Scope } from '../../../platform/context.ts'
import type { Nanos } from '../../../platform/money.ts'
import { settleInBudgets } from '../gate.ts'
import { deleteHold } from '../store.ts'
import { type Telling, tellThreshold } from './tell-threshold.ts'

/**
 * Turns a reservation into what was spent, once, and tells of the thresholds that this reached.
 * @returns false when the reservation was settled before; nothing is changed then
 */
export async function settleSpend(
  on: Telling,
  scope: Scope,
  requestId: string,
  costNanos: Nanos,
): Promise<boolean> {
  const hold = await deleteHold(scope.tx, requestId)
  if (!hold) return false
  for (const crossing of await settleInBudgets(scope.tx, hold, costNanos, scope.now))
    await tellThreshold(on, scope, crossing)
  return true
}
