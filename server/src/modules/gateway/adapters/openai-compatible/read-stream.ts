import { createParser } from 'eventsource-parser'
import { isObject, type JsonObject, parseJson, textOf } from '../json-value.ts'
import type { ChatChunk } from '../provider.ts'
import type { Exchange } from './http-exchange.ts'
import { type ErrorSource, errorObject, errorOfObject, make } from './map-error.ts'
import { readUsage } from './read-usage.ts'

/** Longest event that is buffered: far above any text, below what could exhaust the memory of many streams. */
const maxEventCharacters = 4 * 1024 * 1024

/**
 * The chunks of a streamed answer. Each event is parsed once, and its payload handed over as it came.
 *
 * States: open → finished (a finish reason was seen) → ended (the end mark `[DONE]`, or the end of the body).
 * A body that ends while open was cut. One that ends finished but without the mark is complete: some servers never send it.
 */
export async function* readChunks(
  exchange: Exchange,
  source: ErrorSource,
  usageAskedFor: boolean,
  signal: AbortSignal,
): AsyncGenerator<ChatChunk, void, undefined> {
  let arrived: string[] = []
  let tooLong = false
  const parser = createParser({
    maxBufferSize: maxEventCharacters,
    onEvent: (event) => arrived.push(event.data),
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') tooLong = true
    },
  })
  // Keeps a character whose bytes came in two pieces.
  const decoder = new TextDecoder()
  let beforeFirstByte = true
  let finished = false
  let complete = false
  try {
    // Not closed on leaving the loop: `release` decides whether the connection is kept.
    for await (const bytes of exchange.body.iterator({ destroyOnReturn: false })) {
      parser.feed(decoder.decode(bytes, { stream: true }))
      const events = arrived
      arrived = []
      for (const data of events) {
        if (data === '[DONE]') {
          complete = true
          return
        }
        const chunk = readChunk(data, source, usageAskedFor, beforeFirstByte)
        if (chunk.finishReason !== undefined) finished = true
        beforeFirstByte = false
        yield chunk
        // Events that arrived together with the last one are not handed to a caller who has left.
        signal.throwIfAborted()
      }
      if (tooLong)
        throw make(
          source,
          'bad_response',
          'sent an event larger than this server accepts',
          null,
          {},
          beforeFirstByte,
        )
    }
    complete = finished
    if (!finished) {
      throw make(
        source,
        'stream_cut',
        'broke off the answer before it was complete',
        null,
        {},
        beforeFirstByte,
      )
    }
  } catch (error) {
    throw exchange.failure(error, beforeFirstByte)
  } finally {
    exchange.release(complete)
  }
}

function readChunk(
  data: string,
  source: ErrorSource,
  usageAskedFor: boolean,
  beforeFirstByte: boolean,
): ChatChunk {
  const payload = parseJson(data)
  if (!isObject(payload)) {
    throw make(source, 'bad_response', 'sent something that is no answer', null, {}, beforeFirstByte)
  }
  const choices: readonly unknown[] = Array.isArray(payload.choices) ? payload.choices : []
  const error = payload.error ? errorObject(payload) : undefined
  if (error ?? !Array.isArray(payload.choices)) {
    throw errorOfObject(source, error ?? errorObject(payload) ?? {}, null, null, beforeFirstByte)
  }
  const choice = choices.find((candidate) => isObject(candidate) && (candidate.index ?? 0) === 0)
  const delta = isObject(choice) && isObject(choice.delta) ? choice.delta : {}
  const finishReason =
    isObject(choice) && typeof choice.finish_reason === 'string' ? choice.finish_reason : undefined
  const usage = readUsage(payload.usage)
  const textDelta = textOf(delta.content)
  const onlyUsage = usage !== undefined && finishReason === undefined && choices.length <= 1 && isBlank(delta)
  // An SDK of the field takes a fingerprint or none, and refuses one that is null.
  const sent =
    payload.system_fingerprint === null
      ? JSON.stringify({ ...payload, system_fingerprint: `fp_${source.providerId}` })
      : data
  return { data: sent, textDelta, usage, finishReason, hidden: onlyUsage && !usageAskedFor }
}

/** OpenRouter sends its usage beside an empty delta, OpenAI beside no choice at all. */
function isBlank(delta: JsonObject): boolean {
  return Object.entries(delta).every(([key, value]) => key === 'role' || value === '' || value === null)
}
