import { countOf, isObject, type JsonObject } from '../json-value.ts'
import type { ProviderUsage } from '../provider.ts'

/** Ten dollars for a thousand searches. */
const nanosPerSearch = 10_000_000n

/**
 * Anthropic's usage in the one form of the gateway; undefined when there is none. It counts what a prompt cache was read for
 * and written to beside the input, and thinking within the output.
 */
export function readMessageUsage(usage: unknown): ProviderUsage | undefined {
  if (!isObject(usage) || typeof usage.output_tokens !== 'number') return undefined
  const cachedTokens = countOf(usage.cache_read_input_tokens)
  const cacheWriteTokens = countOf(usage.cache_creation_input_tokens)
  const written = isObject(usage.cache_creation) ? usage.cache_creation : {}
  const details = isObject(usage.output_tokens_details) ? usage.output_tokens_details : {}
  const searches = isObject(usage.server_tool_use) ? countOf(usage.server_tool_use.web_search_requests) : 0
  return {
    promptTokens: countOf(usage.input_tokens) + cachedTokens + cacheWriteTokens,
    cachedTokens,
    cacheWriteTokens,
    cacheWriteHourTokens: Math.min(cacheWriteTokens, countOf(written.ephemeral_1h_input_tokens)),
    completionTokens: countOf(usage.output_tokens),
    reasoningTokens: countOf(details.thinking_tokens),
    ...(searches > 0 ? { feesNanos: BigInt(searches) * nanosPerSearch } : {}),
    reportedCostNanos: null,
  }
}

/** What a later event of a stream says is the sum so far; what it leaves out stays as it was said before. */
export function mergeUsage(before: JsonObject, later: unknown): JsonObject {
  if (!isObject(later)) return before
  const said = Object.entries(later).filter(([, value]) => value !== null && value !== undefined)
  return { ...before, ...Object.fromEntries(said) }
}
