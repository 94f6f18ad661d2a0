import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { htmlError, rateLimited, serverError } from '../../testing/fake-provider/behaviours.ts'
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

interface Sent {
  response: Response
  requestId: string
}

async function send(path: string, body: unknown, signal?: AbortSignal): Promise<Sent> {
  const response = await on.app.request(`http://localhost${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ada.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  })
  return { response, requestId: response.headers.get('x-request-id') ?? '' }
}

const chat = (fields: Record<string, unknown> = {}, signal?: AbortSignal) =>
  send('/v1/chat/completions', { model, messages, ...fields }, signal)

async function errorOf(
  response: Response,
): Promise<{ message: string; type: string; param: string | null; code: string }> {
  const body = (await response.json()) as { error: Record<string, unknown> } // OpenAI's error shape
  expect(Object.keys(body)).toEqual(['error'])
  expect(Object.keys(body.error).toSorted()).toEqual(['code', 'message', 'param', 'type'])
  return body.error as Awaited<ReturnType<typeof errorOf>> // its keys were just checked
}

async function recordOf(requestId: string) {
  const { status, body } = await ada.call('GET', `/api/v1/usage/${requestId}`)
  return { found: status === 200, ...body }
}

/** Waits for a record that is written after the answer's reader has left. */
async function recordAfter(requestId: string) {
  return expect
    .poll(() => recordOf(requestId), { timeout: 5_000, interval: 10 })
    .toMatchObject({ found: true })
    .then(() => recordOf(requestId))
}

async function heldNanos(): Promise<unknown> {
  const { body } = await ada.call<{ data: { heldNanos: string }[] }>('GET', '/api/v1/budgets')
  return body.data[0]?.heldNanos
}

const setBudget = (limitUsd: string) => ada.call('PUT', '/api/v1/budgets/organization', { limitUsd })
const callsSoFar = () => provider.calls.length
const lastCall = () => provider.calls.at(-1)

describe('a chat', () => {
  test('is answered with what the provider said, and recorded at its exact cost', async () => {
    provider.script({
      kind: 'answer',
      text: 'Good day.',
      tokens: { prompt: 1_234, cached: 1_000, completion: 77 },
    })
    const { response, requestId } = await chat()
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      object: 'chat.completion',
      system_fingerprint: expect.any(String),
      choices: [{ message: { role: 'assistant', content: 'Good day.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1_234, completion_tokens: 77 },
    })
    // 234 × 0.15 + 1,000 × 0.075 + 77 × 0.60 dollars a million: 35,100 + 75,000 + 46,200 nano-dollars.
    expect(await recordOf(requestId)).toMatchObject({
      purpose: 'chat',
      model,
      provider: 'openrouter',
      promptTokens: 1_234,
      cachedTokens: 1_000,
      completionTokens: 77,
      costNanos: '156300',
      costUsd: '0.000156300',
      status: 'ok',
      userId: ada.userId,
    })
  })

  test('tells the provider to stop at the cap of the caller, or at ours where the caller named none', async () => {
    await chat({ max_tokens: 17 })
    expect(lastCall()?.body.max_tokens).toBe(17)
    await chat({ max_completion_tokens: 19 })
    expect(lastCall()?.body.max_completion_tokens).toBe(19)
    await chat()
    expect(lastCall()?.body.max_tokens).toBe(4_096)
  })

  test('asks the provider for a shorter answer where the budget does not pay for a long one', async () => {
    await setBudget('0.0003')
    const { response } = await chat()
    expect(response.status).toBe(200)
    expect(lastCall()?.body.max_tokens).toBeLessThan(500)
  })

  test('with a tag counts in the budget of the tag, and the provider does not see it', async () => {
    await ada.call('POST', '/api/v1/budgets', { tag: 'nightly', limitUsd: '0.001' })
    const untagged = await chat()
    const { response, requestId } = await chat({ metadata: { freehold_tag: 'nightly', run: '7' } })
    expect(response.status).toBe(200)
    expect(lastCall()?.body.metadata).toEqual({ run: '7' })
    const { body: record } = await ada.call<{ costNanos: string }>('GET', `/api/v1/usage/${requestId}`)
    expect(Number(record.costNanos)).toBeGreaterThan(0)
    const { body } = await ada.call<{ data: unknown[] }>('GET', '/api/v1/budgets')
    expect(body.data).toMatchObject([{ settledNanos: record.costNanos, heldNanos: '0' }])
    expect(await recordOf(untagged.requestId)).toMatchObject({ tag: null })
    expect(await recordOf(requestId)).toMatchObject({ tag: 'nightly' })
    const refused = await chat({ max_tokens: 16_000, metadata: { freehold_tag: 'nightly' } })
    expect(refused.response.status).toBe(402)
    expect((await errorOf(refused.response)).message).toContain('the month budget of tag nightly')
  })

  test('with a tag that is none is refused', async () => {
    const { response } = await chat({ metadata: { freehold_tag: 'two words' } })
    expect(response.status).toBe(400)
    expect((await errorOf(response)).message).toContain('metadata.freehold_tag must be 1 to 64 letters')
  })

  test('that the budget does not pay for is refused before it reaches the provider', async () => {
    await setBudget('0.0001')
    const before = callsSoFar()
    const { response, requestId } = await chat({ max_tokens: 1_000 })
    expect(response.status).toBe(402)
    expect(await errorOf(response)).toMatchObject({ type: 'insufficient_quota', code: 'budget_exceeded' })
    expect(callsSoFar()).toBe(before)
    expect(await heldNanos()).toBe('0')
    expect((await recordOf(requestId)).found).toBe(false)
  })

  test('with an unknown model is answered with the nearest names, and reaches no provider', async () => {
    const before = callsSoFar()
    const { response } = await chat({ model: 'openai/gpt-4o-mni' })
    expect(response.status).toBe(404)
    const error = await errorOf(response)
    expect(error).toMatchObject({ type: 'not_found_error', code: 'model_not_found', param: 'model' })
    expect(error.message).toContain("'openai/gpt-4o-mini'")
    expect(callsSoFar()).toBe(before)
  })

  test('with a body that is not valid names the field in OpenAI’s shape', async () => {
    const { response } = await chat({ messages: 'hello' })
    expect(response.status).toBe(400)
    expect(await errorOf(response)).toMatchObject({ type: 'invalid_request_error', param: 'messages' })
  })

  test('needs credentials, and says so in OpenAI’s shape', async () => {
    const response = await on.request('POST', '/v1/chat/completions', { body: { model, messages } })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/)
    expect(await errorOf(response)).toMatchObject({ type: 'authentication_error', code: 'unauthenticated' })
  })

  test('of a guest is refused', async () => {
    const owner = await signUp(on)
    await owner.call('POST', `/api/v1/organizations/${owner.organizationId}/members`, {
      email: ada.email,
      role: 'guest',
    })
    const switched = await ada.call<{ accessToken: string }>('POST', '/api/v1/auth/switch', {
      organizationId: owner.organizationId,
    })
    const response = await on.request('POST', '/v1/chat/completions', {
      token: switched.body.accessToken,
      body: { model, messages },
    })
    expect(response.status).toBe(403)
    expect(await errorOf(response)).toMatchObject({ type: 'permission_error' })
  })
})

describe('a provider that fails', () => {
  // Three failures in a row would keep the next test's call from it.
  afterEach(async () => {
    expect((await chat()).response.status).toBe(200)
  })

  test.each([
    ['with a 500', serverError(500), 503, 'provider_unavailable', 'server_error'],
    ['with a page of its proxy', htmlError(502), 503, 'provider_unavailable', 'server_error'],
    ['with a 429', rateLimited('7'), 429, 'provider_rate_limited', 'rate_limit_error'],
  ])(
    '%s is an error of its own kind, recorded, and costs nothing',
    async (_, behaviour, status, code, type) => {
      await setBudget('1')
      provider.script(behaviour)
      const { response, requestId } = await chat()
      expect(response.status).toBe(status)
      const error = await errorOf(response)
      expect(error).toMatchObject({ code, type })
      expect(error.message).not.toMatch(/<|10\.1\.2\.3|org-a1b2|sk-or/)
      expect(await recordOf(requestId)).toMatchObject({
        status: 'error',
        errorCode: `gateway.${code}`,
        costNanos: '0',
      })
      expect(await heldNanos()).toBe('0')
    },
  )

  test('with a 429 says when to try again', async () => {
    provider.script(rateLimited('7'))
    expect((await chat()).response.headers.get('retry-after')).toBe('7')
  })

  test('before the first piece of a stream is an HTTP error, not a broken stream', async () => {
    provider.script(serverError(500))
    const { response } = await chat({ stream: true })
    expect(response.status).toBe(503)
    expect(await errorOf(response)).toMatchObject({ code: 'provider_unavailable' })
  })

  test('in the middle of a stream ends it with an error event, and what was written is paid for', async () => {
    provider.script({ kind: 'cut', afterPieces: 2, text: 'one two three four' })
    const { response, requestId } = await chat({ stream: true })
    expect(response.status).toBe(200)
    const events = (await response.text()).trim().split('\n\n')
    expect(JSON.parse(events.at(-1)?.slice(6) ?? '')).toMatchObject({
      error: { code: 'provider_stream_cut', type: 'server_error' },
    })
    expect(await recordAfter(requestId)).toMatchObject({
      status: 'error',
      errorCode: 'gateway.provider_stream_cut',
    })
    expect((await recordOf(requestId)) as unknown as { completionTokens: number }).toMatchObject({
      completionTokens: 2,
    })
  })
})

describe('a streamed chat', () => {
  test('passes the provider’s events on byte for byte, and ends with the mark', async () => {
    const written: string[] = []
    const chunk = (content: string) =>
      `data: {"id":"c",  "object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":${JSON.stringify(content)}},"unknown":1.50}]}\n\n`
    written.push(
      chunk('Zwölf '),
      chunk('Bären'),
      'data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
    )
    provider.script({ kind: 'raw', writes: [...written, 'data: [DONE]\n\n'] })
    const { response } = await chat({ stream: true })
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
    expect(response.headers.get('cache-control')).toContain('no-transform')
    expect(await response.text()).toBe(`${written.join('')}data: [DONE]\n\n`)
  })

  test('is recorded with the tokens the provider counted, though the caller did not ask to see them', async () => {
    provider.script({ kind: 'answer', text: 'one two', tokens: { prompt: 1_000, completion: 100 } })
    const { response, requestId } = await chat({ stream: true })
    expect(await response.text()).not.toContain('"prompt_tokens"')
    expect(await recordAfter(requestId)).toMatchObject({
      status: 'ok',
      promptTokens: 1_000,
      completionTokens: 100,
      costNanos: '210000',
      timeToFirstTokenMs: expect.any(Number),
    })
  })

  test('shows the tokens to a caller who asks for them', async () => {
    const { response } = await chat({ stream: true, stream_options: { include_usage: true } })
    expect(await response.text()).toContain('"prompt_tokens"')
  })

  test('is charged by what was written where the provider counts nothing', async () => {
    provider.script({ kind: 'answer', text: 'x'.repeat(400), usage: 'never' })
    const { response, requestId } = await chat({ stream: true })
    await response.text()
    expect(await recordAfter(requestId)).toMatchObject({ status: 'ok', completionTokens: 100 })
  })
})

describe('embeddings', () => {
  test('come from the provider in the order of the input, and are recorded at their cost', async () => {
    const { response, requestId } = await send('/v1/embeddings', {
      model: 'openai/text-embedding-3-small',
      input: ['one', 'two words'],
    })
    expect(response.status).toBe(200)
    const body = (await response.json()) as {
      data: { index: number; embedding: number[] }[]
      usage: { prompt_tokens: number }
    } // OpenAI's embeddings list
    expect(body.data.map((entry) => entry.index)).toEqual([0, 1])
    expect(body.data[0]?.embedding).not.toEqual(body.data[1]?.embedding)
    const record = await recordOf(requestId)
    expect(record).toMatchObject({
      purpose: 'embedding',
      status: 'ok',
      promptTokens: body.usage.prompt_tokens,
      completionTokens: 0,
    })
    // 0.02 dollars a million.
    expect(record).toMatchObject({ costNanos: String(20 * body.usage.prompt_tokens) })
  })

  test('of an empty text are refused before anything is sent', async () => {
    const before = callsSoFar()
    const { response } = await send('/v1/embeddings', { model: 'openai/text-embedding-3-small', input: '' })
    expect(response.status).toBe(400)
    expect(await errorOf(response)).toMatchObject({ param: 'input' })
    expect(callsSoFar()).toBe(before)
  })

  test('of a model that chats are refused with a sentence that says so', async () => {
    const { response } = await send('/v1/embeddings', { model, input: 'one' })
    expect(response.status).toBe(400)
    expect((await errorOf(response)).message).toContain('makes no embeddings')
  })
})

describe('the built-in model', () => {
  const local = { model: 'local/extractive' }

  test('answers without any provider, at no cost', async () => {
    const before = callsSoFar()
    const { response, requestId } = await chat(local)
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { role: 'assistant' } }],
    })
    expect(await recordOf(requestId)).toMatchObject({ provider: 'local', costNanos: '0', status: 'ok' })
    expect(callsSoFar()).toBe(before)
  })

  test('streams the same answer', async () => {
    const whole = (await (await chat(local)).response.json()) as {
      choices: { message: { content: string } }[]
    } // OpenAI's completion
    const { response, requestId } = await chat({ ...local, stream: true })
    const events = (await response.text()).trim().split('\n\n')
    expect(events.at(-1)).toBe('data: [DONE]')
    const text = events
      .slice(0, -1)
      .map((event) => JSON.parse(event.slice(6)).choices[0]?.delta?.content ?? '')
      .join('')
    expect(text).toBe(whole.choices[0]?.message.content)
    expect(await recordAfter(requestId)).toMatchObject({ status: 'ok', costNanos: '0' })
  })
})

describe('the models', () => {
  test('are listed in OpenAI’s shape, each also by its id', async () => {
    const list = await ada.call<{ object: string; data: { id: string }[] }>('GET', '/v1/models')
    expect(list.body.object).toBe('list')
    expect(list.body.data.map((one) => one.id)).toEqual(
      expect.arrayContaining([model, 'local/extractive', 'local/embedding']),
    )
    const one = await ada.call('GET', `/v1/models/${encodeURIComponent(model)}`)
    expect(one).toMatchObject({ status: 200, body: { id: model, object: 'model' } })
    expect((await ada.call('GET', '/v1/models/nothing')).status).toBe(404)
  })

  test('are listed with prices, one default of each kind, and a notice on the one that is no language model', async () => {
    const { body } = await ada.call<{ data: Record<string, unknown>[] }>('GET', '/api/v1/models')
    expect(
      body.data
        .filter((one) => one.isDefault)
        .map((one) => one.kind)
        .toSorted(),
    ).toEqual(['chat', 'embedding'])
    expect(body.data.find((one) => one.id === model)).toMatchObject({
      kind: 'chat',
      isLanguageModel: true,
      inputNanosPerMillion: '150000000',
      outputNanosPerMillion: '600000000',
      isDefault: true,
    })
    expect(body.data.find((one) => one.id === 'local/extractive')).toMatchObject({
      isLanguageModel: false,
      notice: expect.any(String),
    })
  })
})
