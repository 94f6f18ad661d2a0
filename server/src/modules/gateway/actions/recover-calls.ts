import { systemCaller } from '../../../platform/context.ts'
import { systemTx, withTenant } from '../../../platform/db/transactions.ts'
import { newId } from '../../../platform/ids.ts'
import { createNodeRegistry } from '../../../platform/nodes/node-registry.ts'
import type { Platform } from '../../../platform/platform.ts'
import { listOrphanedHolds } from '../../budgets/index.ts'
import { decodeRecord } from '../journal-entries.ts'
import { settleRecord } from '../settle-call.ts'

/** Calls whose process was killed are recorded as interrupted, at their bound, once. @returns how many */
export async function recoverCalls(platform: Platform, aliveNodeIds: readonly string[]): Promise<number> {
  const holds = await systemTx(platform, 'recover-after-restart', (tx) => listOrphanedHolds(tx, aliveNodeIds))
  if (holds.length === 0) return 0
  // A node may have joined and begun a call since it was asked who is alive; a node joins before its first hold.
  const aliveNow = new Set(await createNodeRegistry(platform, platform.nodeId).aliveNodeIds())
  let recovered = 0
  for (const hold of holds) {
    if (aliveNow.has(hold.nodeId)) continue
    try {
      const record = decodeRecord(hold.call)
      await withTenant(platform, systemCaller(hold.organizationId, newId()), (scope) =>
        settleRecord(platform, scope, record),
      )
      recovered++
    } catch (error) {
      // One that cannot be settled must not keep the others from it.
      platform.logger.error(
        { err: error, requestId: hold.requestId },
        'the call of a killed process could not be recorded',
      )
    }
  }
  if (recovered > 0)
    platform.logger.warn({ calls: recovered }, 'calls of a killed process were recorded at their bound')
  return recovered
}
