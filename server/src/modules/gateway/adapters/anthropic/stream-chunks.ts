import { estimateTokens } from '../../rules/estimate-tokens.ts'
import { isObject, type JsonObject } from '../json-value.ts'
import type { ChatChunk, ProviderUsage } from '../provider.ts'
import type { MessageStreamEvent } from './read-events.ts'
import {
  completionUsage,
  fingerprint,
  finishReasonOf,
  reasoningDetail,
  reasoningFormat,
  refusalOf,
} from './read-message.ts'
import { mergeUsage, readMessageUsage } from './read-message-usage.ts'

type Events = AsyncIterable<MessageStreamEvent>

/**
 * What a stream has used so far. Its first event counts the input, its last but one the output; what is written between
 * them is charged as well when the caller leaves, so until then it is estimated.
 */
function createMeter() {
  let usage: JsonObject = {}
  let written = ''
  let writtenTokens = 0
  return {
    start: (message: JsonObject) => {
      usage = mergeUsage(usage, message.usage)
    },
    delta: (said: unknown) => {
      usage = mergeUsage(usage, said)
    },
    write(text: string) {
      written += text
      // Counted now and then: the whole text for each piece would be the square of its length.
      if (written.length < 400) return
      writtenTokens += estimateTokens(written)
      written = ''
    },
    raw: () => usage,
    total: () => readMessageUsage(usage),
    soFar(): ProviderUsage | undefined {
      const counted = readMessageUsage(usage)
      if (!counted) return undefined
      const estimated = writtenTokens + estimateTokens(written)
      return { ...counted, completionTokens: Math.max(counted.completionTokens, estimated) }
    },
  }
}

/** What an event adds to the text, the thinking or the input of a tool. */
function writtenIn(delta: JsonObject): string {
  const text = delta.text ?? delta.thinking ?? delta.partial_json
  return typeof text === 'string' ? text : ''
}

/** The events themselves, for a caller who speaks Anthropic's protocol. */
export async function* nativeChunks(events: Events): AsyncGenerator<ChatChunk, void, undefined> {
  const meter = createMeter()
  for await (const { data, event } of events) {
    const delta = isObject(event.delta) ? event.delta : {}
    if (event.type === 'message_start' && isObject(event.message)) meter.start(event.message)
    if (event.type === 'message_delta') meter.delta(event.usage)
    if (event.type === 'content_block_delta') meter.write(writtenIn(delta))
    const ends = event.type === 'message_delta'
    yield {
      data,
      textDelta: delta.type === 'text_delta' && typeof delta.text === 'string' ? delta.text : '',
      usage: ends ? meter.total() : undefined,
      usageSoFar: meter.soFar(),
      finishReason: ends ? finishReasonOf(delta.stop_reason) : undefined,
      hidden: false,
    }
  }
}

/** The events as the chunks of a chat completion. */
export async function* translatedChunks(
  events: Events,
  { created, usageAskedFor }: { created: number; usageAskedFor: boolean },
): AsyncGenerator<ChatChunk, void, undefined> {
  const meter = createMeter()
  let head: JsonObject = {}
  /** By the index of its block: which call it is, and whether anything of its input has come. */
  const calls = new Map<unknown, { index: number; written: boolean }>()

  function chunk(delta: JsonObject, textDelta = '', ending?: JsonObject): ChatChunk {
    const finish = ending ? finishReasonOf(ending.stop_reason) : undefined
    const native = ending
      ? { native_finish_reason: ending.stop_reason ?? null, stop_reason: ending.stop_sequence ?? null }
      : {}
    const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish ?? null, ...native }]
    return {
      data: JSON.stringify({ ...head, choices }),
      textDelta,
      usage: undefined,
      usageSoFar: meter.soFar(),
      finishReason: finish,
      hidden: false,
    }
  }

  for await (const { event } of events) {
    const { type, index } = event
    const delta = isObject(event.delta) ? event.delta : {}
    const block = isObject(event.content_block) ? event.content_block : {}
    if (type === 'message_start' && isObject(event.message)) {
      meter.start(event.message)
      const { id, model } = event.message
      head = { id, object: 'chat.completion.chunk', created, model, system_fingerprint: fingerprint }
      yield chunk({ role: 'assistant', content: '' })
    } else if (type === 'content_block_start') {
      if (block.type === 'tool_use') {
        const call = { index: calls.size, written: false }
        calls.set(index, call)
        const { id, name } = block
        yield chunk({
          tool_calls: [{ index: call.index, id, type: 'function', function: { name, arguments: '' } }],
        })
      } else if (block.type === 'redacted_thinking') {
        yield chunk({ reasoning_details: [reasoningDetail(block, Number(index))] })
      }
    } else if (type === 'content_block_delta') {
      const text = writtenIn(delta)
      meter.write(text)
      const call = calls.get(index)
      if (delta.type === 'text_delta') yield chunk({ content: text }, text)
      else if (delta.type === 'input_json_delta' && call && text !== '') {
        call.written = true
        yield chunk({ tool_calls: [{ index: call.index, function: { arguments: text } }] })
      } else if (delta.type === 'thinking_delta')
        yield chunk({ reasoning: text, reasoning_details: [{ ...detailAt(index), text }] })
      else if (delta.type === 'signature_delta')
        yield chunk({ reasoning_details: [{ ...detailAt(index), signature: delta.signature }] })
    } else if (type === 'content_block_stop') {
      const call = calls.get(index)
      // A tool without an input is called with an empty object, which is written nowhere.
      if (call && !call.written)
        yield chunk({ tool_calls: [{ index: call.index, function: { arguments: '{}' } }] })
    } else if (type === 'message_delta') {
      meter.delta(event.usage)
      const refusal = refusalOf(delta)
      yield chunk(refusal === null ? {} : { refusal }, '', delta)
    } else if (type === 'message_stop') {
      const usage = completionUsage(meter.raw())
      yield {
        data: JSON.stringify({ ...head, choices: [], usage }),
        textDelta: '',
        usage: meter.total(),
        finishReason: undefined,
        hidden: !usageAskedFor,
      }
    }
  }
}

function detailAt(index: unknown): JsonObject {
  return { type: 'reasoning.text', format: reasoningFormat, index }
}
