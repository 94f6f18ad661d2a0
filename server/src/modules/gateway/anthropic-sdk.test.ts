import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { rateLimited, serverError } from '../../testing/fake-provider/behaviours.ts'
import { type FakeProvider, startFakeProvider } from '../../testing/fake-provider/fake-provider.ts'
import { type Listening, listen } from '../../testing/listen.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

// Anthropic's own client against real sockets on both sides.
let provider: FakeProvider
let on: TestApp
let listening: Listening
let ada: Actor
let client: Anthropic

beforeAll(async () => {
  provider = await startFakeProvider()
  on = await createTestApp({
    OPENROUTER_API_KEY: 'sk-or-test-key',
    OPENROUTER_BASE_URL: provider.url,
  })
  listening = await listen(on.app)
})

afterAll(async () => {
  await listening.close()
  await on.dispose()
  await provider.close()
})

beforeEach(async () => {
  ada = await signUp(on)
  const { body } = await ada.call<{ key: string }>('POST', '/api/v1/api-keys', {
    name: 'sdk',
    scopes: ['use:models'],
  })
  client = new Anthropic({ baseURL: listening.url, apiKey: body.key, maxRetries: 0 })
})

const model = 'openai/gpt-4o-mini'
const ask = (content: string): Anthropic.MessageParam[] => [{ role: 'user', content }]
const lastBody = () => provider.calls.at(-1)?.body ?? {}

const weather: Anthropic.Tool = {
  name: 'get_weather',
  description: 'The weather of a city',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}
const twoCalls = {
  kind: 'tool_call',
  text: 'I look at both.',
  name: 'get_weather',
  arguments: { city: 'Köln', days: [1, 2] },
  also: [{ name: 'get_weather', arguments: { city: 'Ålesund' } }],
} as const

/** Without what differs between any two answers, and what the client adds to a stream's. */
function withoutId(message: Anthropic.Message & { parsed_output?: unknown }) {
  const { id: _, parsed_output: __, content, ...others } = message
  return { ...others, content: content.map((block) => ({ ...block, parsed_output: undefined })) }
}

async function recordOf(message: Anthropic.Message) {
  const { status, body } = await ada.call('GET', `/api/v1/usage/${message.id.slice('msg_'.length)}`)
  return { status, ...body }
}

async function refusal(answer: Promise<unknown>) {
  const error = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(Anthropic.APIError)
  const { status, type, apiMessage, requestID } = error as InstanceType<typeof Anthropic.APIError> // just checked
  return { status, type, message: apiMessage, requestID }
}

