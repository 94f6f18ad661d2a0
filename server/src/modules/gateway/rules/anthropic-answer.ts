import { z } from '@hono/zod-openapi'
import type { ChatResult, ProviderUsage } from '../adapters/provider.ts'
import type { MessageAnswer, MessageUsage } from '../anthropic-contract.ts'
import { providerBadResponse } from '../errors.ts'

/** What is known of an answer before its first token. */
export interface AnswerHead {
  readonly requestId: string
  readonly model: string
  readonly stopSequences: readonly string[]
}

export type TokenCounts = Pick<
  ProviderUsage,
  'promptTokens' | 'cachedTokens' | 'cacheWriteTokens' | 'completionTokens' | 'reasoningTokens'
>

/** Why an answer ended, as far as providers say it. */
export interface Ending {
  readonly finishReason: string | undefined
  readonly callsTools: boolean
  /** The words of a model that refuses. */
  readonly refusal: string
  /** OpenRouter's, of the upstream itself. */
  readonly nativeFinishReason: string | undefined
  /** vLLM's: the sequence that ended the answer. */
  readonly stopReason: string | undefined
}

const choiceSchema = z.object({
  native_finish_reason: z.string().nullish().catch(undefined),
  stop_reason: z.string().nullish().catch(undefined),
  message: z.object({
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

const completionSchema = z.object({ choices: z.tuple([choiceSchema], z.unknown()) })

/**
 * A whole chat completion as Anthropic's message. Reasoning stays out: nobody asked for thinking.
 * @throws provider_bad_response (502) when a tool's input is no object
 */
export function toMessage(result: ChatResult, head: AnswerHead, counts: TokenCounts): MessageAnswer {
  const parsed = completionSchema.safeParse(result.body)
  if (!parsed.success) throw providerBadResponse({ cause: parsed.error })
  const [choice] = parsed.data.choices
  const calls = choice.message.tool_calls ?? []
  const refusal = choice.message.refusal ?? ''
  const text = result.text + refusal
  const content: MessageAnswer['content'] = text === '' ? [] : [textBlock(text)]
  for (const [index, call] of calls.entries()) {
    const { name } = call.function
    const input = parseToolInput(call.function.arguments ?? '')
    // The cap cut it: there is nothing to run in it, and the stop reason says why.
    if (!input && result.finishReason === 'length') continue
    if (!input) throw inputIsNoObject(name)
    content.push(toolUseBlock(call.id || madeUpCallId(head, index), name, input))
  }
  return {
    ...emptyMessage(head, counts),
    content,
    ...stopOf(
      {
        finishReason: result.finishReason,
        callsTools: calls.length > 0,
        refusal,
        nativeFinishReason: choice.native_finish_reason ?? undefined,
        stopReason: choice.stop_reason ?? undefined,
      },
      head,
    ),
  }
}

/** A message before anything is said in it. */
export function emptyMessage(head: AnswerHead, counts: TokenCounts): MessageAnswer {
  return {
    id: `msg_${head.requestId}`,
    type: 'message',
    role: 'assistant',
    model: head.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
    usage: toMessageUsage(counts),
  }
}

export function textBlock(text: string) {
  return { type: 'text', text, citations: null } as const
}

export function toolUseBlock(id: string, name: string, input: Record<string, unknown>) {
  return { type: 'tool_use', id, name, input, caller: { type: 'direct' } } as const
}

/** For servers that name no call: the result must be able to. */
export function madeUpCallId(head: AnswerHead, index: number): string {
  return `toolu_${head.requestId}_${index}`
}

/** The input of a tool; `{}` where the model wrote nothing, undefined where it wrote no object. */
export function parseToolInput(text: string): Record<string, unknown> | undefined {
  if (text.trim() === '') return {}
  try {
    const input: unknown = JSON.parse(text)
    const isObject = typeof input === 'object' && input !== null && !Array.isArray(input)
    // An object of JSON has string keys.
    return isObject ? (input as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

export function inputIsNoObject(name: string) {
  return providerBadResponse({
    message: `The model wrote an input for the tool '${name}' that is no JSON object.`,
  })
}

/** Anthropic counts what a cache was read for or written to beside the input, OpenAI within it. */
export function toMessageUsage(counts: TokenCounts): MessageUsage {
  const { promptTokens, cachedTokens, cacheWriteTokens = 0 } = counts
  return {
    input_tokens: Math.max(0, promptTokens - cachedTokens - cacheWriteTokens),
    cache_read_input_tokens: cachedTokens,
    cache_creation_input_tokens: cacheWriteTokens,
    output_tokens: counts.completionTokens,
    output_tokens_details: { thinking_tokens: counts.reasoningTokens },
    cache_creation: null,
    inference_geo: null,
    server_tool_use: null,
    service_tier: null,
    speed: null,
  }
}

/**
 * Why the answer ended. OpenAI's protocol calls the end of a turn and a stop sequence alike; they are told apart where the
 * server says more, and else it is the end of the turn.
 */
export function stopOf(
  ending: Ending,
  { stopSequences }: AnswerHead,
): Pick<MessageAnswer, 'stop_reason' | 'stop_sequence' | 'stop_details'> {
  const plain = { stop_sequence: null, stop_details: null }
  if (ending.finishReason === 'content_filter' || ending.refusal !== '') {
    const explanation = ending.refusal === '' ? null : ending.refusal
    const details = { type: 'refusal', category: null, explanation } as const
    return { stop_reason: 'refusal', stop_sequence: null, stop_details: details }
  }
  if (ending.finishReason === 'length') return { ...plain, stop_reason: 'max_tokens' }
  // Some servers end an answer that calls tools with "stop".
  if (ending.callsTools) return { ...plain, stop_reason: 'tool_use' }
  const [first, ...others] = stopSequences
  const only = others.length === 0 ? first : undefined
  const sequence = stopSequences.find((one) => one === ending.stopReason)
  if (sequence === undefined && ending.nativeFinishReason !== 'stop_sequence')
    return { ...plain, stop_reason: 'end_turn' }
  return { ...plain, stop_reason: 'stop_sequence', stop_sequence: sequence ?? only ?? null }
}
