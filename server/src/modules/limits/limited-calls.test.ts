import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Caller } from '../../platform/context.ts'
import { type FakeProvider, startFakeProvider } from '../../testing/fake-provider/fake-provider.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

let provider: FakeProvider
let on: TestApp
let ada: Actor

beforeAll(async () => {
  provider = await startFakeProvider()
  on = await createTestApp({ OPENROUTER_API_KEY: 'sk-or-test-key', OPENROUTER_BASE_URL: provider.url })
})

afterAll(async () => {
  await on.dispose()
  await provider.close()
})

beforeEach(async () => {
  ada = await signUp(on)
})

const model = 'openai/gpt-4o-mini'
const messages = [{ role: 'user', content: 'three short words' }]

async function chat(fields: Record<string, unknown> = {}, token = ada.token): Promise<Response> {
  const body = { model, messages, ...fields }
  const response = await on.request('POST', '/v1/chat/completions', { token, body })
  // Whole, so that the call has ended.
  if (fields.stream !== true) await response.clone().text()
  return response
}

async function limit(fields: Record<string, unknown>): Promise<string> {
  const made = await ada.call<{ id: string }>('POST', '/api/v1/limits', fields)
  expect(made.status).toBe(201)
  return made.body.id
}

async function keyOf(actor: Actor, name: string): Promise<{ id: string; token: string }> {
  const { body } = await actor.call<{ id: string; key: string }>('POST', '/api/v1/api-keys', { name })
  return { id: body.id, token: body.key }
}

const statusesOf = (responses: readonly Response[]) => responses.map(({ status }) => status)

describe('requests a minute', () => {
  test('pass up to the limit; the next is refused as OpenAI’s clients know it, and passes after the time it is told', async () => {
    await limit({ requestsPerMinute: 2 })
    const first = await chat()
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'x-ratelimit-limit-requests': '2',
      'x-ratelimit-remaining-requests': '1',
      'x-ratelimit-reset-requests': expect.stringMatching(/^(1m0s|[\d.]+m?s)$/),
      'ratelimit-limit': '2',
      'ratelimit-remaining': '1',
    })
    expect((await chat()).headers.get('x-ratelimit-remaining-requests')).toBe('0')
    const calls = provider.calls.length
    const refused = await chat()
    expect(refused.status).toBe(429)
    expect(await refused.json()).toMatchObject({
      error: {
        type: 'rate_limit_error',
        code: 'rate_limit_exceeded',
        message: expect.stringContaining('2 requests a minute'),
      },
    })
    expect(provider.calls).toHaveLength(calls)
    expect(refused.headers.get('x-ratelimit-remaining-requests')).toBe('0')
    on.platform.clock.advance(Number(refused.headers.get('retry-after')) * 1_000)
    expect((await chat()).status).toBe(200)
  })

  test('of many at once exactly the limit pass', async () => {
    await limit({ requestsPerMinute: 5 })
    const sent = await Promise.all(Array.from({ length: 12 }, () => chat()))
    expect(statusesOf(sent).filter((status) => status === 200)).toHaveLength(5)
  })

  test('count in every form in which a model can be asked', async () => {
    await limit({ requestsPerMinute: 3 })
    const send = (path: string, body: unknown) => on.request('POST', path, { token: ada.token, body })
    const input = { model, input: 'two words' }
    const message = { model, max_tokens: 50, messages }
    const sent = [
      await send('/v1/responses', input),
      await send('/v1/messages', message),
      await send('/v1/embeddings', { model: 'openai/text-embedding-3-small', input: 'one' }),
    ]
    expect(statusesOf(sent)).toEqual([200, 200, 200])
    expect(sent.map(({ headers }) => headers.get('x-ratelimit-remaining-requests'))).toEqual(['2', '1', '0'])
    const refused = [
      await send('/v1/responses', input),
      await send('/v1/messages', message),
      await send('/v1/embeddings', { model: 'openai/text-embedding-3-small', input: 'one' }),
      await chat({ stream: true }),
    ]
    expect(statusesOf(refused)).toEqual([429, 429, 429, 429])
    expect(await refused[1]?.json()).toMatchObject({ type: 'error', error: { type: 'rate_limit_error' } })
  })

  test('of one key, member or model limit no others', async () => {
    const [mine, other] = [await keyOf(ada, 'one'), await keyOf(ada, 'other')]
    await limit({ apiKeyId: mine.id, requestsPerMinute: 1 })
    await limit({ model: 'openai/gpt-4o', requestsPerMinute: 1 })
    expect((await chat({}, mine.token)).status).toBe(200)
    expect((await chat({}, mine.token)).status).toBe(429)
    expect((await chat({}, other.token)).status).toBe(200)
    expect((await chat()).status).toBe(200)
    expect((await chat({ model: 'openai/gpt-4o' })).status).toBe(200)
    expect((await chat({ model: 'openai/gpt-4o' })).status).toBe(429)
  })

  test('of a member count what comes with their own keys', async () => {
    const { token } = await keyOf(ada, 'own')
    await limit({ userId: ada.userId, requestsPerMinute: 2 })
    expect(statusesOf([await chat(), await chat({}, token), await chat({}, token), await chat()])).toEqual([
      200, 200, 429, 429,
    ])
  })

  test('are one organization’s own', async () => {
    const eve = await signUp(on, 'Eve')
    await limit({ requestsPerMinute: 1 })
    await chat()
    expect((await chat()).status).toBe(429)
    const hers = await chat({}, eve.token)
    expect(hers.status).toBe(200)
    expect(hers.headers.get('x-ratelimit-limit-requests')).toBeNull()
  })

  test('a change counts with the next call', async () => {
    const id = await limit({ requestsPerMinute: 1 })
    await chat()
    expect((await chat()).status).toBe(429)
    await ada.call('PATCH', `/api/v1/limits/${id}`, { requestsPerMinute: 2 })
    expect((await chat()).status).toBe(200)
    expect((await chat()).status).toBe(429)
    await ada.call('DELETE', `/api/v1/limits/${id}`)
    expect((await chat()).status).toBe(200)
  })

  test('a call that its budget refuses has taken nothing', async () => {
    const id = await limit({ requestsPerMinute: 1, tokensPerMinute: 1_000_000, callsAtOnce: 1 })
    await ada.call('PUT', '/api/v1/budgets/organization', { limitUsd: '0' })
    expect((await chat()).status).toBe(402)
    const { body } = await ada.call<{ data: unknown[] }>('GET', '/api/v1/limits')
    expect(body.data).toMatchObject([{ id, used: { requests: 0, tokens: 0, calls: 0 } }])
  })
})