describe('a message', () => {
  test('is answered in Anthropic’s shape, and recorded and priced as a chat is', async () => {
    provider.script({
      kind: 'answer',
      text: 'Good day.',
      tokens: { prompt: 1_234, cached: 1_000, completion: 77 },
    })
    const message = await client.messages.create({
      model,
      max_tokens: 100,
      system: 'Be brief.',
      messages: ask('Hello'),
      // The newest models have none and so the client's types; others do.
      ...({ temperature: 0.5 } as object),
      metadata: { user_id: 'u-1' },
    })
    expect(message).toMatchObject({
      type: 'message',
      role: 'assistant',
      model,
      content: [{ type: 'text', text: 'Good day.' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: 234,
        cache_read_input_tokens: 1_000,
        cache_creation_input_tokens: 0,
        output_tokens: 77,
      },
    })
    expect(lastBody()).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
      ],
      max_tokens: 100,
      temperature: 0.5,
      user: 'u-1',
    })
    expect(message._request_id).toBe(message.id.slice('msg_'.length))
    expect(await recordOf(message)).toMatchObject({
      status: 'ok',
      purpose: 'chat',
      promptTokens: 1_234,
      completionTokens: 77,
      // 234 × 0.15 + 1,000 × 0.075 + 77 × 0.60 dollars a million.
      costNanos: '156300',
    })
  })

  test('says that the cap cut it', async () => {
    const message = await client.messages.create({ model, max_tokens: 2, messages: ask('one two three') })
    expect(message.content).toMatchObject([{ text: 'one two' }])
    expect(message.stop_reason).toBe('max_tokens')
  })

  test('sends images as addresses and as data', async () => {
    const data = Buffer.from('not really a picture').toString('base64')
    await client.messages.create({
      model,
      max_tokens: 10,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
            { type: 'image', source: { type: 'url', url: 'https://example.com/a.jpg' } },
            { type: 'text', text: 'What is this?', cache_control: { type: 'ephemeral' } },
          ],
        },
      ],
    })
    expect(lastBody().messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } },
          { type: 'image_url', image_url: { url: 'https://example.com/a.jpg' } },
          { type: 'text', text: 'What is this?', cache_control: { type: 'ephemeral' } },
        ],
      },
    ])
  })

  test('calls tools in parallel, and its answer goes back with their results', async () => {
    provider.script(twoCalls)
    const asked = ask('What is the weather in Köln and Ålesund?')
    const message = await client.messages.create({
      model,
      max_tokens: 100,
      tools: [weather],
      tool_choice: { type: 'any' },
      messages: asked,
    })
    expect(lastBody()).toMatchObject({
      tools: [
        {
          type: 'function',
          function: {
            name: 'get_weather',
            description: 'The weather of a city',
            parameters: weather.input_schema,
          },
        },
      ],
      tool_choice: 'required',
    })
    expect(message.stop_reason).toBe('tool_use')
    expect(message.content).toMatchObject([
      { type: 'text', text: 'I look at both.' },
      { type: 'tool_use', id: 'call_fake_1', name: 'get_weather', input: { city: 'Köln', days: [1, 2] } },
      { type: 'tool_use', id: 'call_fake_2', name: 'get_weather', input: { city: 'Ålesund' } },
    ])
    const done = await client.messages.create({
      model,
      max_tokens: 100,
      tools: [weather],
      messages: [
        ...asked,
        { role: 'assistant', content: message.content },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'call_fake_1', content: '12 °C' },
            { type: 'tool_result', tool_use_id: 'call_fake_2', content: 'No such city', is_error: true },
            { type: 'text', text: 'Which is warmer?' },
          ],
        },
      ],
    })
    expect(lastBody().messages).toEqual([
      asked[0],
      {
        role: 'assistant',
        content: 'I look at both.',
        tool_calls: [
          {
            id: 'call_fake_1',
            type: 'function',
            function: { name: 'get_weather', arguments: '{"city":"Köln","days":[1,2]}' },
          },
          {
            id: 'call_fake_2',
            type: 'function',
            function: { name: 'get_weather', arguments: '{"city":"Ålesund"}' },
          },
        ],
      },
      { role: 'tool', tool_call_id: 'call_fake_1', content: '12 °C' },
      {
        role: 'tool',
        tool_call_id: 'call_fake_2',
        content: [
          { type: 'text', text: 'The tool failed.' },
          { type: 'text', text: 'No such city' },
        ],
      },
      { role: 'user', content: 'Which is warmer?' },
    ])
    expect(done.content).toMatchObject([{ type: 'text', text: 'Which is warmer?' }])
  })

  test('whose image nobody counted is charged for an image, not for the length of its data', async () => {
    provider.script({ kind: 'answer', text: 'A cat.', usage: 'never' })
    const data = 'A'.repeat(400_000)
    const message = await client.messages.create({
      model,
      max_tokens: 10,
      messages: [
        {
          role: 'user',
          content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data } }],
        },
      ],
    })
    expect(message.usage).toMatchObject({ input_tokens: 1_504, output_tokens: 2 })
    expect(await recordOf(message)).toMatchObject({ promptTokens: 1_504, completionTokens: 2 })
  })

  test('is answered at the client’s beta address too', async () => {
    const message = await client.beta.messages.create({ model, max_tokens: 10, messages: ask('Hello') })
    expect(message.content).toMatchObject([{ type: 'text', text: 'Hello' }])
  })

  test('is answered by the local model without any provider', async () => {
    const message = await client.messages.create({
      model: 'local/extractive',
      max_tokens: 500,
      messages: ask('Hello?'),
    })
    expect(message).toMatchObject({ model: 'local/extractive', stop_reason: 'end_turn' })
    expect(message.content[0]).toMatchObject({ type: 'text', text: expect.stringMatching(/\w/) })
  })
})

