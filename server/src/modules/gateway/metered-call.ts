import type { Caller, Scope } from '../../platform/context.ts'
import { withTenant } from '../../platform/db/transactions.ts'
import { formatUsd, type Nanos } from '../../platform/money.ts'
import type { Platform } from '../../platform/platform.ts'
import {
  affordableNanos,
  authorizeSpend,
  type CallParts,
  settleSpend,
  spendRefused,
} from '../budgets/index.ts'
import { type NewUsageRecord, recordUsage } from '../ledger/index.ts'
import type { ProviderUsage } from './adapters/provider.ts'
import { encodeRecord } from './journal-entries.ts'
import type { MoneyGate } from './money-gate.ts'
import { affordOutputTokens, type CallBound } from './rules/bound-call.ts'
import type { ModelDeployment } from './rules/catalogue.ts'
import { priceCall, ratesFor } from './rules/price-call.ts'

/**
 * One call that costs money: authorized → (provider) → settled.
 *
 * Invariants: nothing leaves before its upper bound is held in every budget it counts in and it is written down; each
 * authorized call gets exactly one usage record, by whoever settles first (the call itself, or recovery after a killed
 * process, which charges the bound); settling happens whether or not the caller is still there.
 */
export interface MeteredCall {
  readonly requestId: string
  readonly purpose: NewUsageRecord['purpose']
  readonly deployment: ModelDeployment
  /** What the caller said it is for. */
  readonly tag: string | null
  /** What the provider is told to stop at. */
  readonly outputTokensCap: number
  readonly startedAtMs: number
}

export interface CallOutcome {
  usage: ProviderUsage
  status: NewUsageRecord['status']
  errorCode: string | null
  timeToFirstTokenMs: number | null
}

/** What calls are metered on. */
export interface MeteredPlatform extends Platform {
  readonly gate: MoneyGate
}

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
  cache: 'miss' | 'hit'
  fallback: boolean
}

/** Below this, a shortened answer is of no use: the call is refused instead. */
const leastUsefulTokens = 64

/**
 * Holds the most the call can cost. A caller who named no output cap gets the one the tightest budget affords; one
 * who did gets it or a refusal.
 * @throws budget_exceeded (402)
 */
export async function authorizeCall(
  platform: MeteredPlatform,
  caller: Caller,
  call: {
    requestId: string
    purpose: NewUsageRecord['purpose']
    deployment: ModelDeployment
    tag: string | null
    bound: CallBound
    mayShorten: boolean
  },
): Promise<MeteredCall> {
  const { requestId, purpose, deployment, tag } = call
  const granted =
    platform.gate.journalIn === 'file'
      ? await holdInMemory(platform, caller, call)
      : await holdInDatabase(platform, caller, call)
  return {
    requestId,
    purpose,
    deployment,
    tag,
    outputTokensCap: granted,
    startedAtMs: platform.clock.now().getTime(),
  }
}

type NewCall = Parameters<typeof authorizeCall>[2]

/** @returns the output cap that is held */
async function holdInMemory(platform: MeteredPlatform, caller: Caller, call: NewCall): Promise<number> {
  const { gate } = platform
  const { deployment, bound } = call
  let outputTokensCap = bound.outputTokensCap
  for (;;) {
    const amountNanos = costOf(bound, deployment, outputTokensCap)
    const interrupted = interruptedRecord(caller, call, outputTokensCap, amountNanos)
    const begun = await gate.begin(caller, { parts: partsOf(caller, call), amountNanos, interrupted })
    if (begun.held) return outputTokensCap
    const affordable = call.mayShorten ? affordOutputTokens(bound, deployment.price, begun.leftNanos) : 0
    if (affordable < leastUsefulTokens || affordable >= outputTokensCap) {
      await gate.giveBack(String(caller.organizationId), begun.budgetIds)
      throw await withTenant(platform, caller, (scope) => spendRefused(scope, begun.budgetIds, amountNanos))
    }
    outputTokensCap = affordable
  }
}

function partsOf({ userId, apiKeyId, serviceAccountId }: Caller, { deployment, tag }: NewCall): CallParts {
  return { userId, apiKeyId, serviceAccountId, model: deployment.id, tag }
}

