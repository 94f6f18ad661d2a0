import { scaleDecimal } from '../../rules/scale-decimal.ts'
import { countOf, isObject } from '../json-value.ts'
import type { ProviderUsage } from '../provider.ts'

const nanoDigits = 9

/**
 * The `usage` of a completion, a chunk or an embeddings reply in one form; undefined when there is none.
 * Servers differ: DeepSeek names cache hits its own way; some leave reasoning out of `completion_tokens` and count it in the
 * total only, which shows as a total larger by just that; OpenRouter reports the cost, and for a customer's own upstream
 * key the upstream's cost beside its fee.
 */
export function readUsage(usage: unknown): ProviderUsage | undefined {
  if (!isObject(usage)) return undefined
  if (typeof usage.prompt_tokens !== 'number' && typeof usage.total_tokens !== 'number') return undefined
  const promptDetails = isObject(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {}
  const outputDetails = isObject(usage.completion_tokens_details) ? usage.completion_tokens_details : {}
  const promptTokens = countOf(usage.prompt_tokens)
  const reasoningTokens = countOf(outputDetails.reasoning_tokens)
  const counted = countOf(usage.completion_tokens)
  const reasoningLeftOut =
    reasoningTokens > 0 && countOf(usage.total_tokens) === promptTokens + counted + reasoningTokens
  const cachedTokens = Math.min(
    promptTokens,
    countOf(promptDetails.cached_tokens ?? usage.prompt_cache_hit_tokens),
  )
  return {
    promptTokens,
    cachedTokens,
    cacheWriteTokens: Math.min(promptTokens - cachedTokens, countOf(promptDetails.cache_write_tokens)),
    completionTokens: reasoningLeftOut ? counted + reasoningTokens : counted,
    reasoningTokens,
    reportedCostNanos: readCost(usage),
  }
}

function readCost(usage: Readonly<Record<string, unknown>>): bigint | null {
  const cost = scaleDecimal(usage.cost, nanoDigits)
  if (cost === undefined) return null
  const details = isObject(usage.cost_details) ? usage.cost_details : {}
  const upstream =
    usage.is_byok === true ? scaleDecimal(details.upstream_inference_cost, nanoDigits) : undefined
  return cost + (upstream ?? 0n)
}

/** The usage of several requests that were one call. */
export function addUsage(
  one: ProviderUsage | undefined,
  other: ProviderUsage | undefined,
): ProviderUsage | undefined {
  if (!one || !other) return one ?? other
  return {
    promptTokens: one.promptTokens + other.promptTokens,
    cachedTokens: one.cachedTokens + other.cachedTokens,
    cacheWriteTokens: (one.cacheWriteTokens ?? 0) + (other.cacheWriteTokens ?? 0),
    completionTokens: one.completionTokens + other.completionTokens,
    reasoningTokens: one.reasoningTokens + other.reasoningTokens,
    reportedCostNanos:
      one.reportedCostNanos === null || other.reportedCostNanos === null
        ? null
        : one.reportedCostNanos + other.reportedCostNanos,
  }
}
