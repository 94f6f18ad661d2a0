import { isObject, type JsonObject } from '../json-value.ts'

/** Marks reasoning that Anthropic signed: no other provider can take it back. */
export const reasoningFormat = 'anthropic-claude-v1'
export const fingerprint = 'fp_anthropic'

const finishReasons: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
}

export function finishReasonOf(stopReason: unknown): string | undefined {
  return typeof stopReason === 'string' ? (finishReasons[stopReason] ?? 'stop') : undefined
}

/** The words of a model that refuses; null where it says none. */
export function refusalOf(said: JsonObject): string | null {
  const details = isObject(said.stop_details) ? said.stop_details : {}
  return typeof details.explanation === 'string' ? details.explanation : null
}

/** Anthropic's message as a chat completion. What the reasoning needs to be taken back goes along in `reasoning_details`. */
export function toCompletion(message: JsonObject, created: number): { body: JsonObject; text: string } {
  const blocks = Array.isArray(message.content) ? message.content.filter(isObject) : []
  const text = textOfBlocks(blocks, 'text')
  const reasoning = textOfBlocks(blocks, 'thinking')
  const details = blocks.flatMap((block, index) => reasoningDetail(block, index) ?? [])
  const calls = blocks.filter(({ type }) => type === 'tool_use')
  const finish = finishReasonOf(message.stop_reason) ?? null
  const said = {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: refusalOf(message),
    ...(reasoning === '' ? {} : { reasoning }),
    ...(details.length === 0 ? {} : { reasoning_details: details }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(toToolCall) }),
  }
  const body = {
    id: message.id,
    object: 'chat.completion',
    created,
    model: message.model,
    system_fingerprint: fingerprint,
    choices: [
      {
        index: 0,
        message: said,
        logprobs: null,
        finish_reason: finish,
        native_finish_reason: message.stop_reason ?? null,
        stop_reason: message.stop_sequence ?? null,
      },
    ],
    usage: completionUsage(message.usage),
  }
  return { body, text }
}

/** Usage in OpenAI's words, which count what was read from and written to a prompt cache within the prompt. */
export function completionUsage(usage: unknown): JsonObject | undefined {
  if (!isObject(usage)) return undefined
  const numberOf = (value: unknown) => (typeof value === 'number' ? value : 0)
  const cached = numberOf(usage.cache_read_input_tokens)
  const written = numberOf(usage.cache_creation_input_tokens)
  const prompt = numberOf(usage.input_tokens) + cached + written
  const completion = numberOf(usage.output_tokens)
  const details = isObject(usage.output_tokens_details) ? usage.output_tokens_details : {}
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
    completion_tokens_details: { reasoning_tokens: numberOf(details.thinking_tokens) },
  }
}

export function reasoningDetail(block: JsonObject, index: number): JsonObject | undefined {
  if (block.type === 'redacted_thinking')
    return { type: 'reasoning.encrypted', data: block.data, format: reasoningFormat, index }
  if (block.type !== 'thinking') return undefined
  const { thinking: text, signature } = block
  return { type: 'reasoning.text', text, signature, format: reasoningFormat, index }
}

function textOfBlocks(blocks: readonly JsonObject[], type: 'text' | 'thinking'): string {
  return blocks.map((block) => (block.type === type ? String(block[type] ?? '') : '')).join('')
}

function toToolCall(block: JsonObject): JsonObject {
  const { id, name, input } = block
  return { id, type: 'function', function: { name, arguments: JSON.stringify(input ?? {}) } }
}
