import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  contextTooLong,
  rateLimited,
  serverError,
  wrongKey,
} from '../../src/testing/fake-provider/behaviours.ts'
import { type FakeProvider, startFakeProvider } from '../../src/testing/fake-provider/fake-provider.ts'
import type { Model, Page, UsageRecord } from './support/contract.ts'
import { eventually } from './support/eventually.ts'
import { type Installation, startInstallation } from './support/installation.ts'
import { type Person, signUp } from './support/person.ts'

/** What OpenAI's own client for Node makes of this server. */

const providerKey = 'sk-upstream-0123456789abcdef0123456789abcdef'
const listed = {
  id: 'fake-large',
  pricing: { prompt: '0.000002', completion: '0.000008' },
  context_length: 32_000,
}
const ask = { model: 'fake-large', messages: [{ role: 'user' as const, content: 'three short words' }] }

let provider: FakeProvider
let at: Installation
let ada: Person
let key: { id: string; key: string }
let openai: OpenAI

beforeAll(async () => {
  provider = await startFakeProvider({ apiKey: providerKey, models: [listed] })
  at = await startInstallation({ OPENAI_BASE_URL: provider.url, OPENAI_API_KEY: providerKey })
  ada = await signUp(at)
  key = await ada.newApiKey()
  openai = client(key.key)
  const look = async () => (await ada.call<Page<Model>>('GET', '/api/v1/models')).body.data
  await eventually(look, (models) => models.some(({ id }) => id === 'fake-large'))
})
afterAll(async () => {
  await at?.dispose()
  await provider?.close()
})
beforeEach(() => provider.settled())

function client(apiKey: string): OpenAI {
  return new OpenAI({ baseURL: `${at.url}/v1`, apiKey, maxRetries: 0, timeout: 20_000 })
}

/** What the call throws, as the SDK's own class. */
async function failureOf(call: Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  const error = await call.then(
    () => new Error('Nothing was thrown.'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(OpenAI.APIError)
  // Just checked.
  return error as InstanceType<typeof OpenAI.APIError>
}

describe('chat', () => {
  test('answers with the provider’s completion and its usage, and the call is in the ledger', async () => {
    const { data, response } = await openai.chat.completions
      .create({ ...ask, temperature: 0.3 })
      .withResponse()
    expect(data.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { role: 'assistant', content: 'three short words' },
    })
    expect(data.usage).toMatchObject({ prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 })
    const requestId = response.headers.get('x-request-id')
    const { body } = await ada.call<UsageRecord>('GET', `/api/v1/usage/${requestId}`)
    expect(body).toMatchObject({
      purpose: 'chat',
      model: 'fake-large',
      apiKeyId: key.id,
      costNanos: String(9 * 2_000 + 3 * 8_000),
      status: 'ok',
    })
    const sent = provider.calls.at(-1)
    expect(sent?.body).toMatchObject({ temperature: 0.3, model: 'fake-large' })
    expect(sent?.headers.authorization).toBe(`Bearer ${providerKey}`)
  })

  test('streams chunk by chunk, with usage at the end for who asks for it', async () => {
    provider.script(
      { kind: 'answer', text: 'Zwölf Bären — 日本語' },
      { kind: 'answer', text: 'Zwölf Bären — 日本語' },
    )
    const plain = await Array.fromAsync(await openai.chat.completions.create({ ...ask, stream: true }))
    const counted = await Array.fromAsync(
      await openai.chat.completions.create({ ...ask, stream: true, stream_options: { include_usage: true } }),
    )
    for (const chunks of [plain, counted]) {
      expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(
        'Zwölf Bären — 日本語',
      )
      expect(chunks.findLast((chunk) => chunk.choices.length > 0)?.choices[0]?.finish_reason).toBe('stop')
    }
    expect(plain.some((chunk) => chunk.usage)).toBe(false)
    expect(counted.at(-1)?.usage).toMatchObject({ completion_tokens: 4 })
  })

  test('calls tools, whole and in pieces', async () => {
    const call = { kind: 'tool_call', name: 'get_weather', arguments: { city: 'Köln' } } as const
    provider.script(call, call)
    const tools = [
      { type: 'function' as const, function: { name: 'get_weather', parameters: { type: 'object' } } },
    ]
    const whole = await openai.chat.completions.create({ ...ask, tools })
    const called = whole.choices[0]?.message.tool_calls?.[0]
    expect(called?.type === 'function' && JSON.parse(called.function.arguments)).toEqual({ city: 'Köln' })
    const runner = openai.chat.completions.stream({ ...ask, tools })
    const final = await runner.finalChatCompletion()
    expect(final.choices[0]?.message.tool_calls).toMatchObject([{ function: { name: 'get_weather' } }])
  })

  test('by the built-in model needs no provider, quotes what it is given, and says what it is', async () => {
    const notes =
      'The canteen opens at noon. The booster pump is inspected every 40 days by the duty engineer. '.repeat(
        3,
      )
    const messages = [
      { role: 'system' as const, content: notes },
      { role: 'user' as const, content: 'How often is the booster pump inspected?' },
    ]
    const calls = provider.calls.length
    const { choices } = await openai.chat.completions.create({ model: 'local/extractive', messages })
    expect(choices[0]?.message.content).toContain('every 40 days')
    expect(choices[0]?.message.content).toMatch(/no language model/i)
    expect(provider.calls.length).toBe(calls)
  })

  test('stops the provider when the client leaves in mid-stream, and what was produced is settled', async () => {
    provider.script({ kind: 'hang', afterPieces: 3, text: 'one two three four' })
    const { data, response } = await openai.chat.completions.create({ ...ask, stream: true }).withResponse()
    let seen = ''
    for await (const chunk of data) {
      seen += chunk.choices[0]?.delta.content ?? ''
      if (seen === 'one two three') break
    }
    await provider.settled()
    expect(provider.calls.at(-1)).toMatchObject({ state: 'aborted', completionTokens: 3 })
    const look = () => ada.call<UsageRecord>('GET', `/api/v1/usage/${response.headers.get('x-request-id')}`)
    const { body } = await eventually(look, ({ status }) => status === 200)
    expect(body).toMatchObject({ status: 'aborted', apiKeyId: key.id })
    expect(body.completionTokens).toBeGreaterThan(0)
  })
})

describe('embeddings', () => {
  test('come in the order of the inputs, and near meanings lie near', async () => {
    const input = [
      'The cat sleeps on the sofa.',
      'A kitten is napping on the couch.',
      'Quarterly tax returns are due in May.',
    ]
    const packed = await openai.embeddings.create({ model: 'local/embedding', input })
    const floats = await openai.embeddings.create({
      model: 'local/embedding',
      input,
      encoding_format: 'float',
    })
    expect(packed.data.map(({ index }) => index)).toEqual([0, 1, 2])
    const [cat, kitten, tax] = packed.data.map(({ embedding }) => embedding)
    expect(cosine(cat, kitten)).toBeGreaterThan(cosine(cat, tax) + 0.2)
    for (const [index, { embedding }] of floats.data.entries()) {
      expect(cosine(embedding, packed.data[index]?.embedding)).toBeCloseTo(1, 4)
    }
    expect(packed.usage.prompt_tokens).toBeGreaterThan(10)
    const single = await openai.embeddings.create({ model: 'local/embedding', input: input[0] ?? '' })
    expect(cosine(single.data[0]?.embedding, cat)).toBeCloseTo(1, 4)
  })
})

function cosine(one: readonly number[] = [], other: readonly number[] = []): number {
  const dot = one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0)
  return dot / (Math.hypot(...one) * Math.hypot(...other))
}

