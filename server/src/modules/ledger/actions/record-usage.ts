import type { Scope } from '../../../platform/context.ts'
import type { CountedBudget } from '../kept-with-record.ts'
import { insertUsageRecords, type UsageRecordRow } from '../store.ts'

export type NewUsageRecord = Omit<UsageRecordRow, 'organizationId' | 'createdAt' | 'budgets'>

/** A call that has ended, with the budgets it counts in where they are known. */
export type EndedUsageRecord = NewUsageRecord & { createdAt: Date; budgets?: readonly CountedBudget[] }

/**
 * Writes one call's record and moves the daily roll-up, in the caller's transaction.
 * @returns false when the call was recorded before: nothing is counted twice
 */
export async function recordUsage(
  scope: Scope,
  record: NewUsageRecord & Pick<EndedUsageRecord, 'budgets'>,
): Promise<boolean> {
  return (await recordCalls(scope, [{ ...record, createdAt: scope.now }])).size > 0
}

/**
 * Writes the records of calls that have ended, and moves the daily roll-up with those that were not there before.
 * @returns the ids of the requests that are recorded now and were not before
 */
export async function recordCalls(
  { tx, organizationId }: Scope,
  records: readonly EndedUsageRecord[],
): Promise<ReadonlySet<string>> {
  const rows = records.map((record) => ({ ...record, budgets: record.budgets ?? null, organizationId }))
  return new Set(await insertUsageRecords(tx, rows))
}
