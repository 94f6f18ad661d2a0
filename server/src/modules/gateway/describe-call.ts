import type { Caller } from '../../platform/context.ts'
import type { Nanos } from '../../platform/money.ts'
import type { CallAttempt, GuardrailVerdict, NewUsageRecord } from '../ledger/index.ts'
import type { ProviderUsage } from './adapters/provider.ts'
import type { CallBound } from './rules/bound-call.ts'
import type { ModelDeployment } from './rules/catalogue.ts'
import { costTerms } from './rules/cost-terms.ts'
import { priceCall } from './rules/price-call.ts'

/** What is known of a call before it is asked. */
export interface DescribedCall {
  readonly requestId: string
  readonly purpose: NewUsageRecord['purpose']
  readonly deployment: ModelDeployment
  /** What the caller said it is for. */
  readonly tag: string | null
  readonly prompt?: CalledWith | undefined
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

/** The version of a prompt that a call is made with. */
export interface CalledWith {
  id: string
  version: number
}

export interface CallOutcome {
  usage: ProviderUsage
  status: NewUsageRecord['status']
  errorCode: string | null
  timeToFirstTokenMs: number | null
  route?: CallRoute
  /** Answered with what was kept, or with what another call was being answered. */
  cache?: 'hit' | 'shared'
  /** What the answer cost when it was made. */
  savedNanos?: Nanos
  /** What guards found. */
  guardrails?: readonly GuardrailVerdict[]
}

/** What the ledger will say should this process be killed: the call at its bound. */
export function interruptedRecord(
  caller: Caller,
  call: DescribedCall & { readonly bound: CallBound },
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

/** What the ledger says of a call, but for how long it took. */
export function describeCall(
  caller: Caller,
  call: DescribedCall,
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
    projectId: caller.projectId,
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
    cache: outcome.cache ?? 'miss',
    savedNanos: outcome.savedNanos ?? 0n,
    tag: call.tag,
    alias: route?.alias ?? null,
    attempts: route?.attempts ?? [],
    paidBy: route?.paidBy ?? 'installation',
    uncountedNanos: uncounted + (route?.uncountedNanos ?? 0n),
    promptId: call.prompt?.id ?? null,
    promptVersion: call.prompt?.version ?? null,
    costTerms: costTerms(outcome.usage, deployment.price),
    guardrails: outcome.guardrails?.length ? [...outcome.guardrails] : null,
  }
}
