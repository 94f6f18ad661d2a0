import type { Caller, Scope } from '../../platform/context.ts'
import { withTenant } from '../../platform/db/transactions.ts'
import { formatUsd, type Nanos } from '../../platform/money.ts'
import type { Platform } from '../../platform/platform.ts'
import { affordableNanos, authorizeSpend, type CallParts, settleSpend } from '../budgets/index.ts'
import { type CallAttempt, type GuardrailVerdict, type NewUsageRecord, recordUsage } from '../ledger/index.ts'
import type { ProviderUsage } from './adapters/provider.ts'
import type { CallBound } from './rules/bound-call.ts'
import { affordAtAll, costAtCap, type PricedBound } from './rules/candidate-bounds.ts'
import type { ModelDeployment } from './rules/catalogue.ts'
import { priceCall } from './rules/price-call.ts'

/**
 * One call that costs money: authorized → (provider) → settled.
 *
 * Invariants: nothing leaves before its upper bound is held in every budget it counts in; each authorized
 * call gets exactly one usage record, by whoever settles first (the call itself, or recovery after a killed
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
  /** What is held for it. */
  readonly heldNanos: Nanos
  readonly startedAtMs: number
}

/** The way a call took to its answer, where there was a choice. */
export interface CallRoute {
  readonly alias: string | null
  readonly fallback: boolean
  readonly attempts: CallAttempt[]
  readonly paidBy: 'installation' | 'organization'
  readonly countsInBudgets: boolean
  /** What attempts whose answer was not taken have cost. */
  readonly spentNanos: Nanos
  /** The part of it that budgets do not count. */
  readonly uncountedNanos: Nanos
}

export interface CallOutcome {
  usage: ProviderUsage
  status: NewUsageRecord['status']
  errorCode: string | null
  timeToFirstTokenMs: number | null
  route?: CallRoute
  /** What guards found. */
  guardrails?: readonly GuardrailVerdict[]
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
  platform: Platform,
  caller: Caller,
  call: {
    requestId: string
    purpose: NewUsageRecord['purpose']
    deployment: ModelDeployment
    tag: string | null
    bound: CallBound
    mayShorten: boolean
    /** What it may cost at each deployment that may answer it; `bound` is of them all. Absent: at this one alone. */
    candidates?: readonly PricedBound[]
  },
): Promise<MeteredCall> {
  const { requestId, purpose, deployment, tag, bound } = call
  const { userId, apiKeyId, serviceAccountId } = caller
  const parts = { userId, apiKeyId, serviceAccountId, model: deployment.id, tag }
  const candidates = call.candidates ?? [{ bound, price: deployment.price }]
  const granted = await withTenant(platform, caller, async (scope) => {
    const outputTokensCap = call.mayShorten
      ? await shorten(scope, parts, candidates, bound)
      : bound.outputTokensCap
    const amountNanos =
      outputTokensCap === bound.outputTokensCap
        ? bound.costNanosBound
        : costAtCap(candidates, outputTokensCap)
    await authorizeSpend(scope, {
      requestId,
      parts,
      amountNanos,
      nodeId: platform.nodeId,
      call: interruptedRecord(scope, call, outputTokensCap, amountNanos),
    })
    return { outputTokensCap, heldNanos: amountNanos }
  })
  return {
    requestId,
    purpose,
    deployment,
    tag,
    ...granted,
    startedAtMs: platform.clock.now().getTime(),
  }
}

async function shorten(
  scope: Scope,
  parts: CallParts,
  candidates: readonly PricedBound[],
  bound: CallBound,
): Promise<number> {
  const left = await affordableNanos(scope, parts)
  if (left === undefined || bound.costNanosBound <= left) return bound.outputTokensCap
  const affordable = affordAtAll(candidates, left)
  return affordable >= leastUsefulTokens ? affordable : bound.outputTokensCap
}

/**
 * Holds the money of a call at another deployment, in the budgets of that one's model, in the place of where it was.
 * @param bound what it may cost there, with what it has cost already
 * @throws budget_exceeded (402); the call is held as before then
 */
