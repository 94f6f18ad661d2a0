import type { NewUsageRecord } from '../modules/ledger/index.ts'
import { newId } from '../platform/ids.ts'

/** A usage record of a call that went well; a test names what it is about. */
export function usageRecordOf(fields: Partial<NewUsageRecord>): NewUsageRecord {
  return {
    requestId: newId(),
    purpose: 'chat',
    model: 'openai/gpt-4o-mini',
    provider: 'openrouter',
    deployment: 'openai/gpt-4o-mini',
    apiKeyId: null,
    userId: null,
    promptTokens: 10,
    cachedTokens: 0,
    completionTokens: 5,
    reasoningTokens: 0,
    costNanos: 4_500n,
    reportedCostNanos: null,
    priceVersion: 'test',
    inputNanosPerMillion: 150_000_000n,
    cachedInputNanosPerMillion: 75_000_000n,
    outputNanosPerMillion: 600_000_000n,
    latencyMs: 12,
    timeToFirstTokenMs: null,
    status: 'ok',
    errorCode: null,
    fallback: false,
    cache: 'miss',
    tag: null,
    projectId: null,
    alias: null,
    attempts: [],
    paidBy: 'installation',
    uncountedNanos: 0n,
    savedNanos: 0n,
    promptId: null,
    promptVersion: null,
    costTerms: null,
    guardrails: null,
    ...fields,
  }
}
