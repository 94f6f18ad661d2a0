import type { Context } from 'hono'
import type { HttpEnvironment } from './route.ts'

export interface ServerEvent {
  event?: string
  /** Sent as one JSON line. */
  data: unknown
  id?: string
}

/** How often a stream that is quiet says that it lives, and by what: a comment, which readers pass over. */
export const keepAliveMs = 15_000
export const keepAlive = ': keep-alive\n\n'

/**
 * Sends events as a stream (WHATWG server-sent events), with a comment (or what the protocol has for it) every 15 seconds
 * so that no proxy closes a quiet one. When the client goes away the source's `return` runs; a source that throws ends the stream after
 * `onError` has been sent.
 */
export function eventStream(
  http: Context<HttpEnvironment>,
  source: AsyncIterable<ServerEvent>,
  onError: (error: unknown) => ServerEvent,
  comment = keepAlive,
): Response {
  const encoder = new TextEncoder()
  const iterator = source[Symbol.asyncIterator]()
  let timer: NodeJS.Timeout | undefined
  let ended = false
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      timer = setInterval(() => {
        if (!ended) controller.enqueue(encoder.encode(comment))
      }, keepAliveMs)
    },
    // Pulled as fast as the client reads: a slow reader slows its own source and nobody else.
    async pull(controller) {
      try {
        const next = await iterator.next()
        if (ended) return
        if (next.done) return finish(controller)
        controller.enqueue(encoder.encode(formatEvent(next.value)))
      } catch (error) {
        if (ended) return
        controller.enqueue(encoder.encode(formatEvent(onError(error))))
        finish(controller)
      }
    },
    async cancel() {
      ended = true
      clearInterval(timer)
      await iterator.return?.()
    },
  })
  function finish(controller: ReadableStreamDefaultController<Uint8Array>): void {
    ended = true
    clearInterval(timer)
    controller.close()
  }
  return http.body(stream, 200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  })
}

/** One event in wire form. `data` of several lines would need several fields; JSON has none. */
export function formatEvent(event: ServerEvent): string {
  const id = event.id === undefined ? '' : `id: ${event.id}\n`
  const name = event.event === undefined ? '' : `event: ${event.event}\n`
  return `${id}${name}data: ${JSON.stringify(event.data)}\n\n`
}
