import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../../platform/clock.ts'
import {
  type AnthropicBehaviour,
  type FakeAnthropic,
  startFakeAnthropic,
} from '../../../../testing/fake-provider/fake-anthropic.ts'
import { type ChatRequest, chatCompletionChunkSchema } from '../../contract.ts'
import { joinDetails } from '../../rules/reasoning-details.ts'
import { describeProvider } from '../provider.suite.ts'
import type { ChatCall, ChatChunk, Provider } from '../provider.ts'
import { ProviderError } from '../provider-error.ts'
import { createAnthropicProvider } from './create-provider.ts'

const apiKey = 'Zq3v0123456789abcdef'

describeProvider('anthropic', async () => {
  const fake = await startFakeAnthropic()
  const provider = createAnthropicProvider({ baseUrl: fake.url, apiKey, clock: systemClock })
  const stop = async () => {
    await provider.close()
    await fake.close()
  }
  return { provider, chatModel: 'claude-fake', embeddingModel: null, stop }
})

describe('the anthropic provider', () => {
  let fake: FakeAnthropic
  let provider: Provider

  beforeEach(async () => {
    fake = await startFakeAnthropic()
    provider = createAnthropicProvider({
      baseUrl: `${fake.url}/v1/`,
      apiKey,
      clock: systemClock,
      bodyIdleTimeoutMs: 300,
    })
  })
  afterEach(async () => {
    await provider.close()
    await fake.close()
  })

  function call(body: Partial<ChatRequest> = {}, changes: Partial<ChatCall> = {}): ChatCall {
    return {
      deploymentModel: 'claude-sonnet-4-6',
      body: { model: 'alias', messages: [{ role: 'user', content: 'Hello' }], ...body },
      maxOutputTokens: 2_000,
      signal: new AbortController().signal,
      requestId: 'request-1',
      ...changes,
    }
  }
  const sent = () => fake.calls.at(-1)?.body
  const stream = (one = call()): Promise<ChatChunk[]> => Array.fromAsync(provider.streamChat(one))
  const deltasOf = (chunks: readonly ChatChunk[]) =>
    chunks.flatMap(({ data }) =>
      chatCompletionChunkSchema.parse(JSON.parse(data)).choices.map((one) => one.delta),
    )

  async function failureOf(promise: Promise<unknown>): Promise<ProviderError> {
    const error = await promise.then(
      () => new Error('It did not fail.'),
      (reason: unknown) => reason,
    )
    if (!(error instanceof ProviderError)) throw error
    return error
  }

  const thinking: AnthropicBehaviour = {
    kind: 'message',
    content: [
      { type: 'thinking', thinking: 'It is about Köln.', signature: 'c2ln' },
      { type: 'redacted_thinking', data: 'YmxvYg' },
      { type: 'text', text: 'I look at both.' },
      { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: { city: 'Köln', days: [1, 2] } },
      { type: 'tool_use', id: 'toolu_2', name: 'get_time', input: {} },
    ],
    stopReason: 'tool_use',
    usage: {
      input_tokens: 10,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 1_000,
      cache_creation: { ephemeral_5m_input_tokens: 400, ephemeral_1h_input_tokens: 600 },
      output_tokens: 50,
      output_tokens_details: { thinking_tokens: 20 },
    },
  }
  const usage = {
    promptTokens: 1_110,
    cachedTokens: 100,
    cacheWriteTokens: 1_000,
    cacheWriteHourTokens: 600,
    completionTokens: 50,
    reasoningTokens: 20,
    reportedCostNanos: null,
  }
  const toolCalls = [
    {
      id: 'toolu_1',
      type: 'function',
      function: { name: 'get_weather', arguments: '{"city":"Köln","days":[1,2]}' },
    },
    { id: 'toolu_2', type: 'function', function: { name: 'get_time', arguments: '{}' } },
  ]
  const details = [
    {
      type: 'reasoning.text',
      text: 'It is about Köln.',
      signature: 'c2ln',
      format: 'anthropic-claude-v1',
      index: 0,
    },
    { type: 'reasoning.encrypted', data: 'YmxvYg', format: 'anthropic-claude-v1', index: 1 },
  ]

  it('answers as a chat completion, with reasoning, parallel calls and all that was counted', async () => {
    fake.script(thinking)
    const result = await provider.chat(call())
    expect(result).toMatchObject({ text: 'I look at both.', finishReason: 'tool_calls', usage })
    expect(result.body).toMatchObject({
      choices: [
        {
          message: {
            content: 'I look at both.',
            reasoning: 'It is about Köln.',
            reasoning_details: details,
            tool_calls: toolCalls,
          },
          finish_reason: 'tool_calls',
        },
      ],
      usage: {
        prompt_tokens: 1_110,
        completion_tokens: 50,
        prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 1_000 },
        completion_tokens_details: { reasoning_tokens: 20 },
      },
    })
  })

  it('streams the same, piece by piece', async () => {
    fake.script(thinking)
    const chunks = await stream()
    const deltas = deltasOf(chunks)
    expect(chunks.map(({ textDelta }) => textDelta).join('')).toBe('I look at both.')
    expect(deltas.map((delta) => delta.reasoning ?? '').join('')).toBe('It is about Köln.')
    const pieces = deltas.flatMap((delta) =>
      Array.isArray(delta.reasoning_details) ? delta.reasoning_details : [],
    )
    expect(joinDetails(pieces)).toEqual(details)
    const calls = deltas.flatMap((delta) => (Array.isArray(delta.tool_calls) ? delta.tool_calls : []))
    const inputOf = (index: number) =>
      calls.flatMap((one) => (one.index === index ? one.function.arguments : [])).join('')
    expect([inputOf(0), inputOf(1)]).toEqual(['{"city":"Köln","days":[1,2]}', '{}'])
    expect(chunks.find((chunk) => chunk.usage)?.usage).toEqual(usage)
  })

  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['refusal', 'content_filter'],
    ['pause_turn', 'stop'],
  ])('says of %s that it ended by %s', async (stopReason, expected) => {
    fake.script({ kind: 'message', content: [{ type: 'text', text: 'x' }], stopReason })
    expect((await provider.chat(call())).finishReason).toBe(expected)
  })

  const failWith = (status: number, type: string, message: string): AnthropicBehaviour => ({
    kind: 'status',
    status,
    body: { type: 'error', error: { type, message } },
    headers: status === 429 ? { 'retry-after': '7' } : {},
  })

  it.each<[AnthropicBehaviour, object]>([
    [failWith(529, 'overloaded_error', 'Overloaded'), { kind: 'unavailable', status: 529 }],
    [failWith(429, 'rate_limit_error', 'slow'), { kind: 'rate_limited', retryAfterMs: 7_000 }],
    [failWith(401, 'authentication_error', `invalid x-api-key ${apiKey}`), { kind: 'authentication' }],
    [failWith(400, 'invalid_request_error', 'Your credit balance is too low.'), { kind: 'authentication' }],
    [
      failWith(400, 'invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
      { kind: 'context_too_long' },
    ],
    [failWith(400, 'invalid_request_error', 'messages: first must be user'), { kind: 'rejected' }],
    [failWith(500, 'api_error', 'oh'), { kind: 'unavailable' }],
    [{ kind: 'status', status: 502, body: '<html><h1>Bad gateway</h1></html>' }, { kind: 'unavailable' }],
  ])('tells failures apart: %j', async (behaviour, expected) => {
    fake.script(behaviour, behaviour)
    for (const error of [await failureOf(provider.chat(call())), await failureOf(stream())]) {
      expect(error).toMatchObject({ ...expected, beforeFirstByte: true })
      expect(error.message).not.toMatch(/<|Zq3v/)
    }
  })

  const begun = [
    {
      type: 'message_start',
      message: { id: 'm', model: 'x', usage: { input_tokens: 40, output_tokens: 1 } },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'four and more words' } },
  ]
  it.each<[string, AnthropicBehaviour, string]>([
    [
      'an overload in the middle',
      {
        kind: 'events',
        events: [...begun, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }],
      },
      'unavailable',
    ],
    ['a break', { kind: 'events', events: begun, ends: 'cut' }, 'stream_cut'],
    ['an end that is none', { kind: 'events', events: begun, ends: 'end' }, 'stream_cut'],
    ['silence', { kind: 'events', events: begun, ends: 'hang' }, 'timeout'],
  ])('reports %s, and what was used until then', async (_, behaviour, kind) => {
    fake.script(behaviour)
    let last: ChatChunk | undefined
    const read = async () => {
      for await (const chunk of provider.streamChat(call())) last = chunk
    }
    expect(await failureOf(read())).toMatchObject({ kind, beforeFirstByte: false })
    // The input as it was counted; of the output nothing was: 19 bytes are about 5 tokens.
    expect(last?.usageSoFar).toMatchObject({ promptTokens: 40, completionTokens: 5 })
  })

  it('passes a request of its own protocol on as it is, and the answer back', async () => {
    fake.script(thinking)
    const body = { messages: [{ role: 'user', content: 'Hi' }], thinking: { type: 'adaptive' } }
    const native = { body, betas: 'files-api-2025-04-14' }
    const result = await provider.chat(call({}, { native }))
    expect(sent()).toEqual({ ...body, model: 'claude-sonnet-4-6', max_tokens: 2_000, stream: false })
    expect(fake.calls.at(-1)?.headers['anthropic-beta']).toBe('files-api-2025-04-14')
    expect(result).toMatchObject({ body: { content: thinking.content }, usage })
    fake.script(thinking)
    const chunks = await stream(call({}, { native }))
    const events = chunks.map(({ data }) => JSON.parse(data))
    expect(events.at(0)).toMatchObject({ type: 'message_start' })
    expect(events.at(-1)).toEqual({ type: 'message_stop' })
    expect(events).toContainEqual({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'signature_delta', signature: 'c2ln' },
    })
    expect(chunks.find((chunk) => chunk.usage)).toMatchObject({ usage, finishReason: 'tool_calls' })
  })
})