describe('a stream', () => {
  test.each([
    ['of text', { kind: 'answer', text: 'Zwölf Bären tanzen.', tokens: { prompt: 50, cached: 20 } }],
    ['of parallel tool calls', twoCalls],
    ['that the provider did not count', { kind: 'answer', text: 'one two three', usage: 'never' }],
  ] as const)('%s adds up to the message that is not streamed', async (_, behaviour) => {
    const request = { model, max_tokens: 100, tools: [weather], messages: ask('Hello there') }
    provider.script(behaviour)
    const whole = await client.messages.create(request)
    provider.script(behaviour)
    const streamed = await client.messages.stream(request).finalMessage()
    expect(withoutId(streamed)).toEqual(withoutId(whole))
    expect(await recordOf(streamed)).toMatchObject({ status: 'ok', timeToFirstTokenMs: expect.any(Number) })
  })

  test('sends the events in Anthropic’s order, each by its name', async () => {
    provider.script({ kind: 'answer', text: 'one two' })
    const response = await client.messages
      .create({ model, max_tokens: 100, stream: true, messages: ask('Hello') })
      .asResponse()
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
    const events = (await response.text()).trim().split('\n\n')
    const names = events.map((event) => /^event: (\w+)\ndata: \{"type":"\1"/.exec(event)?.[1])
    expect(names).toEqual([
      'message_start',
      'ping',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
  })

  test('that breaks off is an error event, and what was written is paid for', async () => {
    provider.script({ kind: 'cut', afterPieces: 2, text: 'one two three' })
    const stream = client.messages.stream({ model, max_tokens: 100, messages: ask('Hello') })
    const texts: string[] = []
    stream.on('text', (text) => texts.push(text))
    const refused = await refusal(stream.finalMessage())
    expect(refused).toMatchObject({ type: 'api_error', message: expect.stringMatching(/broke off/) })
    expect(texts.join('')).toBe('one two')
    const { body } = await ada.call<{ data: unknown[] }>('GET', '/api/v1/usage/records')
    expect(body.data).toMatchObject([
      { status: 'error', errorCode: 'gateway.provider_stream_cut', completionTokens: 2 },
    ])
  })

  test('whose reader leaves is recorded as aborted and ends the call at the provider', async () => {
    const before = provider.calls.length
    provider.script({ kind: 'hang', afterPieces: 2, text: 'one two three' })
    const stream = client.messages.stream({ model, max_tokens: 100, messages: ask('Hello') })
    for await (const event of stream) if (event.type === 'content_block_delta') break
    stream.abort()
    await provider.settled()
    expect(provider.calls[before]?.state).toBe('aborted')
    const records = () => ada.call<{ data: unknown[] }>('GET', '/api/v1/usage/records')
    await expect.poll(async () => (await records()).body.data.length, { timeout: 10_000 }).toBe(1)
    expect((await records()).body.data).toMatchObject([{ status: 'aborted', errorCode: 'caller_gone' }])
  })
})

describe('a refusal', () => {
  const create = (changes: Record<string, unknown>) =>
    // What the types of the client do not let anybody send.
    client.messages.create({ model, max_tokens: 10, messages: ask('Hi'), ...changes } as never)

  test('of the provider has the class that the client retries by', async () => {
    provider.script(rateLimited('7'))
    expect(await refusal(create({}))).toMatchObject({ status: 429, type: 'rate_limit_error' })
    provider.script(serverError(500))
    expect(await refusal(create({ stream: true }))).toMatchObject({ status: 503, type: 'overloaded_error' })
  })

  test('of a key, a model and a budget each have their class and the request id', async () => {
    const stranger = new Anthropic({
      baseURL: listening.url,
      apiKey: 'fh_unknown',
      authToken: null,
      maxRetries: 0,
    })
    const request = { model, max_tokens: 10, messages: ask('Hi') }
    const unknownKey = await refusal(stranger.messages.create(request))
    expect(unknownKey).toMatchObject({ status: 401, type: 'authentication_error' })
    expect(unknownKey.requestID).toMatch(/^[0-9a-f-]{36}$/)
    expect(await refusal(create({ model: 'openai/gpt-4o-mni' }))).toMatchObject({
      status: 404,
      type: 'not_found_error',
      message: expect.stringContaining("'openai/gpt-4o-mini'"),
    })
    await ada.call('PUT', '/api/v1/budgets/organization', { limitUsd: '0.0000001' })
    const before = provider.calls.length
    expect(await refusal(create({}))).toMatchObject({ status: 402, type: 'billing_error' })
    expect(provider.calls.length).toBe(before)
  })

  const document = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'x' } }
  const cited = { type: 'text', text: 'x', citations: [{ type: 'char_location' }] }
  test.each([
    ['thinking', { thinking: { type: 'enabled', budget_tokens: 1_024 } }, 'thinking.type'],
    ['a document', { messages: [{ role: 'user', content: [document] }] }, 'messages.0.content.0.type'],
    ['citations', { messages: [{ role: 'user', content: [cited] }] }, 'messages.0.content.0.citations'],
    [
      'a tool of Anthropic’s own',
      { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
      'tools.0.type',
    ],
    ['an effort', { output_config: { effort: 'low' } }, 'output_config.effort'],
    ['servers to connect to', { mcp_servers: [] }, 'mcp_servers'],
    ['no cap', { max_tokens: undefined }, 'max_tokens'],
    [
      'a result behind a text',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'x' },
              { type: 'tool_result', tool_use_id: 'a' },
            ],
          },
        ],
      },
      'messages.0.content.1.type',
    ],
  ])('of %s names the field, and nothing leaves', async (_, changes, field) => {
    const before = provider.calls.length
    expect(await refusal(create(changes))).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      message: expect.stringContaining(`"${field}"`),
    })
    expect(provider.calls.length).toBe(before)
  })

  test('of top_k depends on the provider', async () => {
    await create({ top_k: 40 })
    expect(lastBody().top_k).toBe(40)
    const before = provider.calls.length
    expect(await refusal(create({ model: 'local/extractive', top_k: 40 }))).toMatchObject({
      status: 400,
      message: expect.stringMatching(/top_k is not supported/),
    })
    expect(provider.calls.length).toBe(before)
  })
})

