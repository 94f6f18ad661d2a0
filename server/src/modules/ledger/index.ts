import type { Scope } from '../../platform/context.ts'
import type { Nanos } from '../../platform/money.ts'
import { sumCostSince } from './store.ts'

export { type NewUsageRecord, recordUsage } from './actions/record-usage.ts'
export { keepErasedUsage, pseudonymiseUsage } from './erasure.ts'
export { findUsageRecords, type UsageRecordRow } from './store.ts'

/** What the organization has spent since the beginning of a UTC day, in nano-dollars. */
export async function spentSince(scope: Scope, since: Date): Promise<Nanos> {
  return sumCostSince(scope.tx, since)
}
