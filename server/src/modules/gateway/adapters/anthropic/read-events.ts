import type { Exchange } from '../http/http-exchange.ts'
import { type ErrorSource, errorOfObject, make } from '../http/map-error.ts'
import { readPayloads } from '../http/read-payloads.ts'
import { isObject, type JsonObject, parseJson } from '../json-value.ts'

/** An event of Anthropic's stream: its payload as it came, and read. */
export interface MessageStreamEvent {
  readonly data: string
  readonly event: JsonObject
}

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

/** The events of a streamed message, which is whole with `message_stop`. */
export function readEvents(
  exchange: Exchange,
  source: ErrorSource,
  signal: AbortSignal,
): AsyncGenerator<MessageStreamEvent, void, undefined> {
  return readPayloads(exchange, source, signal, (data, beforeFirstByte) => {
    const event = parseJson(data)
    if (!isObject(event) || typeof event.type !== 'string')
      throw make(source, 'bad_response', 'sent something that is no answer', null, {}, beforeFirstByte)
    if (event.type === 'error') {
      const error = isObject(event.error) ? event.error : {}
      throw errorOfObject(source, error, statuses[String(error.type)] ?? null, null, beforeFirstByte)
    }
    const isStop = event.type === 'message_stop'
    return { item: { data, event }, isWhole: isStop, isLast: isStop }
  })
}
