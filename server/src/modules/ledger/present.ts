import { formatUsd } from '../../platform/money.ts'
import { explainCost } from './rules/explain-cost.ts'
import type { AdjustedRecord, NamedUsageRecord, RecordedAdjustment } from './store.ts'

export function money(costNanos: bigint) {
  return { costNanos: costNanos.toString(), costUsd: formatUsd(costNanos) }
}

export function saved(savedNanos: bigint) {
  return { savedNanos: savedNanos.toString(), savedUsd: formatUsd(savedNanos) }
}

/** A call with the arithmetic of its cost, which is what it is by now. */
export function presentRecord(row: AdjustedRecord) {
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
    ...money(row.costNanos + row.adjustmentNanos),
    adjustmentNanos: row.adjustmentNanos.toString(),
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
    savedNanos: row.savedNanos.toString(),
    tag: row.tag,
    projectId: row.projectId,
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
    project: row.projectId === null ? null : { id: row.projectId, name: row.projectName },
    who: {
      member: row.memberId === null ? null : { id: row.memberId, name: row.memberName },
      apiKey: row.apiKeyId === null ? null : { id: row.apiKeyId, name: row.apiKeyName },
      serviceAccount:
        row.serviceAccountId === null ? null : { id: row.serviceAccountId, name: row.serviceAccountName },
    },
  }
}

/** An entry by which a correction has changed the cost of a call. */
export function presentAdjustment({ amountNanos, uncountedNanos: _, ...row }: RecordedAdjustment) {
  return { ...row, amountNanos, amountUsd: formatUsd(BigInt(amountNanos)) }
}

/** A call with all that explains it. */
export function explainCall(row: NamedUsageRecord & { adjustments: readonly RecordedAdjustment[] }) {
  const costNanos = row.costNanos + row.adjustmentNanos
  const uncounted = row.adjustments.reduce(
    (sum, { uncountedNanos }) => sum + BigInt(uncountedNanos),
    row.uncountedNanos,
  )
  const reported = row.reportedCostNanos
  const failed = row.attempts
    .filter(({ outcome }) => outcome !== 'answered')
    .reduce((sum, { costNanos }) => sum + BigInt(costNanos), 0n)
  return {
    ...presentCall(row),
    arithmetic: {
      lines: [
        ...explainCost(row),
        ...row.adjustments.map(({ amountNanos, reason }) => ({
          kind: 'adjustment' as const,
          about: reason,
          tokens: null,
          nanosPerMillion: null,
          nanos: amountNanos,
        })),
      ],
      marginPercent: /\+([\d.]+)%$/.exec(row.priceVersion)?.[1] ?? null,
      countedNanos: (costNanos - uncounted).toString(),
      reportedNanos: reported?.toString() ?? null,
      differenceNanos: reported === null ? null : (costNanos - failed - reported).toString(),
    },
    adjustments: row.adjustments.map(presentAdjustment),
    budgets:
      row.budgets?.map((budget) => ({
        ...budget,
        credits: budget.credits ?? false,
        limitUsd: formatUsd(BigInt(budget.limitNanos)),
        leftUsd: formatUsd(BigInt(budget.leftNanos)),
      })) ?? null,
  }
}
