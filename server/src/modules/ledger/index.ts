import type { Scope } from '../../platform/context.ts'
import type { Nanos } from '../../platform/money.ts'
import { sumCostSince, type UsagePart } from './store.ts'

export type { SettleAdjustments } from './actions/adjust-usage.ts'
export { type NewUsageRecord, recordCalls, recordUsage } from './actions/record-usage.ts'
export { type BookHead, type BookReport, verifyBooks } from './actions/verify-books.ts'
export { type CallAttempt, type GuardrailVerdict, guardrailVerdict } from './contract.ts'
export { keepErasedUsage, pseudonymiseUsage } from './erasure.ts'
export type { BudgetPart, CostTerms, CountedBudget } from './kept-with-record.ts'
export { type PromptFigures, promptFigures } from './prompt-figures.ts'
export { findUsageRecords, type UsagePart, type UsageRecordRow } from './store.ts'

/** What the calls of a part of the organization have cost since a moment, in nano-dollars. */
export async function spentSince(scope: Scope, since: Date, part: UsagePart): Promise<Nanos> {
  return sumCostSince(scope.tx, since, part)
}