describe('tokens a minute', () => {
  test('count as they were used once a call has ended', async () => {
    const id = await limit({ tokensPerMinute: 1_000_000 })
    provider.script({ kind: 'answer', text: 'Good day.', tokens: { prompt: 11, completion: 31 } })
    const answer = await chat()
    expect(Number(answer.headers.get('x-ratelimit-remaining-tokens'))).toBeLessThan(1_000_000 - 42)
    const { body } = await ada.call<{ data: unknown[] }>('GET', '/api/v1/limits')
    expect(body.data).toMatchObject([{ id, used: { tokens: 42, requests: null } }])
  })

  test('a call that could take more than the limit is refused, and told what it could take', async () => {
    await limit({ tokensPerMinute: 500 })
    const refused = await chat({ max_tokens: 600 })
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBeNull()
    expect(refused.headers.get('x-should-retry')).toBe('false')
    expect(JSON.stringify(await refused.json())).toMatch(
      /could take \d+ tokens, more than the 500 tokens a minute/,
    )
    expect((await chat({ max_tokens: 50 })).status).toBe(200)
  })
})

describe('calls at once', () => {
  test('a stream has its place until it has ended or its reader has left', async () => {
    await limit({ callsAtOnce: 1 })
    provider.script({ kind: 'hang', afterPieces: 1 })
    const open = await chat({ stream: true })
    expect(open.status).toBe(200)
    const refused = await chat()
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(refused.headers.get('x-ratelimit-remaining-concurrent')).toBe('0')
    await open.body?.cancel()
    await expect.poll(async () => (await chat()).status, { timeout: 20_000, interval: 20 }).toBe(200)
  })

  test('a call that failed gives its place back', async () => {
    await limit({ callsAtOnce: 1 })
    provider.script({ kind: 'status', status: 400, body: { error: { message: 'No.' } } })
    expect((await chat()).status).toBe(400)
    expect((await chat()).status).toBe(200)
  })
})

test('where the limit of the first model of a route is reached the next one answers', async () => {
  await ada.call('POST', '/api/v1/model-aliases', {
    name: 'fast',
    strategy: 'priority',
    targets: [{ model }, { model: 'openai/gpt-4o' }],
  })
  await limit({ model, requestsPerMinute: 1 })
  const models: string[] = []
  for (let index = 0; index < 2; index++) {
    const response = await chat({ model: 'fast' })
    // OpenAI's shape of an answer.
    models.push(((await response.json()) as { model: string }).model)
  }
  expect(models).toEqual([expect.stringContaining('gpt-4o-mini'), expect.not.stringContaining('mini')])
})

test('an installation’s own limits hold for every organization', async () => {
  const limited = await createTestApp({
    OPENROUTER_API_KEY: 'sk-or-test-key',
    OPENROUTER_BASE_URL: provider.url,
    FREEHOLD_CALLS_PER_MINUTE: '1',
  })
  try {
    const [bob, eve] = [await signUp(limited, 'Bob'), await signUp(limited, 'Eve')]
    const statuses = []
    for (const { call } of [bob, bob, eve])
      statuses.push((await call('POST', '/v1/chat/completions', { model, messages })).status)
    expect(statuses).toEqual([200, 429, 200])
  } finally {
    await limited.dispose()
  }
})

test('an organization without limits waits for the database for none of its calls but the first', async () => {
  await chat()
  const { database, clock } = on.platform
  const { transaction } = database
  let asked = 0
  // From now on it answers nobody.
  database.transaction = () => {
    asked += 1
    return new Promise(() => {})
  }
  try {
    // What is known is old enough to be asked for again.
    clock.advance(10_000)
    const call = { callId: 'call', model, tag: null, tokensBound: 10 }
    // All that is read of who calls.
    const caller = { organizationId: ada.organizationId } as Caller
    expect(await on.gateway.platform.limits.admit(caller, call)).toBeUndefined()
    expect(await on.gateway.platform.limits.admit(caller, call)).toBeUndefined()
    expect(asked).toBe(1)
  } finally {
    database.transaction = transaction
  }
})
