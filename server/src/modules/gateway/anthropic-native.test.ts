import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FakeAnthropic, startFakeAnthropic } from '../../testing/fake-provider/fake-anthropic.ts'
import { type Listening, listen } from '../../testing/listen.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { refusal } from './anthropic-sdk.fixture.ts'

let fake: FakeAnthropic
let on: TestApp
let listening: Listening
let ada: Actor
let anthropic: Anthropic
let openai: OpenAI
const model = 'claude-sonnet-4-6'

beforeAll(async () => {
  fake = await startFakeAnthropic()
  on = await createTestApp({ ANTHROPIC_API_KEY: 'sk-ant-of-tests', ANTHROPIC_BASE_URL: fake.url })
  listening = await listen(on.app)
})
afterAll(async () => {
  await listening.close()
  await on.dispose()
  await fake.close()
})
beforeEach(async () => {
  ada = await signUp(on)
  anthropic = new Anthropic({ baseURL: listening.url, authToken: ada.token, apiKey: null, maxRetries: 0 })
  openai = new OpenAI({ baseURL: `${listening.url}/v1`, apiKey: ada.token, maxRetries: 0 })
})

const sent = () => fake.calls.at(-1)?.body
const hello: Anthropic.MessageParam[] = [{ role: 'user', content: 'Hello' }]

async function recordOf(id: string) {
  const { body } = await ada.call('GET', `/api/v1/usage/${id.replace(/^\w+_/, '')}`)
  return body
}

const content = [
  { type: 'thinking', thinking: 'Let me see.', signature: 'c2ln' },
  {
    type: 'text',
    text: 'Three months.',
    citations: [
      {
        type: 'char_location',
        cited_text: 'x',
        document_index: 0,
        document_title: null,
        start_char_index: 0,
        end_char_index: 1,
        file_id: null,
      },
    ],
  },
]
const usage = {
  input_tokens: 1_000,
  cache_read_input_tokens: 2_000,
  cache_creation_input_tokens: 3_000,
  cache_creation: { ephemeral_5m_input_tokens: 1_000, ephemeral_1h_input_tokens: 2_000 },
  output_tokens: 100,
}
// 1,000 × 3 + 2,000 × 0.30 + 1,000 × 3.75 + 2,000 × 6 + 100 × 15 dollars a million.
const costNanos = '20850000'

describe('a message for one of Anthropic’s own models', () => {
  test('loses nothing on either way: thinking, citations, documents and betas', async () => {
    fake.script({ kind: 'message', content, usage })
    const document = {
      type: 'document',
      source: { type: 'text', media_type: 'text/plain', data: 'The notice period.' },
      citations: { enabled: true },
    } as const
    const asked = {
      max_tokens: 2_000,
      thinking: { type: 'enabled', budget_tokens: 1_024 },
      messages: [
        { role: 'user', content: [document, { type: 'text', text: 'How long?' }] },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Before.', signature: 'b2xk' },
            { type: 'text', text: 'Well,' },
          ],
        },
        { role: 'user', content: 'Go on.' },
      ],
    } satisfies Partial<Anthropic.MessageCreateParamsNonStreaming>
    const message = await anthropic.messages.create(
      { model, ...asked },
      { headers: { 'anthropic-beta': 'a-beta-2026-01-01' } },
    )
    expect(sent()).toEqual({ model, stream: false, ...asked })
    expect(fake.calls.at(-1)?.headers).toMatchObject({
      'x-api-key': 'sk-ant-of-tests',
      'anthropic-beta': 'a-beta-2026-01-01',
    })
    expect(message).toMatchObject({ model, content, usage, stop_reason: 'end_turn' })
    expect(await recordOf(message.id)).toMatchObject({
      status: 'ok',
      provider: 'anthropic',
      promptTokens: 6_000,
      cachedTokens: 2_000,
      completionTokens: 100,
      costNanos,
    })
  })

  test('streams the provider’s own events', async () => {
    fake.script({ kind: 'message', content, usage })
    const stream = anthropic.messages.stream({ model, max_tokens: 2_000, messages: hello })
    const message = await stream.finalMessage()
    expect(message.content).toMatchObject([content[0], { type: 'text', text: 'Three months.' }])
    expect(message.usage).toMatchObject(usage)
    expect(await recordOf(message.id)).toMatchObject({ status: 'ok', costNanos })
  })

  test('is priced with the searches that the provider made, within a bound that was held', async () => {
    const tools = [{ type: 'web_search_20250305', name: 'web_search', max_uses: 3 }] as const
    fake.script({
      kind: 'message',
      content: [{ type: 'text', text: 'Found.' }],
      usage: { input_tokens: 1_000, output_tokens: 0, server_tool_use: { web_search_requests: 2 } },
    })
    const message = await anthropic.messages.create({
      model,
      max_tokens: 10,
      messages: hello,
      tools: [...tools],
    })
    // 1,000 × 3 dollars a million, and two cents.
    expect(await recordOf(message.id)).toMatchObject({ costNanos: '23000000' })
    // Four readings of a window of a million tokens, at most twice the price of input.
    await ada.call('PUT', '/api/v1/budgets/organization', { limitUsd: '20' })
    const before = fake.calls.length
    expect(
      await refusal(anthropic.messages.create({ model, max_tokens: 10, messages: hello, tools: [...tools] })),
    ).toMatchObject({ status: 402 })
    expect(fake.calls).toHaveLength(before)
  })

  test.each<[string, object]>([
    ['tools.0.type', { tools: [{ type: 'code_execution_20250825', name: 'code_execution' }] }],
    ['tools.0.max_uses', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }],
    ['container', { container: 'c_1' }],
    ['speed', { speed: 'fast' }],
    ['inference_geo', { inference_geo: 'us' }],
    ['fallbacks', { fallbacks: [] }],
  ])('refuses %s, whose cost cannot be known before, and sends nothing', async (field, fields) => {
    const before = fake.calls.length
    const { status, body } = await ada.call<{ error: { type: string; message: string } }>(
      'POST',
      '/v1/messages',
      {
        model,
        max_tokens: 10,
        messages: hello,
        ...fields,
      },
    )
    expect({ status, type: body.error.type }).toEqual({ status: 400, type: 'invalid_request_error' })
    expect(body.error.message).toContain(field)
    expect(fake.calls).toHaveLength(before)
  })

  test('that breaks off is billed the input as counted and the output as far as it came', async () => {
    fake.script({
      kind: 'events',
      events: [
        {
          type: 'message_start',
          message: {
            id: 'm',
            type: 'message',
            role: 'assistant',
            model,
            content: [],
            usage: { input_tokens: 777, output_tokens: 1 },
          },
        },
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
        {
          type: 'content_block_delta',
          index: 0,
          delta: { type: 'text_delta', text: 'forty bytes of text are about ten tokens' },
        },
      ],
      ends: 'cut',
    })
    const stream = anthropic.messages.stream({ model, max_tokens: 2_000, messages: hello })
    await expect(stream.finalMessage()).rejects.toThrow()
    const { body } = await ada.call<{ data: Record<string, unknown>[] }>('GET', '/api/v1/usage/records')
    expect(body.data).toMatchObject([
      { status: 'error', errorCode: 'gateway.provider_stream_cut', promptTokens: 777, completionTokens: 10 },
    ])
  })

  test('has its tokens counted by the provider', async () => {
    const { input_tokens: counted } = await anthropic.messages.countTokens({ model, messages: hello })
    expect(fake.calls.at(-1)?.path).toBe('/v1/messages/count_tokens')
    expect(counted).toBeGreaterThan(0)
  })

  test('that the provider refuses is refused in Anthropic’s shape, and costs nothing', async () => {
    fake.script({
      kind: 'status',
      status: 529,
      body: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    })
    expect(
      await refusal(anthropic.messages.create({ model, max_tokens: 10, messages: hello })),
    ).toMatchObject({ status: 503, type: 'overloaded_error' })
    const { body } = await ada.call<{ data: Record<string, unknown>[] }>('GET', '/api/v1/usage/records')
    expect(body.data).toMatchObject([{ status: 'error', costNanos: '0' }])
  })
})

