import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { signUp } from '../../testing/test-app.ts'
import { setGatewayOnSockets } from './gateway-on-sockets.fixture.ts'

const gateway = setGatewayOnSockets()
const model = 'openai/gpt-4o-mini'
const keep = { 'x-freehold-cache': 'ttl=600' }
const calls = () => gateway.provider.calls.length
let questions = 0
const newQuestion = () => [{ role: 'user' as const, content: `What is ${++questions} and ${process.pid}?` }]

interface Options {
  headers?: Record<string, string>
  token?: string
  signal?: AbortSignal
}

function ask(body: object, { headers = keep, token = gateway.ada.token, signal }: Options = {}) {
  return fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, ...body }),
    ...(signal ? { signal } : {}),
  })
}

async function told(response: Response) {
  await response.text()
  const { body } = await gateway.ada.call('GET', `/api/v1/usage/${response.headers.get('x-request-id')}`)
  return { status: response.status, cache: response.headers.get('x-freehold-cache'), record: body }
}

/** Long enough for the others to come while the first is under way, on a busy machine too. */
const slowly = { kind: 'answer', text: 'Forty-two.', delayBeforeMs: 2_000 } as const

test('what is asked many times at once is asked of the provider once, whole and as a stream', async () => {
  const messages = newQuestion()
  const before = calls()
  gateway.provider.script(slowly)
  const leading = ask({ messages })
  await expect.poll(calls).toBe(before + 1)
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.ada.token, maxRetries: 0 })
  const streamed = client.chat.completions
    .stream({ model, messages }, { headers: keep })
    .finalChatCompletion()
  const others = await Promise.all([1, 2, 3].map(() => ask({ messages })))
  const [leader, ...followers] = await Promise.all([await leading, ...others].map(told))
  expect((await streamed).choices[0]?.message.content).toBe('Forty-two.')
  expect(calls()).toBe(before + 1)
  expect(leader).toMatchObject({ cache: 'miss', record: { cache: 'miss', savedNanos: '0' } })
  const { costNanos } = leader?.record ?? {}
  for (const follower of followers)
    expect(follower).toMatchObject({
      cache: 'shared',
      record: { cache: 'shared', costNanos: '0', promptTokens: 0, savedNanos: costNanos },
    })
})

test('a stream that leads is handed on whole', async () => {
  const messages = newQuestion()
  const before = calls()
  gateway.provider.script(slowly)
  const leading = ask({ messages, stream: true }).then((response) => response.text())
  await expect.poll(calls).toBe(before + 1)
  const follower = await ask({ messages })
  expect(await follower.clone().json()).toMatchObject({ choices: [{ message: { content: 'Forty-two.' } }] })
  expect((await told(follower)).cache).toBe('shared')
  expect(await leading).toContain('Forty')
  expect(calls()).toBe(before + 1)
})

test('where the first one’s caller leaves, another takes over and the rest wait for that one', async () => {
  const messages = newQuestion()
  const before = calls()
  gateway.provider.script({ kind: 'hang' }, slowly)
  const leaving = new AbortController()
  const gone = ask({ messages }, { signal: leaving.signal }).catch(() => 'gone')
  await expect.poll(calls).toBe(before + 1)
  const following = [1, 2, 3].map(() => ask({ messages }))
  // Nothing tells that they wait; one that came later would find the same.
  await new Promise((resolve) => setTimeout(resolve, 500))
  leaving.abort()
  expect(await gone).toBe('gone')
  const followers = await Promise.all((await Promise.all(following)).map(told))
  expect(followers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(followers.map(({ cache }) => cache).toSorted()).toEqual(['miss', 'shared', 'shared'])
  expect(calls()).toBe(before + 2)
})

test('where the first one fails, nobody else fails with it', async () => {
  const messages = newQuestion()
  const before = calls()
  const no = { error: { message: 'No.' } }
  gateway.provider.script({ kind: 'hang', afterPieces: 2, text: 'one two three' })
  const leaving = new AbortController()
  const first = ask({ messages, stream: true }, { signal: leaving.signal })
  await expect.poll(calls).toBe(before + 1)
  const follower = ask({ messages })
  gateway.provider.script({ kind: 'status', status: 400, body: no })
  await (await first).body?.getReader().read()
  leaving.abort()
  // The one that took over is refused itself, and says so; a later one is answered.
  const refused = await told(await follower)
  expect(refused.status).toBe(400)
  expect((await told(await ask({ messages }))).status).toBe(200)
})

test('without the cache, and of two organizations, each is asked for itself', async () => {
  const messages = newQuestion()
  const before = calls()
  const slow = { ...slowly, delayBeforeMs: 300 }
  gateway.provider.script(slow, slow, slow, slow)
  const eve = await signUp(gateway.on, 'Eve')
  const all = await Promise.all([
    ask({ messages }, { headers: {} }),
    ask({ messages }, { headers: {} }),
    ask({ messages }),
    ask({ messages }, { token: eve.token }),
  ])
  expect(all.map((one) => one.headers.get('x-freehold-cache'))).toEqual([null, null, 'miss', 'miss'])
  expect(calls()).toBe(before + 4)
})
