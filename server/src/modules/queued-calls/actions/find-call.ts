import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import type { Platform } from '../../../platform/platform.ts'
import { queuedCallExpired, queuedCallNotFound } from '../errors.ts'
import { ownCalls } from '../own-calls.ts'
import { openCallSeal, type QueuedResult } from '../sealed-calls.ts'
import { findQueuedCall, type QueuedCallRow } from '../store.ts'

/** A queued call of the caller's own, with its answer where there is one. @throws not_found (404), expired (410) */
export async function findCall(
  platform: Platform,
  caller: Caller,
  id: string,
): Promise<{ row: QueuedCallRow; result: QueuedResult | undefined }> {
  requirePermission(caller, 'use:models')
  return withTenant(platform, caller, async (scope) => {
    const row = await findQueuedCall(scope.tx, id, ownCalls(caller))
    if (!row) throw queuedCallNotFound()
    if (row.expiresAt <= scope.now) throw queuedCallExpired()
    if (row.resultSealed === null) return { row, result: undefined }
    const { open } = await openCallSeal(platform, scope)
    return { row, result: open(id, 'result', row.resultSealed) }
  })
}
