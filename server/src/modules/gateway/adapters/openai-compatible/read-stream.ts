import type { Exchange } from '../http/http-exchange.ts'
import { type ErrorSource, errorObject, errorOfObject, make } from '../http/map-error.ts'
import { readPayloads } from '../http/read-payloads.ts'
import { isObject, type JsonObject, parseJson, textOf } from '../json-value.ts'
import type { ChatChunk } from '../provider.ts'
import { readUsage } from './read-usage.ts'

/**
 * The chunks of a streamed answer, whose payloads are handed over as they came. It is whole with a finish reason: some servers
 * never send the end mark `[DONE]`.
 */
export function readChunks(
  exchange: Exchange,
  source: ErrorSource,
  usageAskedFor: boolean,
  signal: AbortSignal,
): AsyncGenerator<ChatChunk, void, undefined> {
  return readPayloads(exchange, source, signal, (data, beforeFirstByte) => {
    if (data === '[DONE]') return { isWhole: true, isLast: true }
    const item = readChunk(data, source, usageAskedFor, beforeFirstByte)
    return { item, isWhole: item.finishReason !== undefined, isLast: false }
  })
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
