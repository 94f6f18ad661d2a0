import { createParser } from 'eventsource-parser'
import type { Exchange } from './http-exchange.ts'
import { type ErrorSource, make } from './map-error.ts'

/** What the payload of one event says of a streamed answer. */
export interface Payload<Item> {
  /** For the reader. */
  readonly item?: Item
  /** The answer is whole with it; a body that ends before such a payload was cut, however cleanly. */
  readonly isWhole: boolean
  /** Nothing comes after it. */
  readonly isLast: boolean
}

/** Longest event that is buffered: far above any text, below what could exhaust the memory of many streams. */
const maxEventCharacters = 4 * 1024 * 1024

/**
 * The server-sent events of a streamed answer, each read once.
 *
 * States: open → whole → ended (by the last payload, or the end of the body). The connection is kept for the next call only
 * where the answer became whole.
 * @param read @throws what the payload says went wrong
 */
export async function* readPayloads<Item>(
  exchange: Exchange,
  source: ErrorSource,
  signal: AbortSignal,
  read: (data: string, beforeFirstByte: boolean) => Payload<Item>,
): AsyncGenerator<Item, void, undefined> {
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
  let isWhole = false
  let complete = false
  const broken = (kind: 'bad_response' | 'stream_cut', what: string) =>
    make(source, kind, what, null, {}, beforeFirstByte)
  try {
    for (let bytes = await exchange.next(); bytes; bytes = await exchange.next()) {
      parser.feed(decoder.decode(bytes, { stream: true }))
      const events = arrived
      arrived = []
      for (const data of events) {
        const payload = read(data, beforeFirstByte)
        isWhole ||= payload.isWhole
        complete = payload.isLast
        if (payload.item !== undefined) {
          beforeFirstByte = false
          yield payload.item
        }
        if (complete) return
        // Events that arrived together with the last one are not handed to a caller who has left.
        signal.throwIfAborted()
      }
      if (tooLong) throw broken('bad_response', 'sent an event larger than this server accepts')
    }
    complete = isWhole
    if (!isWhole) throw broken('stream_cut', 'broke off the answer before it was complete')
  } catch (error) {
    throw exchange.failure(error, beforeFirstByte)
  } finally {
    exchange.release(complete)
  }
}