/** As `holdInMemory`, where the disk is not kept: each call is held, and written down, in a transaction of its own. */
async function holdInDatabase(platform: MeteredPlatform, caller: Caller, call: NewCall): Promise<number> {
  const { requestId, deployment, bound } = call
  const parts = partsOf(caller, call)
  return withTenant(platform, caller, async (scope) => {
    const outputTokensCap = call.mayShorten
      ? await shorten(scope, parts, deployment, bound)
      : bound.outputTokensCap
    const amountNanos = costOf(bound, deployment, outputTokensCap)
    await authorizeSpend(scope, {
      requestId,
      parts,
      amountNanos,
      nodeId: platform.nodeId,
      call: encodeRecord(interruptedRecord(caller, call, outputTokensCap, amountNanos)),
    })
    return outputTokensCap
  })
}

async function shorten(
  scope: Scope,
  parts: CallParts,
  deployment: ModelDeployment,
  bound: CallBound,
): Promise<number> {
  const left = await affordableNanos(scope, parts)
  if (left === undefined || bound.costNanosBound <= left) return bound.outputTokensCap
  const affordable = affordOutputTokens(bound, deployment.price, left)
  return affordable >= leastUsefulTokens ? affordable : bound.outputTokensCap
}

/** The bound's cost with fewer output tokens, rounded up as the bound is. */
function costOf(bound: CallBound, deployment: ModelDeployment, outputTokensCap: number): Nanos {
  if (outputTokensCap === bound.outputTokensCap) return bound.costNanosBound
  const fewer = BigInt(bound.outputTokensCap - outputTokensCap)
  const rates = ratesFor(bound.inputTokensBound, deployment.price)
  return bound.costNanosBound - (fewer * rates.outputNanosPerMillion) / 1_000_000n
}

/** What the ledger will say should this process be killed: the call at its bound. */
function interruptedRecord(
  caller: Caller,
  call: NewCall,
  outputTokensCap: number,
  amountNanos: Nanos,
): NewUsageRecord {
  const record = describeCall(caller, call, {
    usage: {
      promptTokens: call.bound.inputTokensBound,
      cachedTokens: 0,
      completionTokens: outputTokensCap,
      reasoningTokens: 0,
      reportedCostNanos: null,
    },
    status: 'interrupted',
    errorCode: 'process_killed',
    timeToFirstTokenMs: null,
  })
  return { ...record, costNanos: amountNanos, latencyMs: 0 }
}

function describeCall(
  caller: Caller,
  call: Pick<MeteredCall, 'requestId' | 'purpose' | 'deployment' | 'tag'>,
  outcome: CallOutcome,
): Omit<NewUsageRecord, 'latencyMs'> {
  const { deployment } = call
  return {
    requestId: call.requestId,
    purpose: call.purpose,
    model: deployment.id,
    provider: deployment.providerId,
    deployment: deployment.deploymentModel,
    apiKeyId: caller.apiKeyId,
    userId: caller.userId,
    promptTokens: outcome.usage.promptTokens,
    cachedTokens: outcome.usage.cachedTokens,
    completionTokens: outcome.usage.completionTokens,
    reasoningTokens: outcome.usage.reasoningTokens,
    costNanos: priceCall(outcome.usage, deployment.price),
    reportedCostNanos: outcome.usage.reportedCostNanos,
    priceVersion: deployment.price.version,
    inputNanosPerMillion: deployment.price.inputNanosPerMillion,
    cachedInputNanosPerMillion: deployment.price.cachedInputNanosPerMillion,
    outputNanosPerMillion: deployment.price.outputNanosPerMillion,
    timeToFirstTokenMs: outcome.timeToFirstTokenMs,
    status: outcome.status,
    errorCode: outcome.errorCode,
    fallback: false,
    cache: 'miss',
    tag: call.tag,
  }
}

/** Releases the hold, charges what was used and writes the record, all or nothing and once. */
export async function settleCall(
  platform: MeteredPlatform,
  caller: Caller,
  call: MeteredCall,
  outcome: CallOutcome,
): Promise<Receipt> {
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
  if (await recordUsage(scope, record)) await settleSpend(platform, scope, record.requestId, record.costNanos)
}
