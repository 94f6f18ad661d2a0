import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { type Actor, signUp } from '../../testing/test-app.ts'
import { setGatewayOnSockets } from './gateway-on-sockets.fixture.ts'

const gateway = setGatewayOnSockets()

const model = 'openai/gpt-4o-mini'
const keep = { 'x-freehold-cache': 'ttl=600' }
let questions = 0
/** Another one for each test, so that none finds what another has kept. */
const newQuestion = () => [{ role: 'user' as const, content: `What is ${++questions} and ${process.pid}?` }]

async function chat(
  body: Record<string, unknown>,
  { headers = {}, by = gateway.ada }: { headers?: Record<string, string>; by?: Actor } = {},
) {
  const response = await gateway.on.request('POST', '/v1/chat/completions', {
    token: by.token,
    headers,
    body: { model, ...body },
  })
  const text = await response.text()
  return { response, text, cache: response.headers.get('x-freehold-cache') }
}

async function recordOf(response: Response) {
  return (await gateway.ada.call('GET', `/api/v1/usage/${response.headers.get('x-request-id')}`)).body
}

const settings = (change: Record<string, unknown>) =>
  gateway.ada.call('PATCH', `/api/v1/organizations/${gateway.ada.organizationId}/settings`, change)

const calls = () => gateway.provider.calls.length

describe('an answer that the caller lets be kept', () => {
  test('is given again whole, for nothing, and says so', async () => {
    const body = { messages: newQuestion() }
    const first = await chat(body, { headers: keep })
    expect(first.cache).toBe('miss')
    const asked = calls()
    gateway.on.platform.clock.advance(7_000)
    const again = await chat({ user: 'somebody', ...body }, { headers: keep })
    expect([again.cache, again.text]).toEqual(['hit', first.text])
    expect(Number(again.response.headers.get('age'))).toBeGreaterThanOrEqual(7)
    expect(calls()).toBe(asked)
    expect(await recordOf(again.response)).toMatchObject({
      cache: 'hit',
      costNanos: '0',
      status: 'ok',
      promptTokens: 0,
    })
    expect(await recordOf(first.response)).toMatchObject({ cache: 'miss' })
  })

  test('is another where anything that changes it is another', async () => {
    const messages = newQuestion()
    await chat({ messages, temperature: 0 }, { headers: keep })
    const asked = calls()
    for (const other of [
      { messages, temperature: 0.1 },
      { messages },
      { messages, temperature: 0, seed: 1 },
      { messages, temperature: 0, max_tokens: 99 },
      { messages, temperature: 0, model: 'openai/gpt-4o' },
      { messages: [...messages, ...messages], temperature: 0 },
      { messages, temperature: 0, response_format: { type: 'json_object' } },
      { messages, temperature: 0, unknown_field: true },
    ])
      expect((await chat(other, { headers: keep })).cache).toBe('miss')
    expect(calls()).toBe(asked + 8)
  })

  test('is found until its time is over', async () => {
    const body = { messages: newQuestion() }
    await chat(body, { headers: { 'x-freehold-cache': 'ttl=100' } })
    gateway.on.platform.clock.advance(101_000)
    expect((await chat(body, { headers: keep })).cache).toBe('miss')
  })

  test('is asked for anew with no-cache, and neither given nor kept with no-store', async () => {
    const body = { messages: newQuestion(), temperature: 0 }
    await settings({ responseCacheSeconds: 600 })
    const seen = []
    for (const header of ['no-store', undefined, undefined, 'no-store', 'no-cache'])
      seen.push(
        (await chat(body, { headers: header === undefined ? {} : { 'x-freehold-cache': header } })).cache,
      )
    expect(seen).toEqual(['bypass', 'miss', 'hit', 'bypass', 'miss'])
  })

  test('is not kept when it was cut off or went wrong', async () => {
    const body = { messages: newQuestion() }
    gateway.provider.script({ kind: 'answer', finishReason: 'length' })
    await chat(body, { headers: keep })
    gateway.provider.script({ kind: 'status', status: 400, body: { error: { message: 'No.' } } })
    expect((await chat(body, { headers: keep })).response.status).toBe(400)
    gateway.provider.script({ kind: 'cut', afterPieces: 1, text: 'cut off here' })
    await chat({ ...body, stream: true }, { headers: keep })
    expect((await chat(body, { headers: keep })).cache).toBe('miss')
  })

  test.each(['ttl=0', 'ttl=86401', 'ttl=x', 'always'])('a wish of %j is refused', async (wish) => {
    const { response } = await chat({ messages: newQuestion() }, { headers: { 'x-freehold-cache': wish } })
    expect(response.status).toBe(400)
  })

  test('counts among the requests of a limit', async () => {
    const body = { messages: newQuestion() }
    await gateway.ada.call('POST', '/api/v1/limits', { requestsPerMinute: 2, tokensPerMinute: 1_000_000 })
    const seen = []
    for (let index = 0; index < 3; index++) seen.push((await chat(body, { headers: keep })).response.status)
    expect(seen).toEqual([200, 200, 429])
  })
})

