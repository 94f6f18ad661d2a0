import type { Scope } from '../../../platform/context.ts'
import type { CountedBudget } from '../counted-budget.ts'
import { addToDailyRollUp, insertUsageRecords, type UsageDailyRow, type UsageRecordRow } from '../store.ts'

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
 * Writes the records of calls that have ended, and moves the daily roll-up with those that were not there before. All
 * that writes several goes by the order of their ids, so that no two wait for each other.
 * @returns the ids of the requests that are recorded now and were not before
 */
export async function recordCalls(
  scope: Scope,
  records: readonly EndedUsageRecord[],
): Promise<ReadonlySet<string>> {
  const { organizationId } = scope
  const rows = records
    .map((record) => ({ ...record, budgets: record.budgets ?? null, organizationId }))
    .toSorted((one, other) => (one.requestId < other.requestId ? -1 : 1))
  const written = new Set(await insertUsageRecords(scope.tx, rows))
  const days = new Map<string, UsageDailyRow>()
  for (const row of rows) {
    if (!written.has(row.requestId)) continue
    const day = row.createdAt.toISOString().slice(0, 10)
    const key = `${day} ${row.model}`
    const sum = days.get(key) ?? {
      organizationId,
      day,
      model: row.model,
      calls: 0,
      promptTokens: 0,
      completionTokens: 0,
      costNanos: 0n,
      uncountedNanos: 0n,
    }
    sum.calls += 1
    sum.promptTokens += row.promptTokens
    sum.completionTokens += row.completionTokens
    sum.costNanos += row.costNanos
    sum.uncountedNanos += row.uncountedNanos
    days.set(key, sum)
  }
  const sums = [...days].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, sum]) => sum)
  await addToDailyRollUp(scope.tx, sums)
  return written
}
