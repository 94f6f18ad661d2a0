import type Anthropic from '@anthropic-ai/sdk'
import { describe, expect, test } from 'vitest'
import { ask, model, refusal, setAnthropicStage, weather } from './anthropic-sdk.fixture.ts'

const on = setAnthropicStage()

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
  const { status, body } = await on.ada.call('GET', `/api/v1/usage/${message.id.slice('msg_'.length)}`)
  return { status, ...body }
}

describe('a message', () => {
  test('counts in the budgets of the tag that its header names', async () => {
    on.provider.script({ kind: 'answer', text: 'Good day.' })
    const message = await on.client.messages.create(
      { model, max_tokens: 100, messages: ask('Hello') },
      { headers: { 'x-freehold-tag': 'nightly' } },
    )
    expect(await recordOf(message)).toMatchObject({ status: 'ok', tag: 'nightly' })
  })

  test('is answered in Anthropic’s shape, and recorded and priced as a chat is', async () => {
    on.provider.script({
      kind: 'answer',
      text: 'Good day.',
      tokens: { prompt: 1_234, cached: 1_000, completion: 77 },
    })
    const message = await on.client.messages.create({
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
    expect(on.lastBody()).toMatchObject({
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
    const message = await on.client.messages.create({ model, max_tokens: 2, messages: ask('one two three') })
    expect(message.content).toMatchObject([{ text: 'one two' }])
    expect(message.stop_reason).toBe('max_tokens')
  })

  test('sends images as addresses and as data', async () => {
    const data = Buffer.from('not really a picture').toString('base64')
    await on.client.messages.create({
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
    expect(on.lastBody().messages).toEqual([
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
    on.provider.script(twoCalls)
    const asked = ask('What is the weather in Köln and Ålesund?')
    const message = await on.client.messages.create({
      model,
      max_tokens: 100,
      tools: [weather],
      tool_choice: { type: 'any' },
      messages: asked,
    })
    expect(on.lastBody()).toMatchObject({
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
    const done = await on.client.messages.create({
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
    expect(on.lastBody().messages).toEqual([
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
    on.provider.script({ kind: 'answer', text: 'A cat.', usage: 'never' })
    const data = 'A'.repeat(400_000)
    const message = await on.client.messages.create({
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
    const message = await on.client.beta.messages.create({ model, max_tokens: 10, messages: ask('Hello') })
    expect(message.content).toMatchObject([{ type: 'text', text: 'Hello' }])
  })

  test('is answered by the local model without any provider', async () => {
    const message = await on.client.messages.create({
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
    on.provider.script(behaviour)
    const whole = await on.client.messages.create(request)
    on.provider.script(behaviour)
    const streamed = await on.client.messages.stream(request).finalMessage()
    expect(withoutId(streamed)).toEqual(withoutId(whole))
    expect(await recordOf(streamed)).toMatchObject({ status: 'ok', timeToFirstTokenMs: expect.any(Number) })
  })

  test('sends the events in Anthropic’s order, each by its name', async () => {
    on.provider.script({ kind: 'answer', text: 'one two' })
    const response = await on.client.messages
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
    on.provider.script({ kind: 'cut', afterPieces: 2, text: 'one two three' })
    const stream = on.client.messages.stream({ model, max_tokens: 100, messages: ask('Hello') })
    const texts: string[] = []
    stream.on('text', (text) => texts.push(text))
    const refused = await refusal(stream.finalMessage())
    expect(refused).toMatchObject({ type: 'api_error', message: expect.stringMatching(/broke off/) })
    expect(texts.join('')).toBe('one two')
    const { body } = await on.ada.call<{ data: unknown[] }>('GET', '/api/v1/usage/records')
    expect(body.data).toMatchObject([
      { status: 'error', errorCode: 'gateway.provider_stream_cut', completionTokens: 2 },
    ])
  })

  test('whose reader leaves is recorded as aborted and ends the call at the provider', async () => {
    const before = on.provider.calls.length
    on.provider.script({ kind: 'hang', afterPieces: 2, text: 'one two three' })
    const stream = on.client.messages.stream({ model, max_tokens: 100, messages: ask('Hello') })
    for await (const event of stream) if (event.type === 'content_block_delta') break
    stream.abort()
    await on.provider.settled()
    expect(on.provider.calls[before]?.state).toBe('aborted')
    const records = () => on.ada.call<{ data: unknown[] }>('GET', '/api/v1/usage/records')
    await expect.poll(async () => (await records()).body.data.length, { timeout: 10_000 }).toBe(1)
    expect((await records()).body.data).toMatchObject([{ status: 'aborted', errorCode: 'caller_gone' }])
  })
})
