import { Hono } from 'hono'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { HttpEnvironment } from './route.ts'
import { eventStream, formatEvent, type ServerEvent } from './sse.ts'

afterEach(() => {
  vi.useRealTimers()
})

async function open(source: AsyncIterable<ServerEvent>): Promise<Response> {
  const app = new Hono<HttpEnvironment>()
  app.get('/events', (http) =>
    eventStream(http, source, (error) => ({ event: 'error', data: { message: String(error) } })),
  )
  return app.request('http://localhost/events')
}

function readerOf(response: Response): ReadableStreamDefaultReader<Uint8Array> {
  if (!response.body) throw new Error('The answer has no body.')
  return response.body.getReader()
}

async function nextText(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  return new TextDecoder().decode((await reader.read()).value)
}

/** A source that counts what is asked of it. */
function counting(limit: number): AsyncIterable<ServerEvent> & { given: number; returned: boolean } {
  const source = {
    given: 0,
    returned: false,
    [Symbol.asyncIterator]: () => ({
      async next(): Promise<IteratorResult<ServerEvent>> {
        if (source.given === limit) return { done: true, value: undefined }
        return { done: false, value: { data: { number: source.given++ } } }
      },
      async return(): Promise<IteratorResult<ServerEvent>> {
        source.returned = true
        return { done: true, value: undefined }
      },
    }),
  }
  return source
}

test('an event is one id, one name and one line of data', () => {
  expect(
    formatEvent({ id: '7', event: 'message.delta', data: { text: 'two\nlines\r\nand \u2028 three' } }),
  ).toBe('id: 7\nevent: message.delta\ndata: {"text":"two\\nlines\\r\\nand \u2028 three"}\n\n')
})

describe('a stream of events', () => {
  test('is sent in order to its end, as no proxy may buffer or change it', async () => {
    const response = await open(counting(3))
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-store, no-transform')
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    expect(await response.text()).toBe('data: {"number":0}\n\ndata: {"number":1}\n\ndata: {"number":2}\n\n')
  })

  test('that fails sends the error as its last event', async () => {
    async function* failing(): AsyncGenerator<ServerEvent> {
      yield { data: 1 }
      throw new Error('broken')
    }
    expect(await (await open(failing())).text()).toBe(
      'data: 1\n\nevent: error\ndata: {"message":"Error: broken"}\n\n',
    )
  })

  test('that is quiet sends a comment every fifteen seconds, and none after its end', async () => {
    // Intervals alone: whatever else runs in this process may set timers of its own.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    let wake: () => void = () => {}
    async function* quiet(): AsyncGenerator<ServerEvent> {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
      yield { data: 'woken' }
    }
    const reader = readerOf(await open(quiet()))
    await vi.advanceTimersByTimeAsync(15_000)
    expect(await nextText(reader)).toBe(': keep-alive\n\n')
    await vi.advanceTimersByTimeAsync(15_000)
    expect(await nextText(reader)).toBe(': keep-alive\n\n')
    wake()
    expect(await nextText(reader)).toBe('data: "woken"\n\n')
    expect((await reader.read()).done).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('slows its source down to the speed of its reader', async () => {
    const source = counting(1_000)
    const reader = readerOf(await open(source))
    await reader.read()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(source.given).toBeLessThan(5)
    await reader.cancel()
  })

  test('whose client leaves returns its source and stops its comments', async () => {
    const source = counting(1_000)
    // Intervals alone: whatever else runs in this process may set timers of its own.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const reader = readerOf(await open(source))
    await reader.read()
    await reader.cancel()
    expect(source.returned).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('whose client leaves while its source is waiting fails nothing when the source wakes', async () => {
    let wake: () => void = () => {}
    let cleaned = false
    async function* waiting(): AsyncGenerator<ServerEvent> {
      try {
        yield { data: 1 }
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        yield { data: 2 }
      } finally {
        cleaned = true
      }
    }
    const reader = readerOf(await open(waiting()))
    await reader.read()
    await new Promise((resolve) => setTimeout(resolve, 5))
    const cancelled = reader.cancel()
    wake()
    await cancelled
    expect(cleaned).toBe(true)
  })
})
