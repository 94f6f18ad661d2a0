import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../../platform/clock.ts'
import { type FakeAnthropic, startFakeAnthropic } from '../../../../testing/fake-provider/fake-anthropic.ts'
import type { ChatRequest } from '../../contract.ts'
import type { ChatCall, Provider } from '../provider.ts'
import { ProviderError } from '../provider-error.ts'
import { createAnthropicProvider } from './create-provider.ts'

const apiKey = 'Zq3v0123456789abcdef'

describe('what the anthropic provider sends', () => {
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
  async function failureOf(promise: Promise<unknown>): Promise<ProviderError> {
    const error = await promise.then(
      () => new Error('It did not fail.'),
      (reason: unknown) => reason,
    )
    if (!(error instanceof ProviderError)) throw error
    return error
  }

  it('sends a chat in Anthropic’s words, with its key, its version and the lower of both caps', async () => {
    await provider.chat(
      call({
        messages: [
          { role: 'system', content: 'Be brief.' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is this?', cache_control: { type: 'ephemeral', ttl: '1h' } },
              { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
              { type: 'image_url', image_url: { url: 'https://example.org/cat.png' } },
            ],
          },
          {
            role: 'assistant',
            content: 'I look.',
            reasoning_details: [
              {
                type: 'reasoning.text',
                text: 'Hm.',
                signature: 'sig',
                format: 'anthropic-claude-v1',
                index: 0,
              },
              { type: 'reasoning.encrypted', data: 'blob', format: 'anthropic-claude-v1', index: 1 },
              { type: 'reasoning.encrypted', data: 'other', format: 'openai-responses-v1', index: 2 },
            ],
            tool_calls: [
              { id: 'a', type: 'function', function: { name: 'find', arguments: '{"q":1}' } },
              { id: 'b', type: 'function', function: { name: 'find', arguments: '' } },
            ],
          },
          { role: 'tool', tool_call_id: 'a', content: 'one' },
          { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: 'two' }] },
          { role: 'user', content: 'And?' },
          { role: 'developer', content: 'In German.' },
        ],
        tools: [
          {
            type: 'function',
            function: { name: 'find', description: 'Finds', parameters: { type: 'object' }, strict: true },
            cache_control: { type: 'ephemeral' },
          },
        ],
        tool_choice: 'required',
        parallel_tool_calls: false,
        max_tokens: 5_000,
        stop: 'END',
        temperature: 0.5,
        top_k: 3,
        user: 'u-1',
        service_tier: 'default',
        seed: 7,
      }),
    )
    expect(fake.calls.at(-1)).toMatchObject({
      path: '/v1/messages',
      headers: { 'x-api-key': apiKey, 'anthropic-version': '2023-06-01' },
    })
    expect(sent()).toEqual({
      model: 'claude-sonnet-4-6',
      max_tokens: 2_000,
      stream: false,
      system: [
        { type: 'text', text: 'Be brief.' },
        { type: 'text', text: 'In German.' },
      ],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?', cache_control: { type: 'ephemeral', ttl: '1h' } },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
            { type: 'image', source: { type: 'url', url: 'https://example.org/cat.png' } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: 'sig' },
            { type: 'redacted_thinking', data: 'blob' },
            { type: 'text', text: 'I look.' },
            { type: 'tool_use', id: 'a', name: 'find', input: { q: 1 } },
            { type: 'tool_use', id: 'b', name: 'find', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'a', content: 'one' },
            { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: 'two' }] },
            { type: 'text', text: 'And?' },
          ],
        },
      ],
      tools: [
        {
          name: 'find',
          description: 'Finds',
          input_schema: { type: 'object' },
          strict: true,
          cache_control: { type: 'ephemeral' },
        },
      ],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
      stop_sequences: ['END'],
      temperature: 0.5,
      top_k: 3,
      metadata: { user_id: 'u-1' },
      service_tier: 'standard_only',
    })
  })

  it('asks for a schema as Anthropic’s own format, and closes its objects', async () => {
    const inner = { type: 'object', properties: { b: { type: 'string' } } }
    const schema = { type: 'object', properties: { a: { type: 'array', items: inner } } }
    await provider.chat(
      call({ response_format: { type: 'json_schema', json_schema: { name: 'x', schema, strict: true } } }),
    )
    expect(sent()?.output_config).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: { a: { type: 'array', items: { ...inner, additionalProperties: false } } },
          additionalProperties: false,
        },
      },
    })
  })

  it.each<[string, Partial<ChatRequest>, object]>([
    [
      'claude-sonnet-4-6',
      { reasoning_effort: 'high' },
      { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
    ],
    [
      'claude-haiku-4-5',
      { reasoning_effort: 'high' },
      { thinking: { type: 'enabled', budget_tokens: 1_600 } },
    ],
    [
      'claude-haiku-4-5',
      { reasoning: { max_tokens: 1_500 } },
      { thinking: { type: 'enabled', budget_tokens: 1_500 } },
    ],
    ['claude-sonnet-4-6', { reasoning: { effort: 'none' } }, { thinking: { type: 'disabled' } }],
    [
      'claude-opus-5',
      { thinking: { type: 'adaptive', display: 'omitted' } },
      { thinking: { type: 'adaptive', display: 'omitted' } },
    ],
  ])('tells %s how to think as it wants to be told %j', async (model, body, expected) => {
    await provider.chat(call(body, { deploymentModel: model }))
    expect(sent()).toMatchObject(expected)
  })

  it.each<[string, Partial<ChatRequest>]>([
    ['logprobs', { logprobs: true }],
    ['presence_penalty', { presence_penalty: 1 }],
    ['temperature', { temperature: 1.5 }],
    ['service_tier', { service_tier: 'flex' }],
    ['audio', { audio: { voice: 'x' } }],
    ['messages[0].content[0].type', { messages: [{ role: 'user', content: [{ type: 'input_audio' }] }] }],
    ['tools[0].type', { tools: [{ type: 'custom' }] }],
    [
      'messages[0].tool_calls[0].function.arguments',
      {
        messages: [
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{"cut' } }],
          },
        ],
      },
    ],
  ])('refuses %s by its name, and sends nothing', async (param, body) => {
    const error = await failureOf(provider.chat(call(body)))
    expect(error).toMatchObject({ kind: 'rejected', param })
    expect(error.message).toContain(param)
    expect(fake.calls).toHaveLength(0)
  })

  it('takes what changes nothing, such as a client’s defaults', async () => {
    await provider.chat(call({ presence_penalty: 0, logprobs: false, store: false, n: 1, logit_bias: null }))
    expect(fake.calls).toHaveLength(1)
  })
})
