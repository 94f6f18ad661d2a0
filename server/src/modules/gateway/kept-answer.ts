import { isObject } from './adapters/json-value.ts'
import { readUsage } from './adapters/openai-compatible/read-usage.ts'
import type { ChatChunk, ChatResult } from './adapters/provider.ts'
import { chunksOfWhole, wholeOfChunks } from './rules/whole-completion.ts'
import { eventsOfMessage, wholeOfEvents } from './rules/whole-message.ts'

type Json = Readonly<Record<string, unknown>>

/** A whole answer as it is kept: a chat completion, or a message of Anthropic's own protocol. */
export interface KeptChat {
  readonly body: Json
  /** The id of the model that wrote it. */
  readonly model: string
  /** What it cost, which is what giving it again saves. */
  readonly costNanos: string
}

/** What the store gave back; undefined where it is none. */
export function readKeptChat(value: unknown): KeptChat | undefined {
  if (!isObject(value)) return undefined
  const { body, model, costNanos } = value
  return isObject(body) && typeof model === 'string' && typeof costNanos === 'string'
    ? { body, model, costNanos }
    : undefined
}

/** Ended by itself: cut off by a cap or a filter it is no answer to the next. */
export function isComplete(body: Json, isNative: boolean): boolean {
  if (isNative) return ['end_turn', 'tool_use', 'stop_sequence'].includes(String(body.stop_reason))
  const choice = choiceOf(body)
  return choice?.finish_reason === 'stop' || choice?.finish_reason === 'tool_calls'
}

export function resultOf(body: Json, isNative: boolean): ChatResult {
  // In Anthropic's own protocol the body is all that is read.
  if (isNative) return { body, text: '', finishReason: undefined, usage: undefined }
  const choice = choiceOf(body)
  const { content } = isObject(choice?.message) ? choice.message : {}
  return {
    body,
    text: typeof content === 'string' ? content : '',
    finishReason: typeof choice?.finish_reason === 'string' ? choice.finish_reason : undefined,
    usage: readUsage(body.usage),
  }
}

/** @param shows whether the last chunk says what was used */
export function chunksOf(
  body: Json,
  { isNative, shows }: { isNative: boolean; shows: boolean },
): ChatChunk[] {
  const plain = { textDelta: '', usage: undefined, finishReason: undefined, hidden: false }
  if (isNative) return eventsOfMessage(body).map((event) => ({ ...plain, data: JSON.stringify(event) }))
  return chunksOfWhole(body, shows).map((chunk) => {
    const choice = choiceOf(chunk)
    const { content } = isObject(choice?.delta) ? choice.delta : {}
    return {
      ...plain,
      data: JSON.stringify(chunk),
      textDelta: typeof content === 'string' ? content : '',
      usage: readUsage(chunk.usage),
      finishReason: typeof choice?.finish_reason === 'string' ? choice.finish_reason : undefined,
    }
  })
}

/** The whole that chunks are parts of; undefined where they have no end. */
export function wholeOf(data: readonly string[], isNative: boolean): Json | undefined {
  // The provider's adapter has read each as an event.
  const events = data.map((one) => JSON.parse(one) as Json)
  return isNative ? wholeOfEvents(events) : wholeOfChunks(events)
}

function choiceOf({ choices }: Json): Json | undefined {
  const [choice] = Array.isArray(choices) ? choices : []
  return isObject(choice) ? choice : undefined
}