describe('models', () => {
  test('are listed and retrieved, the one with a slash in its name too', async () => {
    const ids = (await Array.fromAsync(openai.models.list())).map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining(['fake-large', 'local/extractive', 'local/embedding']))
    expect(await openai.models.retrieve('fake-large')).toMatchObject({
      id: 'fake-large',
      object: 'model',
      owned_by: 'openai',
    })
    expect(await openai.models.retrieve('local/extractive')).toMatchObject({
      id: 'local/extractive',
      owned_by: 'local',
    })
  })
})

describe('errors are the SDK’s own classes', () => {
  test('AuthenticationError for a key that is mistyped, foreign, or was revoked', async () => {
    const revoked = await ada.newApiKey()
    const other = client(revoked.key)
    expect((await other.models.list()).data.length).toBeGreaterThan(0)
    expect((await ada.call('DELETE', `/api/v1/api-keys/${revoked.id}`)).status).toBe(204)
    for (const wrong of [
      client('fh_wrong'),
      client('sk-0123456789'),
      client(`${key.key.slice(0, -1)}~`),
      other,
    ]) {
      const error = await failureOf(wrong.chat.completions.create(ask))
      expect(error).toBeInstanceOf(OpenAI.AuthenticationError)
      expect(error).toMatchObject({ status: 401, type: 'authentication_error', code: 'invalid_api_key' })
      expect(error.message).toContain('mistyped, revoked or expired')
      expect(error.message).not.toContain(key.key)
    }
  })

  test('NotFoundError for a model that does not exist, naming the nearest', async () => {
    const calls = [
      () => openai.chat.completions.create({ ...ask, model: 'fake-larg' }),
      () => openai.chat.completions.create({ ...ask, model: 'fake-larg', stream: true }),
      () => openai.embeddings.create({ model: 'local/embeddin', input: 'x' }),
      () => openai.models.retrieve('fake-larg'),
    ]
    for (const call of calls) {
      const error = await failureOf(call())
      expect(error).toBeInstanceOf(OpenAI.NotFoundError)
      expect(error).toMatchObject({ status: 404, code: 'model_not_found' })
      expect(error.message).toContain('GET /v1/models')
    }
    const error = await failureOf(openai.chat.completions.create({ ...ask, model: 'fake-larg' }))
    expect(error.message).toContain("'fake-large'")
    expect(error.param).toBe('model')
  })

  test('NotFoundError for a path that is not served', async () => {
    const error = await failureOf(openai.images.generate({ prompt: 'a cat' }))
    expect(error).toBeInstanceOf(OpenAI.NotFoundError)
    expect(error.message).toContain('/v1/images/generations')
  })

  const bad: [what: string, body: object, param: string | null][] = [
    ['no messages', { messages: [] }, 'messages'],
    ['a role that does not exist', { messages: [{ role: 'wizard', content: 'x' }] }, 'messages[0].role'],
    ['a temperature out of range', { temperature: 3 }, 'temperature'],
    ['several choices', { n: 2 }, 'n'],
    ['a list of fallback models that is none', { models: 'a, b' }, 'models'],
    ['an output cap of zero', { max_tokens: 0 }, 'max_tokens'],
  ]
  for (const [what, body, param] of bad) {
    test(`BadRequestError for ${what}, with the parameter at fault`, async () => {
      const calls = provider.calls.length
      const error = await failureOf(openai.chat.completions.create({ ...ask, ...body }))
      expect(error).toBeInstanceOf(OpenAI.BadRequestError)
      expect(error).toMatchObject({ status: 400, type: 'invalid_request_error', param })
      expect(error.message).toMatch(/must|not supported|expected/)
      expect(provider.calls.length).toBe(calls)
    })
  }

  test('a call goes to the next of a list of models, and the answer says which one it was', async () => {
    provider.script(serverError(500))
    const body = { ...ask, models: ['local/extractive'] }
    const { model } = await openai.chat.completions.create(body)
    expect(model).toBe('local/extractive')
  })

  test('BadRequestError for an input that does not fit the model', async () => {
    provider.script(contextTooLong())
    const error = await failureOf(openai.chat.completions.create(ask))
    expect(error).toBeInstanceOf(OpenAI.BadRequestError)
    expect(error).toMatchObject({ code: 'context_too_long' })
    const wrongKind = await failureOf(openai.embeddings.create({ model: 'local/extractive', input: 'x' }))
    expect(wrongKind).toBeInstanceOf(OpenAI.BadRequestError)
  })

  test('RateLimitError when the provider limits, with its Retry-After', async () => {
    provider.script(rateLimited('7'))
    const error = await failureOf(openai.chat.completions.create(ask))
    expect(error).toBeInstanceOf(OpenAI.RateLimitError)
    expect(error).toMatchObject({ status: 429, type: 'rate_limit_error', code: 'provider_rate_limited' })
    expect(error.headers?.get('retry-after')).toBe('7')
    expect(error.message).not.toContain('org-')
  })

  test('InternalServerError when the provider fails, cuts its answer or refuses our key', async () => {
    const cut = { kind: 'raw', writes: ['{"choices":[{"mess'], contentType: 'application/json' } as const
    for (const [behaviour, status] of [
      [serverError(500), 503],
      [serverError(503), 503],
      [cut, 502],
      [wrongKey(providerKey), 502],
    ] as const) {
      provider.script(behaviour)
      const error = await failureOf(openai.chat.completions.create(ask))
      expect(error).toBeInstanceOf(OpenAI.InternalServerError)
      expect(error).toMatchObject({ status, type: 'server_error' })
      expect(error.message).not.toContain('10.1.2.3')
      expect(error.message).not.toContain(providerKey)
      // Three failures in a row would keep the next call from it.
      await openai.chat.completions.create(ask)
    }
  })

  test('an APIError inside a stream that the provider cuts, after the text that had come', async () => {
    provider.script({ kind: 'cut', afterPieces: 2, text: 'one two three' })
    const stream = await openai.chat.completions.create({ ...ask, stream: true })
    let seen = ''
    const read = async () => {
      for await (const chunk of stream) seen += chunk.choices[0]?.delta.content ?? ''
    }
    const error = await failureOf(read())
    expect(seen).toBe('one two')
    expect(error).toMatchObject({ code: 'provider_stream_cut', type: 'server_error' })
  })

  test('an APIError of 402 when the budget does not cover the call, and nothing reaches the provider', async () => {
    await ada.call('PUT', '/api/v1/budgets/organization', {
      limitUsd: '0.000001',
      window: 'lifetime',
      hard: true,
    })
    const calls = provider.calls.length
    const error = await failureOf(openai.chat.completions.create(ask))
    expect(error).toMatchObject({ status: 402, type: 'insufficient_quota', code: 'budget_exceeded' })
    expect(error.message).toMatch(/budget of \$0\.000001.*admin can raise it/)
    expect(provider.calls.length).toBe(calls)
    const streamed = await failureOf(openai.chat.completions.create({ ...ask, stream: true }))
    expect(streamed.status).toBe(402)
    await ada.call('DELETE', '/api/v1/budgets/organization')
    expect((await openai.chat.completions.create(ask)).choices[0]?.message.content).toBe('three short words')
  })
})
