import { newId } from '../../platform/ids.ts'
import type { SettleAdjustments } from '../ledger/index.ts'
import { settleCalls } from './actions/settle-spend.ts'
import type { Telling } from './actions/tell-threshold.ts'

/**
 * Counts what corrections add in the budgets in which their calls count, in the window in which those ended: of windows that
 * are over nothing changes. A correction is no call and is never refused, so a hard budget can be beyond its limit by it;
 * what is asked after that is refused.
 */
export function createAdjustmentSettling(on: Telling): SettleAdjustments {
  return async (scope, added) => {
    const calls = added.map(({ countedNanos, endedAt, ...parts }) => ({
      parts,
      costNanos: countedNanos,
      heldNanos: 0n,
      endedAt,
    }))
    // No node has held anything for it.
    await settleCalls(on, scope, newId(), calls)
  }
}
