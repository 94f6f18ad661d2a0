import type { Scope } from '../../../platform/context.ts'
import type { Nanos } from '../../../platform/money.ts'
import { type Spent, settleInBudgets } from '../gate.ts'
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
  const call = { parts: hold, costNanos, heldNanos: hold.amountNanos, endedAt: scope.now }
  await settleCalls(on, scope, hold.nodeId, [call])
  return true
}

/**
 * Adds what calls have cost to their budgets, out of the node's leases or their own holds, and tells of the thresholds
 * that this reached. The caller makes sure that each comes once.
 * @returns what the leases of the node hold now, by budget
 */
export async function settleCalls(
  on: Telling,
  scope: Scope,
  nodeId: string,
  calls: readonly Spent[],
): Promise<ReadonlyMap<string, Nanos>> {
  const { crossings, leases } = await settleInBudgets(scope.tx, nodeId, calls, scope.now)
  for (const crossing of crossings) await tellThreshold(on, scope, crossing)
  return leases
}