describe('one of Anthropic’s models, asked in OpenAI’s words', () => {
  test('answers a chat at its own prices, and takes its reasoning back', async () => {
    fake.script({ kind: 'message', content, usage })
    const first = await openai.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'How long?' }],
      reasoning_effort: 'high',
    })
    expect(first.choices[0]?.message.content).toBe('Three months.')
    const { body } = await ada.call<{ data: unknown[] }>('GET', '/api/v1/usage/records')
    expect(body.data).toMatchObject([{ provider: 'anthropic', costNanos }])
    const [choice] = first.choices
    if (!choice) throw new Error('There is no choice.')
    await openai.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'How long?' }, choice.message, { role: 'user', content: 'Sure?' }],
    })
    expect(sent()?.messages).toMatchObject([
      { role: 'user' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Let me see.', signature: 'c2ln' },
          { type: 'text', text: 'Three months.' },
        ],
      },
      { role: 'user' },
    ])
  })

  test('keeps its reasoning over the turns of a stored conversation', async () => {
    const tool = { type: 'function', name: 'look', parameters: {}, strict: false } as const
    fake.script({
      kind: 'message',
      content: [
        { type: 'thinking', thinking: 'I look.', signature: 'c2ln' },
        { type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: 1 } },
      ],
      stopReason: 'tool_use',
    })
    const stream = openai.responses.stream({ model, input: 'Look!', tools: [tool] })
    const first = await stream.finalResponse()
    expect(first.output).toMatchObject([
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'I look.' }] },
      { type: 'function_call', name: 'look', arguments: '{"at":1}' },
    ])
    await openai.responses.create({
      model,
      previous_response_id: first.id,
      input: [{ type: 'function_call_output', call_id: 'toolu_1', output: 'seen' }],
      tools: [tool],
    })
    expect(sent()?.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Look!' }] },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'I look.', signature: 'c2ln' },
          { type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: 1 } },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'seen' }] },
    ])
  })

  test('keeps it for a caller who stores nothing here, too', async () => {
    fake.script({ kind: 'message', content })
    const first = await openai.responses.create({
      model,
      input: 'How long?',
      store: false,
      include: ['reasoning.encrypted_content'],
    })
    // What came out goes in again, as clients do; their types differ in kinds of items that are not here.
    const before = first.output as OpenAI.Responses.ResponseInputItem[]
    await openai.responses.create({
      model,
      store: false,
      input: [{ role: 'user', content: 'How long?' }, ...before, { role: 'user', content: 'Sure?' }],
    })
    expect(JSON.stringify(sent()?.messages)).toContain('"signature":"c2ln"')
  })
})