test('marks of prompt caching go to a provider that has them, and are no error elsewhere', async () => {
  const cache_control = { type: 'ephemeral', ttl: '1h' } as const
  const request = {
    max_tokens: 10,
    system: [{ type: 'text', text: 'Be brief.', cache_control }],
    tools: [{ ...weather, cache_control }],
    messages: ask('Hi'),
  } satisfies Partial<Anthropic.MessageCreateParams>
  await client.messages.create({ model, ...request })
  expect(lastBody()).toMatchObject({
    messages: [{ content: [{ type: 'text', text: 'Be brief.', cache_control }] }, {}],
    tools: [{ cache_control }],
  })
  const elsewhere = await client.messages.create({ model: 'local/extractive', ...request })
  expect(elsewhere.stop_reason).toBe('max_tokens')
})

describe('a count of tokens', () => {
  test('is an estimate that costs nothing and reaches no provider', async () => {
    const before = provider.calls.length
    const count = (fields: Partial<Anthropic.MessageCountTokensParams>) =>
      client.messages.countTokens({ model, messages: ask('x'.repeat(4_000)), ...fields })
    const plain = await count({})
    expect(plain).toEqual({ input_tokens: 1_004 })
    const more = await count({ system: 'y'.repeat(400), tools: [weather] })
    expect(more.input_tokens).toBeGreaterThan(1_104)
    expect(provider.calls.length).toBe(before)
    const { body } = await ada.call<{ data: unknown[] }>('GET', '/api/v1/usage/records')
    expect(body.data).toEqual([])
  })

  test('takes an image for an image, however large its data', async () => {
    const data = 'A'.repeat(400_000)
    const content: Anthropic.ImageBlockParam[] = [
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
    ]
    const { input_tokens } = await client.messages.countTokens({
      model,
      messages: [{ role: 'user', content }],
    })
    expect(input_tokens).toBe(1_504)
  })

  test('of a model that is not there is refused', async () => {
    const answer = client.messages.countTokens({ model: 'nobody/nothing', messages: ask('Hi') })
    expect(await refusal(answer)).toMatchObject({ status: 404, type: 'not_found_error' })
  })
})
