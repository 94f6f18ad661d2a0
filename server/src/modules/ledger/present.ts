import { formatUsd } from '../../platform/money.ts'
import { explainCost } from './rules/explain-cost.ts'
import type { NamedUsageRecord, UsageRecordRow } from './store.ts'

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

/** A call with who made it. */
export function presentCall(row: NamedUsageRecord) {
  return {
    ...presentRecord(row),
    who: {
      member: row.memberId === null ? null : { id: row.memberId, name: row.memberName },
      apiKey: row.apiKeyId === null ? null : { id: row.apiKeyId, name: row.apiKeyName },
      serviceAccount:
        row.serviceAccountId === null ? null : { id: row.serviceAccountId, name: row.serviceAccountName },
    },
  }
}

/** A call with all that explains it. */
export function explainCall(row: NamedUsageRecord) {
  const reported = row.reportedCostNanos
  const failed = row.attempts
    .filter(({ outcome }) => outcome !== 'answered')
    .reduce((sum, { costNanos }) => sum + BigInt(costNanos), 0n)
  return {
    ...presentCall(row),
    arithmetic: {
      lines: explainCost(row),
      marginPercent: /\+([\d.]+)%$/.exec(row.priceVersion)?.[1] ?? null,
      countedNanos: (row.costNanos - row.uncountedNanos).toString(),
      reportedNanos: reported?.toString() ?? null,
      differenceNanos: reported === null ? null : (row.costNanos - failed - reported).toString(),
    },
    budgets:
      row.budgets?.map((budget) => ({
        ...budget,
        limitUsd: formatUsd(BigInt(budget.limitNanos)),
        leftUsd: formatUsd(BigInt(budget.leftNanos)),
      })) ?? null,
  }
}
