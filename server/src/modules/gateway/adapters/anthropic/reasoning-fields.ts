import { isObject, type JsonObject } from '../json-value.ts'
import type { ChatCall } from '../provider.ts'

/** Models that are told how many tokens to think for; the later ones are told how hard to think. */
const budgetModels = /-(?:4-5|4-1|4-0|3-7|4)(?:-\d{8})?$/
const leastBudgetTokens = 1_024

/** Parts of the output cap, as OpenRouter gives them to the same efforts. */
const shares: Readonly<Record<string, number>> = {
  minimal: 0.1,
  low: 0.2,
  medium: 0.5,
  high: 0.8,
  xhigh: 0.95,
  max: 0.95,
}

/**
 * How a chat asks for reasoning (OpenAI's `reasoning_effort`, OpenRouter's `reasoning`, Anthropic's own `thinking`) in
 * Anthropic's words.
 */
export function reasoningFields(
  body: ChatCall['body'],
  model: string,
  cap: number,
): { thinking?: JsonObject; effort?: string } {
  const asked = isObject(body.reasoning) ? body.reasoning : {}
  const effort = asked.effort ?? body.reasoning_effort ?? (asked.enabled === true ? 'medium' : undefined)
  if (isObject(body.thinking)) return { thinking: body.thinking, ...effortOf(effort) }
  const tokens = typeof asked.max_tokens === 'number' ? asked.max_tokens : undefined
  if (effort === 'none' || asked.enabled === false) return { thinking: { type: 'disabled' } }
  if (typeof effort !== 'string' && tokens === undefined) return {}
  if (!budgetModels.test(model)) return { thinking: { type: 'adaptive' }, ...effortOf(effort) }
  const budget = Math.floor(tokens ?? cap * (shares[String(effort)] ?? 0.5))
  // Thinking counts in the cap, and something has to be left to answer with; below the least there is none.
  const within = Math.min(Math.max(budget, leastBudgetTokens), cap - 1)
  return within < leastBudgetTokens ? {} : { thinking: { type: 'enabled', budget_tokens: within } }
}

function effortOf(effort: unknown): { effort?: string } {
  if (typeof effort !== 'string') return {}
  return { effort: effort === 'minimal' ? 'low' : effort }
}