export async function moveCall(
  platform: Platform,
  caller: Caller,
  call: MeteredCall,
  deployment: ModelDeployment,
  bound: CallBound,
): Promise<MeteredCall> {
  const { requestId, tag } = call
  const { userId, apiKeyId, serviceAccountId } = caller
  const { outputTokensCap, costNanosBound } = bound
  await withTenant(platform, caller, async (scope) => {
    await settleSpend(platform, scope, requestId, 0n)
    await authorizeSpend(scope, {
      requestId,
      parts: { userId, apiKeyId, serviceAccountId, model: deployment.id, tag },
      amountNanos: costNanosBound,
      nodeId: platform.nodeId,
      call: interruptedRecord(scope, { ...call, deployment, bound }, outputTokensCap, costNanosBound),
    })
  })
  return { ...call, deployment, outputTokensCap, heldNanos: costNanosBound }
}

/** What the ledger will say should this process be killed: the call at its bound. Whole numbers as text, for JSON. */
function interruptedRecord(
  scope: Scope,
  call: {
    requestId: string
    purpose: NewUsageRecord['purpose']
    deployment: ModelDeployment
    tag: string | null
    bound: CallBound
  },
  outputTokensCap: number,
  amountNanos: Nanos,
): Record<string, unknown> {
  const record = describeCall(scope.caller, call, {
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
  const fields = { ...record, costNanos: amountNanos, latencyMs: 0 }
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'bigint' ? `${value}n` : value]),
  )
}

/** Turns what `interruptedRecord` wrote back into a record. */
export function parseInterruptedRecord(stored: Record<string, unknown>): NewUsageRecord {
  const fields = Object.entries(stored).map(([name, value]) => [
    name,
    typeof value === 'string' && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
  ])
  // One that an earlier version wrote knew nothing of routes.
  const unrouted = { alias: null, attempts: [], paidBy: 'installation', uncountedNanos: 0n, guardrails: null }
  // Written by `interruptedRecord` and by nothing else.
  return { ...unrouted, ...Object.fromEntries(fields) } as NewUsageRecord
}

function describeCall(
  caller: Caller,
  call: Pick<MeteredCall, 'requestId' | 'purpose' | 'deployment' | 'tag'>,
  outcome: CallOutcome,
): Omit<NewUsageRecord, 'latencyMs'> {
  const { deployment } = call
  const { route } = outcome
  const answerNanos = priceCall(outcome.usage, deployment.price)
  const uncounted = route && !route.countsInBudgets ? answerNanos : 0n
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
    costNanos: answerNanos + (route?.spentNanos ?? 0n),
    reportedCostNanos: outcome.usage.reportedCostNanos,
    priceVersion: deployment.price.version,
    inputNanosPerMillion: deployment.price.inputNanosPerMillion,
    cachedInputNanosPerMillion: deployment.price.cachedInputNanosPerMillion,
    outputNanosPerMillion: deployment.price.outputNanosPerMillion,
    timeToFirstTokenMs: outcome.timeToFirstTokenMs,
    status: outcome.status,
    errorCode: outcome.errorCode,
    fallback: route?.fallback ?? false,
    cache: 'miss',
    tag: call.tag,
    alias: route?.alias ?? null,
    attempts: route?.attempts ?? [],
    paidBy: route?.paidBy ?? 'installation',
    uncountedNanos: uncounted + (route?.uncountedNanos ?? 0n),
    guardrails: outcome.guardrails?.length ? [...outcome.guardrails] : null,
  }
}

/** Releases the hold, charges what was used and writes the record, all or nothing and once. */
export async function settleCall(
  platform: Platform,
  caller: Caller,
  call: MeteredCall,
  outcome: CallOutcome,
): Promise<Receipt> {
  const latencyMs = Math.max(0, platform.clock.now().getTime() - call.startedAtMs)
  const record = { ...describeCall(caller, call, outcome), latencyMs }
  await withTenant(platform, caller, (scope) => settleRecord(platform, scope, record))
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
  if (!(await recordUsage(scope, record))) return
  await settleSpend(platform, scope, record.requestId, record.costNanos - record.uncountedNanos)
}