describe('an organization that keeps answers', () => {
  test('keeps those that come out the same again, and no others', async () => {
    await settings({ responseCacheSeconds: 600 })
    const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }]
    const seen = []
    for (const fields of [
      { temperature: 0 },
      { seed: 4 },
      {},
      { temperature: 0.7 },
      { temperature: 0, tools },
    ]) {
      const messages = newQuestion()
      await chat({ messages, ...fields })
      seen.push((await chat({ messages, ...fields })).cache)
    }
    expect(seen).toEqual(['hit', 'hit', 'bypass', 'bypass', 'bypass'])
  })

  test('neither keeps nor gives what its guards are to see', async () => {
    const body = { messages: newQuestion(), temperature: 0 }
    await chat(body, { headers: keep })
    const set = await gateway.ada.call('PUT', '/api/v1/guardrails', {
      patterns: { action: 'block', stages: 'both', patterns: ['bluebird'] },
    })
    expect(set.status).toBe(200)
    const asked = calls()
    const seen = [(await chat(body, { headers: keep })).cache, (await chat(body, { headers: keep })).cache]
    expect([seen, calls()]).toEqual([['bypass', 'bypass'], asked + 2])
  })

  test('throws them away at its word', async () => {
    await settings({ responseCacheSeconds: 600 })
    const body = { messages: newQuestion(), temperature: 0 }
    await chat(body)
    expect((await chat(body)).cache).toBe('hit')
    expect((await gateway.ada.call('DELETE', '/api/v1/cache')).status).toBe(204)
    expect((await chat(body)).cache).toBe('miss')
    expect((await chat(body)).cache).toBe('hit')
  })

  test('P16: shares none with another, and what is stored says nothing of it', async () => {
    const body = { messages: newQuestion(), temperature: 0 }
    const eve = await signUp(gateway.on, 'Eve')
    const stored: string[] = []
    const { cache } = gateway.on.platform
    const { set } = cache
    cache.set = (key, value, ttlMs) => {
      stored.push(key, value)
      return set.call(cache, key, value, ttlMs)
    }
    try {
      await chat(body, { headers: keep })
      const hers = await chat(body, { headers: keep, by: eve })
      expect([hers.cache, hers.response.headers.get('age')]).toEqual(['miss', null])
    } finally {
      cache.set = set
    }
    expect(stored).toHaveLength(4)
    expect(stored[0]?.slice(-20)).not.toBe(stored[2]?.slice(-20))
    expect(stored.join(' ')).not.toContain(String(process.pid))
    const unasked = await chat(body, { by: eve })
    expect(unasked.cache).toBeNull()
  })
})

