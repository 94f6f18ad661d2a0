import type { Caller, Scope } from '../../platform/context.ts'
import { withTenant } from '../../platform/db/transactions.ts'
import { formatUsd } from '../../platform/money.ts'
import type { Platform } from '../../platform/platform.ts'
import { countedBudgetsOfHold, settleSpend } from '../budgets/index.ts'
import { type NewUsageRecord, recordUsage } from '../ledger/index.ts'
import { type CallOutcome, describeCall } from './describe-call.ts'
import { countedNanos } from './journal-entries.ts'
import type { MeteredCall, MeteredPlatform } from './metered-call.ts'

/** What a call cost and how it went: shown with every answer. */
export interface Receipt {
  requestId: string
  model: string
  provider: string
  isLanguageModel: boolean
  promptTokens: number
  cachedTokens: number
  completionTokens: number
  costNanos: string
  costUsd: string
  latencyMs: number
  timeToFirstTokenMs: number | null
  cache: 'miss' | 'hit' | 'shared'
  fallback: boolean
}

/** Releases the hold, charges what was used and writes the record, all or nothing and once. */
export async function settleCall(
  platform: MeteredPlatform,
  caller: Caller,
  call: MeteredCall,
  outcome: CallOutcome,
): Promise<Receipt> {
  call.admitted?.end(outcome.usage.promptTokens + outcome.usage.completionTokens)
  const latencyMs = Math.max(0, platform.clock.now().getTime() - call.startedAtMs)
  const record = { ...describeCall(caller, call, outcome), latencyMs }
  if (platform.gate.journalIn === 'file') await platform.gate.end(String(caller.organizationId), record)
  else await withTenant(platform, caller, (scope) => settleRecord(platform, scope, record))
  return {
    requestId: record.requestId,
    model: record.model,
    provider: record.provider,
    isLanguageModel: call.deployment.isLanguageModel,
    promptTokens: record.promptTokens,
    cachedTokens: record.cachedTokens,
    completionTokens: record.completionTokens,
    costNanos: record.costNanos.toString(),
    costUsd: formatUsd(record.costNanos),
    latencyMs,
    timeToFirstTokenMs: record.timeToFirstTokenMs,
    cache: record.cache,
    fallback: record.fallback,
  }
}

/**
 * Settles one record in the scope's transaction; a call that was settled before is left as it is. The record comes
 * first: its foreign key takes the organization's lock before the budget's, the order every writer of money keeps.
 */
export async function settleRecord(platform: Platform, scope: Scope, record: NewUsageRecord): Promise<void> {
  const costNanos = countedNanos(record)
  const budgets = await countedBudgetsOfHold(scope, record.requestId, costNanos)
  const isFirst = await recordUsage(scope, { ...record, budgets })
  // One that was recorded before may be held again: a queued call whose process was killed is asked once more.
  await settleSpend(platform, scope, record.requestId, isFirst ? costNanos : 0n)
}
