import { estimateTokens } from '../../rules/estimate-tokens.ts'
import type { ChatChunk, ProviderUsage } from '../provider.ts'

/** An answer as text, cut where the caller's limits cut it. */
export interface Written {
  readonly text: string
  readonly finishReason: 'stop' | 'length'
  readonly usage: ProviderUsage
}

/** What every object of one completion repeats. */
export interface CompletionHead {
  readonly id: string
  readonly created: number
  readonly model: string
}

const fingerprint = 'fp_extractive'

export function limitText(
  text: string,
  stops: readonly string[],
  maxTokens: number,
  promptText: string,
): Written {
  const stopAt = stops.map((stop) => (stop === '' ? -1 : text.indexOf(stop))).filter((index) => index >= 0)
  const stopped = stopAt.length === 0 ? text : text.slice(0, Math.min(...stopAt))
  const kept = cutToTokens(stopped, maxTokens)
  return {
    text: kept,
    finishReason: kept.length < stopped.length ? 'length' : 'stop',
    usage: {
      promptTokens: estimateTokens(promptText),
      cachedTokens: 0,
      completionTokens: estimateTokens(kept),
      reasoningTokens: 0,
      reportedCostNanos: 0n,
    },
  }
}

/** The words that fit, of the first word as much as fits. */
function cutToTokens(text: string, maxTokens: number): string {
  if (estimateTokens(text) <= maxTokens) return text
  let kept = ''
  for (const word of wordsOf(text)) {
    if (estimateTokens(kept + word) > maxTokens) break
    kept += word
  }
  if (kept !== '') return kept
  let end = text.length
  while (end > 1 && estimateTokens(text.slice(0, end)) > maxTokens) end--
  return text.slice(0, end)
}

export function completionBody(head: CompletionHead, written: Written): Readonly<Record<string, unknown>> {
  const message = { role: 'assistant', content: written.text, refusal: null }
  return {
    id: head.id,
    object: 'chat.completion',
    created: head.created,
    model: head.model,
    system_fingerprint: fingerprint,
    choices: [{ index: 0, message, logprobs: null, finish_reason: written.finishReason }],
    usage: usageBody(written.usage),
  }
}

const wordsPerPiece = 4

/** The chunks of a streamed completion, as fast as they are read. */
export function* completionChunks(
  head: CompletionHead,
  written: Written,
  usageAskedFor: boolean,
): Generator<ChatChunk> {
  const shared = {
    id: head.id,
    object: 'chat.completion.chunk',
    created: head.created,
    model: head.model,
    system_fingerprint: fingerprint,
  }
  const chunk = (delta: object, textDelta: string, finishReason?: string): ChatChunk => ({
    data: JSON.stringify({
      ...shared,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason ?? null }],
    }),
    textDelta,
    usage: undefined,
    finishReason,
    hidden: false,
  })
  yield chunk({ role: 'assistant', content: '' }, '')
  const words = wordsOf(written.text)
  for (let from = 0; from < words.length; from += wordsPerPiece) {
    const content = words.slice(from, from + wordsPerPiece).join('')
    yield chunk({ content }, content)
  }
  yield chunk({}, '', written.finishReason)
  yield {
    data: JSON.stringify({ ...shared, choices: [], usage: usageBody(written.usage) }),
    textDelta: '',
    usage: written.usage,
    finishReason: undefined,
    hidden: !usageAskedFor,
  }
}

function wordsOf(text: string): readonly string[] {
  return text.match(/\s*\S+|\s+$/g) ?? []
}

function usageBody(usage: ProviderUsage): object {
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.promptTokens + usage.completionTokens,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  }
}
