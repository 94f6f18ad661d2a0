import { z } from '@hono/zod-openapi'
import type { ChatResult } from '../adapters/provider.ts'
import { providerBadResponse } from '../errors.ts'
import type { ModelResponse, OutputItem, ResponseRequest, ResponseUsage } from '../responses-contract.ts'
import type { TokenCounts } from './anthropic-answer.ts'
import { isObject } from './json-object.ts'
import { joinDetails, packDetails, reasoningDetailsOf, reasoningTextOf } from './reasoning-details.ts'

/** What is known of a response before its first token. */
export interface ResponseHead {
  readonly requestId: string
  readonly model: string
  readonly request: ResponseRequest
  readonly createdAt: Date
}

const choiceSchema = z.looseObject({
  message: z.looseObject({
    refusal: z.string().nullish(),
    tool_calls: z
      .array(
        z.object({
          id: z.string().nullish(),
          function: z.object({ name: z.string().min(1), arguments: z.string().nullish() }),
        }),
      )
      .nullish(),
  }),
})

const completionSchema = z.looseObject({ choices: z.tuple([choiceSchema], z.unknown()) })

/** A whole chat completion as a response. Arguments of functions stay the text that the model wrote. */
export function toResponse(
  result: ChatResult,
  head: ResponseHead,
  counts: TokenCounts,
  now: Date,
): ModelResponse {
  const parsed = completionSchema.safeParse(result.body)
  if (!parsed.success) throw providerBadResponse({ cause: parsed.error })
  const { message } = parsed.data.choices[0]
  const status = statusOf(result.finishReason)
  const output: OutputItem[] = []
  const reasoning = isObject(message) ? reasoningTextOf(message) : ''
  const details = joinDetails(reasoningDetailsOf(message))
  if (reasoning !== '' || details.length > 0)
    output.push(reasoningItem(itemId('rs', head, 0), reasoning, packDetails(details), 'completed'))
  if (result.text !== '' || message.refusal)
    output.push(messageItem(itemId('msg', head, output.length), result.text, message.refusal ?? '', status))
  for (const call of message.tool_calls ?? []) {
    const id = itemId('fc', head, output.length)
    const callId = call.id || `call_${head.requestId}_${output.length}`
    const { name, arguments: text } = call.function
    output.push({ type: 'function_call', id, call_id: callId, name, arguments: text ?? '', status })
  }
  return endedResponse(head, output, result.finishReason, counts, now)
}

/** Items are numbered in their response, so that each id is one of a kind. */
export function itemId(prefix: 'rs' | 'msg' | 'fc', head: ResponseHead, index: number): string {
  return `${prefix}_${head.requestId}_${index}`
}

export function reasoningItem(
  id: string,
  text: string,
  packed: string | null,
  status: 'in_progress' | 'completed',
): OutputItem {
  const summary = text === '' ? [] : [{ type: 'summary_text' as const, text }]
  return { type: 'reasoning', id, summary, encrypted_content: packed, status }
}

export function messageItem(
  id: string,
  text: string,
  refusal: string,
  status: 'in_progress' | 'completed' | 'incomplete',
): OutputItem {
  const said = text === '' && refusal !== '' ? [] : [textPart(text)]
  const refused = refusal === '' ? [] : [{ type: 'refusal' as const, refusal }]
  return { type: 'message', id, role: 'assistant', status, content: [...said, ...refused] }
}

export function textPart(text: string) {
  return { type: 'output_text' as const, text, annotations: [], logprobs: [] }
}

export function statusOf(finishReason: string | undefined): 'completed' | 'incomplete' {
  return finishReason === 'length' || finishReason === 'content_filter' ? 'incomplete' : 'completed'
}

/** A response before anything is said in it. */
export function begunResponse(head: ResponseHead): ModelResponse {
  const { request } = head
  return {
    id: `resp_${head.requestId}`,
    object: 'response',
    created_at: seconds(head.createdAt),
    completed_at: null,
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    max_tool_calls: null,
    model: head.model,
    output: [],
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: request.previous_response_id ?? null,
    prompt_cache_key: request.prompt_cache_key ?? null,
    reasoning: { effort: request.reasoning?.effort ?? null, summary: request.reasoning?.summary ?? null },
    safety_identifier: request.safety_identifier ?? null,
    service_tier: request.service_tier ?? 'auto',
    store: request.store ?? true,
    temperature: request.temperature ?? 1,
    text: { format: request.text?.format ?? { type: 'text' }, verbosity: 'medium' },
    tool_choice: request.tool_choice ?? 'auto',
    tools: (request.tools ?? []).map((tool) => ({
      ...tool,
      description: tool.description ?? null,
      parameters: tool.parameters ?? null,
      strict: tool.strict ?? false,
    })),
    top_logprobs: 0,
    top_p: request.top_p ?? 1,
    truncation: request.truncation ?? 'disabled',
    usage: null,
    user: request.user ?? null,
    metadata: request.metadata ?? {},
  }
}

export function endedResponse(
  head: ResponseHead,
  output: OutputItem[],
  finishReason: string | undefined,
  counts: TokenCounts,
  now: Date,
): ModelResponse {
  const status = statusOf(finishReason)
  const reason = finishReason === 'length' ? 'max_output_tokens' : 'content_filter'
  return {
    ...begunResponse(head),
    completed_at: status === 'completed' ? seconds(now) : null,
    status,
    incomplete_details: status === 'incomplete' ? { reason } : null,
    output,
    usage: toResponseUsage(counts),
  }
}

export function toResponseUsage(counts: TokenCounts): ResponseUsage {
  return {
    input_tokens: counts.promptTokens,
    input_tokens_details: {
      cached_tokens: counts.cachedTokens,
      cache_write_tokens: counts.cacheWriteTokens ?? 0,
    },
    output_tokens: counts.completionTokens,
    output_tokens_details: { reasoning_tokens: counts.reasoningTokens },
    total_tokens: counts.promptTokens + counts.completionTokens,
  }
}

/** As the caller sees it: what a provider wants back of its reasoning is for those who asked for it. */
export function shownResponse(response: ModelResponse, { include }: ResponseRequest): ModelResponse {
  if (include?.includes('reasoning.encrypted_content')) return response
  return { ...response, output: response.output.map(shownItem) }
}

export function shownItem(item: OutputItem): OutputItem {
  if (item.type !== 'reasoning') return item
  const { encrypted_content: _, ...shown } = item
  return shown
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1_000)
}
