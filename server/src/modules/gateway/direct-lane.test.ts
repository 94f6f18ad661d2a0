import { connect } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { FakeBehaviour } from '../../testing/fake-provider/behaviours.ts'
import { htmlError, rateLimited } from '../../testing/fake-provider/behaviours.ts'
import { setGatewayOnSockets } from './gateway-on-sockets.fixture.ts'

// The same request, answered the short way and, because it has a query, the long way through Hono.
const gateway = setGatewayOnSockets()

const path = '/v1/chat/completions'
const messages = [{ role: 'user', content: 'three short words' }]
const model = 'openai/gpt-4o-mini'
const json = { 'content-type': 'application/json' }

/** What differs from one request to the next, and what only says how the bytes are framed. */
const own = new Set([
  'date',
  'x-request-id',
  'ratelimit-remaining',
  'ratelimit-reset',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
])

interface Told {
  taken: boolean
  status: number
  headers: [string, string][]
  text: string
}

async function ask(
  target: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
): Promise<Told> {
  const { lane } = gateway.on.app
  const takes = lane.takes
  let taken = false
  lane.takes = (...request) => {
    taken = takes.apply(lane, request)
    return taken
  }
  try {
    const answer = await fetch(`${gateway.url}${target}`, { method: 'POST', body, headers })
    const text = await answer.text()
    return {
      taken,
      status: answer.status,
      headers: [...answer.headers].filter(([name]) => !own.has(name)).sort(),
      text: text.replaceAll(answer.headers.get('x-request-id') ?? '-', 'REQUEST'),
    }
  } finally {
    lane.takes = takes
  }
}

const chat = (fields: Record<string, unknown> = {}) => JSON.stringify({ model, messages, ...fields })
const large = new Uint8Array(17 * 1_048_576).fill(32)

interface Case {
  what: string
  status: number
  body: string | Uint8Array<ArrayBuffer>
  headers?: Record<string, string>
  /** Of nobody, instead of a person's. */
  token?: string
  provider?: FakeBehaviour
}

const cases: readonly Case[] = [
  { what: 'a whole answer', status: 200, body: chat() },
  { what: 'a stream', status: 200, body: chat({ stream: true }) },
  {
    what: 'a stream that breaks off',
    status: 200,
    body: chat({ stream: true }),
    provider: { kind: 'cut', afterPieces: 2, text: 'one two three four' },
  },
  { what: 'a provider that refuses', status: 429, body: chat(), provider: rateLimited('7') },
  { what: 'a provider’s page of HTML', status: 503, body: chat({ stream: true }), provider: htmlError() },
  { what: 'a model that is not there', status: 404, body: chat({ model: 'openai/gpt-4o-minu' }) },
  { what: 'a field of the wrong kind', status: 400, body: chat({ messages: 'hello' }) },
  { what: 'no JSON', status: 400, body: '{"model": ' },
  { what: 'nothing', status: 400, body: '  ' },
  { what: 'JSON nested deep', status: 400, body: '['.repeat(300) + ']'.repeat(300) },
  { what: 'a body that is too large', status: 413, body: large },
  { what: 'a key that is none', status: 401, body: chat(), token: 'fh_nothing' },
  { what: 'a tag that is none', status: 400, body: chat(), headers: { 'x-freehold-tag': '\t' } },
  {
    what: 'another site’s origin',
    status: 200,
    body: chat(),
    headers: { origin: 'https://elsewhere.example' },
  },
]

describe('both ways answer alike', () => {
  test.each(cases)('$what', async ({ status, body, headers = {}, token, provider }) => {
    const given = { ...json, authorization: `Bearer ${token ?? gateway.ada.token}`, ...headers }
    const answers: Told[] = []
    for (const target of [path, `${path}?way=long`]) {
      if (provider) gateway.provider.script(provider)
      answers.push(await ask(target, body, given))
    }
    const [short, long] = answers
    expect([short?.taken, long?.taken]).toEqual([true, false])
    expect(short?.status).toBe(status)
    const same = ({ taken: _taken, text, ...rest }: Told) => ({ ...rest, text: withoutIds(text) })
    expect(short && same(short)).toEqual(long && same(long))
  })
})

/** The provider's own ids and times, which differ from call to call. */
function withoutIds(text: string): string {
  return text.replaceAll(/"id":"[^"]*"/g, '"id":""').replaceAll(/"created":\d+/g, '"created":0')
}

describe('the long way is taken', () => {
  test.each<[string, Record<string, string>, number]>([
    ['without a token, by whoever has a cookie or nothing', {}, 401],
    ['with an Idempotency-Key', { 'idempotency-key': 'once' }, 200],
    ['for what is no JSON', { 'content-type': 'text/plain' }, 415],
  ])('%s', async (_what, headers, status) => {
    const bearer = status === 401 ? {} : { authorization: `Bearer ${gateway.ada.token}` }
    const told = await ask(path, chat(), { ...json, ...bearer, ...headers })
    expect([told.taken, told.status]).toEqual([false, status])
  })
})

test('a caller who breaks off in the middle of the question costs nothing and stops nothing', async () => {
  const before = gateway.provider.calls.length
  const { port } = new URL(gateway.url)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${gateway.ada.token}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"model":`,
  )
  await expect.poll(() => socket.bytesWritten).toBeGreaterThan(100)
  socket.destroy()
  expect((await ask(path, chat(), { ...json, authorization: `Bearer ${gateway.ada.token}` })).status).toBe(
    200,
  )
  expect(gateway.provider.calls).toHaveLength(before + 1)
})

describe('a stream', () => {
  afterEach(() => void vi.useRealTimers())

  const streamed = async (provider: FakeBehaviour) => {
    gateway.provider.script(provider)
    const headers = { ...json, authorization: `Bearer ${gateway.ada.token}` }
    const answer = await fetch(`${gateway.url}${path}`, {
      method: 'POST',
      body: chat({ stream: true }),
      headers,
    })
    return answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  }

  test('that is quiet says every fifteen seconds that it lives', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const reader = await streamed({ kind: 'hang', afterPieces: 1, text: 'one two three' })
    let text = ''
    while (!text.includes('one')) text += (await reader?.read())?.value
    await vi.advanceTimersByTimeAsync(15_000)
    while (!text.includes(': keep-alive\n\n')) text += (await reader?.read())?.value
    await reader?.cancel()
    await expect.poll(() => vi.getTimerCount()).toBe(0)
  })

  test('whose events all come at once brings each of them, in their order', async () => {
    const words = Array.from({ length: 2_000 }, (_, index) => `w${index}`)
    const reader = await streamed({ kind: 'answer', text: words.join(' ') })
    let text = ''
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) text += part.value
    const events = text.split('\n\n').filter((event) => event !== '')
    expect(events.at(-1)).toBe('data: [DONE]')
    const said = events
      .slice(0, -1)
      .map((event) => JSON.parse(event.slice('data: '.length)).choices[0]?.delta)
    expect(said.map((delta) => delta?.content ?? '').join('')).toBe(words.join(' '))
  })
})
