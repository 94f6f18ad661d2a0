import { createParser } from 'eventsource-parser'
import { isObject, type JsonObject, parseJson } from '../json-value.ts'
import type { Exchange } from '../openai-compatible/http-exchange.ts'
import { type ErrorSource, errorOfObject, make } from '../openai-compatible/map-error.ts'

/** An event of Anthropic's stream: its payload as it came, and read. */
export interface MessageStreamEvent {
  readonly data: string
  readonly event: JsonObject
}

/** Longest event that is buffered: far above any text, below what could exhaust the memory of many streams. */
const maxEventCharacters = 4 * 1024 * 1024

const statuses: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
}

/**
 * The events of a streamed message, each parsed once.
 *
 * States: open → stopped (`message_stop` was seen). A body that ends while open was cut, however cleanly.
 */
export async function* readEvents(
  exchange: Exchange,
  source: ErrorSource,
  signal: AbortSignal,
): AsyncGenerator<MessageStreamEvent, void, undefined> {
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
  let complete = false
  const broken = (what: string) => make(source, 'bad_response', what, null, {}, beforeFirstByte)
  try {
    // Not closed on leaving the loop: `release` decides whether the connection is kept.
    for await (const bytes of exchange.body.iterator({ destroyOnReturn: false })) {
      parser.feed(decoder.decode(bytes, { stream: true }))
      const events = arrived
      arrived = []
      for (const data of events) {
        const event = parseJson(data)
        if (!isObject(event) || typeof event.type !== 'string')
          throw broken('sent something that is no answer')
        if (event.type === 'error') {
          const error = isObject(event.error) ? event.error : {}
          const status = statuses[String(error.type)] ?? null
          throw errorOfObject(source, error, status, null, beforeFirstByte)
        }
        complete = event.type === 'message_stop'
        yield { data, event }
        beforeFirstByte = false
        if (complete) return
        // Events that arrived together with the last one are not handed to a caller who has left.
        signal.throwIfAborted()
      }
      if (tooLong) throw broken('sent an event larger than this server accepts')
    }
    throw make(source, 'stream_cut', 'broke off the answer before it was complete', null, {}, beforeFirstByte)
  } catch (error) {
    throw exchange.failure(error, beforeFirstByte)
  } finally {
    exchange.release(complete)
  }
}
