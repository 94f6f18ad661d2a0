import type { Context } from 'hono'
import type { HttpEnvironment } from '../../platform/http/route.ts'
import { eventStream, type ServerEvent } from '../../platform/http/sse.ts'

/**
 * Sends events as a stream. The first is awaited here, so that a failure before it is still an HTTP error; one after it
 * ends the stream with what `onError` makes of it.
 */
export async function firstEventAwaited<Event>(
  http: Context<HttpEnvironment>,
  events: AsyncGenerator<Event, void, undefined>,
  present: (event: Event) => ServerEvent,
  onError: (error: unknown) => ServerEvent,
  keepAlive?: string,
): Promise<Response> {
  let first: IteratorResult<Event, void> | undefined = await events.next()
  const source: AsyncIterator<ServerEvent, void, undefined> = {
    async next() {
      const result = first ?? (await events.next())
      first = undefined
      return result.done ? { done: true, value: undefined } : { value: present(result.value) }
    },
    async return() {
      await events.return()
      return { done: true, value: undefined }
    },
  }
  return eventStream(http, { [Symbol.asyncIterator]: () => source }, onError, keepAlive)
}
