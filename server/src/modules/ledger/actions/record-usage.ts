import type { Scope } from '../../../platform/context.ts'
import { insertUsageRecords, type UsageRecordRow } from '../store.ts'

export type NewUsageRecord = Omit<UsageRecordRow, 'organizationId' | 'createdAt'>

/**
 * Writes one call's record and moves the daily roll-up, in the caller's transaction.
 * @returns false when the call was recorded before: nothing is counted twice
 */
export async function recordUsage(scope: Scope, record: NewUsageRecord): Promise<boolean> {
  return (await recordCalls(scope, [{ ...record, createdAt: scope.now }])).size > 0
}

/**
 * Writes the records of calls that have ended, and moves the daily roll-up with those that were not there before.
 * @returns the ids of the requests that are recorded now and were not before
 */
export async function recordCalls(
  { tx, organizationId }: Scope,
  records: readonly (NewUsageRecord & { createdAt: Date })[],
): Promise<ReadonlySet<string>> {
  const rows = records.map((record) => ({ ...record, organizationId }))
  return new Set(await insertUsageRecords(tx, rows))
}
