import type { Scope } from '../../../platform/context.ts'
import type { KeyRing } from '../../../platform/crypto/index.ts'
import type { CountedBudget } from '../kept-with-record.ts'
import { comesLate, dayOf } from '../rules/book-days.ts'
import { lockBooks } from '../seal-store.ts'
import { insertUsageRecords, type UsageRecordRow } from '../store.ts'
import { sealRecords } from './seal-records.ts'

export type NewUsageRecord = Omit<UsageRecordRow, 'organizationId' | 'createdAt' | 'budgets'>

/** A call that has ended, with the budgets it counts in where they are known. */
export type EndedUsageRecord = NewUsageRecord & { createdAt: Date; budgets?: readonly CountedBudget[] }

/**
 * Writes one call's record and moves the daily roll-up, in the caller's transaction.
 * @returns false when the call was recorded before: nothing is counted twice
 */
export async function recordUsage(
  { tx, organizationId, now }: Scope,
  record: NewUsageRecord & Pick<EndedUsageRecord, 'budgets'>,
): Promise<boolean> {
  const row = { ...record, budgets: record.budgets ?? null, organizationId, createdAt: now }
  return (await insertUsageRecords(tx, [row])).length > 0
}

/**
 * Writes the records of calls that have ended, and moves the daily roll-up with those that were not there before.
 * @returns the ids of the requests that are recorded now and were not before
 */
export async function recordCalls(
  on: { keyRing: KeyRing },
  scope: Scope,
  records: readonly EndedUsageRecord[],
): Promise<ReadonlySet<string>> {
  const { tx, organizationId, now } = scope
  const rows = records.map((record) => ({ ...record, budgets: record.budgets ?? null, organizationId }))
  const late = rows.filter(({ createdAt }) => comesLate(createdAt, now))
  // A journal that was found later. What comes for a day that is over must come with its seal.
  if (late.length > 0) await lockBooks(tx, organizationId)
  const written = new Set(await insertUsageRecords(tx, rows))
  const sealable = late.filter(({ requestId }) => written.has(requestId))
  for (const [day, ofDay] of Map.groupBy(sealable, ({ createdAt }) => dayOf(createdAt)))
    await sealRecords(on, scope, { kind: 'late', day, ids: ofDay.map(({ requestId }) => requestId) })
  return written
}
