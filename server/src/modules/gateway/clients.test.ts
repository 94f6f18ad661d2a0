import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { beforeEach, describe, expect, test } from 'vitest'
import { country, mockedModels, setClientsStage } from './clients-on-mock.fixture.ts'
import { createOpenRouterClient, type OpenRouterClient } from './open-router-client.fixture.ts'

/** The official clients, and a provider that is neither theirs nor ours. */
const on = setClientsStage()

const hello = 'Good day to you, dear caller.'
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const weather = { type: 'function', function: { name: 'get_weather', parameters } } as const
const cities = [{ city: 'Oslo' }, { city: 'Bergen' }]

describe.each(mockedModels)('%s, by the client of OpenAI', (model) => {
  let openai: OpenAI
  beforeEach(() => {
    openai = new OpenAI({ baseURL: `${on.url}/v1`, apiKey: on.key, maxRetries: 0 })
  })
  const ask = (content: string) => ({ model, messages: [{ role: 'user' as const, content }] })

  test('completes a chat, whole and as a stream with its usage, and is billed for it', async () => {
    const whole = await openai.chat.completions.create(ask('Hello'))
    expect(whole.choices[0]?.message.content).toBe(hello)
    const stream = openai.chat.completions.stream({
      ...ask('Hello'),
      stream_options: { include_usage: true },
    })
    const streamed = await stream.finalChatCompletion()
    expect(streamed.choices[0]).toMatchObject({ message: { content: hello }, finish_reason: 'stop' })
    for (const usage of [whole.usage, streamed.usage])
      expect(usage).toMatchObject({ prompt_tokens: 20, completion_tokens: 7, total_tokens: 27 })
    const { body } = await on.ada.call<{ data: object[] }>('GET', '/api/v1/usage/records')
    expect(body.data).toMatchObject(
      [1, 2].map(() => ({ promptTokens: 20, completionTokens: 7, status: 'ok' })),
    )
  })

  test('calls two tools at once and takes their results, whole and as a stream', async () => {
    const request = { ...ask('The weather?'), tools: [weather] }
    const whole = await openai.chat.completions.create(request)
    const streamed = await openai.chat.completions.stream(request).finalChatCompletion()
    for (const { choices } of [whole, streamed]) {
      const calls = choices[0]?.message.tool_calls ?? []
      expect(choices[0]?.finish_reason).toBe('tool_calls')
      expect(calls.map((call) => call.type === 'function' && JSON.parse(call.function.arguments))).toEqual(
        cities,
      )
    }
    const message = whole.choices[0]?.message
    if (!message) throw new Error('There is no answer.')
    const after = await openai.chat.completions.create({
      ...request,
      messages: [
        ...request.messages,
        message,
        ...(message.tool_calls ?? []).map(({ id }) => ({
          role: 'tool' as const,
          tool_call_id: id,
          content: 'rain',
        })),
      ],
    })
    expect(after.choices[0]?.message.content).toBe('Rain in Oslo and Bergen.')
  })

  test('answers in a schema', async () => {
    const schema = { type: 'object', properties: { name: { type: 'string' } }, additionalProperties: false }
    const answer = await openai.chat.completions.create({
      ...ask('A country?'),
      response_format: { type: 'json_schema', json_schema: { name: 'country', strict: true, schema } },
    })
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual(country)
  })

  test('keeps a conversation of responses with tools, whole and as a stream', async () => {
    const tools = [{ type: 'function' as const, name: 'get_weather', parameters, strict: true }]
    const stream = openai.responses.stream({ model, input: 'The weather?', tools })
    const first = await stream.finalResponse()
    const calls = first.output.filter((item) => item.type === 'function_call')
    expect(calls.map((call) => JSON.parse(call.arguments))).toEqual(cities)
    const second = await openai.responses.create({
      model,
      tools,
      previous_response_id: first.id,
      input: calls.map(({ call_id }) => ({ type: 'function_call_output', call_id, output: 'rain' })),
    })
    expect(second).toMatchObject({ status: 'completed', output_text: 'Rain in Oslo and Bergen.' })
    expect(second.usage).toMatchObject({ input_tokens: 20, output_tokens: 7 })
  })
})

test('the client of OpenAI embeds texts in either encoding', async () => {
  const openai = new OpenAI({ baseURL: `${on.url}/v1`, apiKey: on.key, maxRetries: 0 })
  const request = { model: 'mock-embedding', input: ['one', 'two'] }
  const packed = await openai.embeddings.create(request)
  const plain = await openai.embeddings.create({ ...request, encoding_format: 'float' })
  for (const { data } of [packed, plain])
    expect(data.map(({ embedding }) => Array.from(embedding))).toEqual([
      [0.5, -0.25, 0.125],
      [0.5, -0.25, 0.125],
    ])
})

describe.each(mockedModels)('%s, by the client of Anthropic', (model) => {
  test('answers whole and as a stream, with tools at once', async () => {
    const anthropic = new Anthropic({ baseURL: on.url, apiKey: on.key, maxRetries: 0 })
    const request = (content: string) => ({
      model,
      max_tokens: 200,
      messages: [{ role: 'user' as const, content }],
      tools: [{ name: 'get_weather', input_schema: { ...parameters, type: 'object' as const } }],
    })
    const whole = await anthropic.messages.create(request('Hello'))
    expect(whole).toMatchObject({ content: [{ type: 'text', text: hello }], stop_reason: 'end_turn' })
    expect(whole.usage).toMatchObject({ input_tokens: 20, output_tokens: 7 })
    const streamed = await anthropic.messages.stream(request('The weather?')).finalMessage()
    expect(streamed.stop_reason).toBe('tool_use')
    const inputs = streamed.content.flatMap((block) => (block.type === 'tool_use' ? [block.input] : []))
    expect(inputs).toEqual(cities)
  })
})

describe.each(mockedModels)('%s, by the client of OpenRouter', (model) => {
  let openRouter: OpenRouterClient
  beforeEach(() => {
    openRouter = createOpenRouterClient(`${on.url}/v1`, on.key)
  })

  test('completes a chat that its schema takes, whole and as a stream', async () => {
    const messages = [{ role: 'user' as const, content: 'Hello' }]
    const whole = await openRouter.chat.send({ chatRequest: { model, messages, stream: false } })
    expect(whole.choices[0]?.message.content).toBe(hello)
    expect(whole.usage).toMatchObject({ promptTokens: 20, completionTokens: 7 })
    const stream = await openRouter.chat.send({ chatRequest: { model, messages, stream: true } })
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toBe(hello)
  })

  test('calls tools', async () => {
    const messages = [{ role: 'user' as const, content: 'The weather?' }]
    const answer = await openRouter.chat.send({
      chatRequest: { model, messages, tools: [weather], stream: false },
    })
    const calls = answer.choices[0]?.message.toolCalls ?? []
    expect(calls.map((call) => JSON.parse(call.function.arguments))).toEqual(cities)
  })
})
