import { systemCaller } from '../../platform/context.ts'
import { sqlState, withTenant } from '../../platform/db/transactions.ts'
import { newId } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import { type CallParts, countedBudgets, settleCalls } from '../budgets/index.ts'
import { type NewUsageRecord, recordCalls } from '../ledger/index.ts'
import { countedNanos } from './journal-entries.ts'

/** A call that has ended. */
export interface EndedCall {
  parts: CallParts
  record: NewUsageRecord
  endedAt: Date
}

/**
 * Records calls of one organization that a node's leases have covered: their usage records, the daily roll-ups and the
 * budgets in one transaction, and each call once, whoever comes with it again. The records come first: their foreign key
 * takes the organization's lock before the budgets', the order every writer of money keeps.
 * @returns what the leases of the node hold now, by budget
 */
export async function recordEndedCalls(
  platform: Platform,
  organizationId: string,
  nodeId: string,
  calls: readonly EndedCall[],
): Promise<ReadonlyMap<string, bigint>> {
  return withTenant(platform, systemCaller(organizationId, newId()), async (scope) => {
    const counted = await countedBudgets(
      scope,
      calls.map(({ parts, record }) => ({ parts, costNanos: countedNanos(record) })),
    )
    const written = await recordCalls(
      platform,
      scope,
      calls.map(({ record, endedAt }, index) => ({
        ...record,
        createdAt: endedAt,
        budgets: counted[index] ?? [],
      })),
    )
    // One that was asked again before it was recorded comes twice in a batch: what is written is the first.
    const uncounted = new Set(written)
    const spent = calls
      .filter(({ record }) => uncounted.delete(record.requestId))
      .map(({ parts, record, endedAt }) => ({
        parts,
        costNanos: countedNanos(record),
        heldNanos: 0n,
        endedAt,
      }))
    return settleCalls(platform, scope, nodeId, spent)
  })
}

/** Whether the database refuses what a record says, so that asking again is of no use. */
export function isRefusedRecord(error: unknown): boolean {
  return /^2[23]/.test(sqlState(error) ?? '')
}

/** Whether the record's organization is there no more. */
export function isOfErasedOrganization(error: unknown): boolean {
  return sqlState(error) === '23503'
}