describe('a stream', () => {
  const client = () => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.ada.token, maxRetries: 0 })

  test('is given again as a stream or whole, and a whole answer as a stream, by the client of OpenAI', async () => {
    const openai = client()
    const text =
      'Grüße aus Zürich – 二 🎉, und noch ein längerer Satz, damit es mehrere Stücke werden, denn ein Stück ist kurz.'
    const messages = newQuestion()
    const streamed = async () => {
      const stream = await openai.chat.completions.create(
        { model, messages, stream: true, stream_options: { include_usage: true } },
        { headers: keep },
      )
      let said = ''
      let chunks = 0
      let usage: unknown
      let finish: unknown
      for await (const chunk of stream) {
        said += chunk.choices[0]?.delta.content ?? ''
        finish = chunk.choices[0]?.finish_reason ?? finish
        usage = chunk.usage ?? usage
        chunks += 1
      }
      return { said, usage, finish, isInPieces: chunks > 2 }
    }
    gateway.provider.script({ kind: 'answer', text })
    const first = await streamed()
    expect(first).toMatchObject({ said: text, finish: 'stop', isInPieces: true })
    const asked = calls()
    expect(await streamed()).toEqual(first)
    const whole = await openai.chat.completions.create({ model, messages }, { headers: keep })
    expect(whole.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { role: 'assistant', content: text },
    })
    expect(whole.usage).toMatchObject({ completion_tokens: expect.any(Number) })
    expect(calls()).toBe(asked)
  })

  test('of tool calls is given again as it was', async () => {
    const openai = client()
    const messages = newQuestion()
    const look = { name: 'look', arguments: { at: 'the "moon"' } }
    gateway.provider.script({ kind: 'tool_call', ...look, also: [{ name: 'wait', arguments: { s: 1 } }] })
    const tools = ['look', 'wait'].map((name) => ({
      type: 'function' as const,
      function: { name, parameters: {} },
    }))
    const ask = () =>
      openai.chat.completions.stream({ model, messages, tools }, { headers: keep }).finalChatCompletion()
    const first = await ask()
    const asked = calls()
    const again = await ask()
    expect(calls()).toBe(asked)
    expect(again.choices[0]?.message.tool_calls).toEqual(first.choices[0]?.message.tool_calls)
    expect(again.choices[0]?.finish_reason).toBe('tool_calls')
    const whole = await openai.chat.completions.create({ model, messages, tools }, { headers: keep })
    expect(whole.choices[0]?.message.tool_calls).toMatchObject([
      { function: { name: 'look', arguments: JSON.stringify(look.arguments) } },
      { function: { name: 'wait', arguments: '{"s":1}' } },
    ])
    expect(calls()).toBe(asked)
  })
})

describe('embeddings', () => {
  const embed = async (input: unknown, fields: Record<string, unknown> = {}) => {
    const body = { model: 'openai/text-embedding-3-small', input, ...fields }
    const response = await gateway.on.request('POST', '/v1/embeddings', {
      token: gateway.ada.token,
      headers: keep,
      body,
    })
    // OpenAI's shape.
    const { data } = (await response.json()) as { data: { index: number; embedding: unknown }[] }
    return { data, cache: response.headers.get('x-freehold-cache'), response }
  }
  const sentLast = () => gateway.provider.calls.at(-1)?.body.input

  test('are made of the texts alone that were not embedded before', async () => {
    const texts = ['one', 'two', 'three', 'two'].map((text) => `${text} ${++questions}`)
    const [one, two, three] = texts
    const alone = await embed(two)
    const all = await embed([one, two, three, two])
    expect([sentLast(), all.cache]).toEqual([[one, three], 'miss'])
    expect(all.data.map(({ index }) => index)).toEqual([0, 1, 2, 3])
    expect(all.data[1]?.embedding).toEqual(alone.data[0]?.embedding)
    expect(all.data[3]?.embedding).toEqual(alone.data[0]?.embedding)
    const asked = calls()
    const again = await embed([three, one])
    expect([again.cache, calls()]).toEqual(['hit', asked])
    expect(again.data.map(({ embedding }) => embedding)).toEqual([
      all.data[2]?.embedding,
      all.data[0]?.embedding,
    ])
    expect(await recordOf(again.response)).toMatchObject({ cache: 'hit', costNanos: '0' })
  })

  test('are others in other dimensions and in the other encoding', async () => {
    const text = `text ${++questions}`
    await embed(text)
    expect((await embed(text, { dimensions: 4 })).cache).toBe('miss')
    expect((await embed(text, { encoding_format: 'base64' })).cache).toBe('miss')
    expect((await embed([text])).cache).toBe('hit')
  })
})
