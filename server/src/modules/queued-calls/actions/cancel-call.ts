import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import type { Platform } from '../../../platform/platform.ts'
import { queuedCallNotFound } from '../errors.ts'
import { ownCalls } from '../own-calls.ts'
import { deleteQueuedCall, findQueuedCallForUpdate, updateQueuedCall } from '../store.ts'

/**
 * One that waits is not begun; of one that is being answered what comes is thrown away, though it is paid; one that has
 * ended is removed with its answer.
 * @returns whether it may be running: then whoever answers it is to be told, after this
 * @throws not_found (404)
 */
export async function cancelCall(platform: Platform, caller: Caller, id: string): Promise<boolean> {
  requirePermission(caller, 'use:models')
  return withTenant(platform, caller, async (scope) => {
    const { tx, now } = scope
    const row = await findQueuedCallForUpdate(tx, id, ownCalls(caller))
    if (!row) throw queuedCallNotFound()
    const isUnfinished = row.status === 'waiting' || row.status === 'running'
    if (isUnfinished) {
      await updateQueuedCall(tx, id, {
        status: 'cancelled',
        requestSealed: null,
        webhookSealed: null,
        webhookStatus: null,
        finishedAt: now,
      })
    } else await deleteQueuedCall(tx, id)
    const action = isUnfinished ? 'queued_call.cancel' : 'queued_call.delete'
    await recordAudit(scope, { action, entity: { type: 'queued_call', id } })
    return row.status === 'running'
  })
}
