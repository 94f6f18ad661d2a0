import type { Scope } from '../../../platform/context.ts'
import { addToDailyRollUp, insertUsageRecord, type UsageRecordRow } from '../store.ts'

export type NewUsageRecord = Omit<UsageRecordRow, 'organizationId' | 'createdAt'>

/**
 * Writes one call's record and moves the daily roll-up, in the caller's transaction.
 * @returns false when the call was recorded before: nothing is counted twice
 */
export async function recordUsage(scope: Scope, record: NewUsageRecord): Promise<boolean> {
  const row = { ...record, organizationId: scope.organizationId, createdAt: scope.now }
  if (!(await insertUsageRecord(scope.tx, row))) return false
  await addToDailyRollUp(scope.tx, {
    organizationId: scope.organizationId,
    day: scope.now.toISOString().slice(0, 10),
    model: row.model,
    calls: 1,
    promptTokens: row.promptTokens,
    completionTokens: row.completionTokens,
    costNanos: row.costNanos,
    uncountedNanos: row.uncountedNanos,
  })
  return true
}
