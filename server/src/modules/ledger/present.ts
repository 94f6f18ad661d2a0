import { formatUsd } from '../../platform/money.ts'
import type { UsageRecordRow } from './store.ts'

export function money(costNanos: bigint) {
  return { costNanos: costNanos.toString(), costUsd: formatUsd(costNanos) }
}

/** A call with the arithmetic of its cost. */
export function presentRecord(row: UsageRecordRow) {
  return {
    requestId: row.requestId,
    createdAt: row.createdAt.toISOString(),
    purpose: row.purpose,
    model: row.model,
    provider: row.provider,
    deployment: row.deployment,
    apiKeyId: row.apiKeyId,
    userId: row.userId,
    promptTokens: row.promptTokens,
    cachedTokens: row.cachedTokens,
    completionTokens: row.completionTokens,
    reasoningTokens: row.reasoningTokens,
    ...money(row.costNanos),
    price: {
      version: row.priceVersion,
      inputNanosPerMillion: row.inputNanosPerMillion.toString(),
      cachedInputNanosPerMillion: row.cachedInputNanosPerMillion.toString(),
      outputNanosPerMillion: row.outputNanosPerMillion.toString(),
    },
    latencyMs: row.latencyMs,
    timeToFirstTokenMs: row.timeToFirstTokenMs,
    status: row.status,
    errorCode: row.errorCode,
    fallback: row.fallback,
    cache: row.cache,
    tag: row.tag,
    alias: row.alias,
    attempts: row.attempts,
    paidBy: row.paidBy,
    prompt:
      row.promptId === null || row.promptVersion === null
        ? null
        : { id: row.promptId, version: row.promptVersion },
    guardrails: row.guardrails ?? [],
  }
}
