import Anthropic from '@anthropic-ai/sdk'
import { describe, expect, test } from 'vitest'
import { rateLimited, serverError } from '../../testing/fake-provider/behaviours.ts'
import { ask, model, refusal, setAnthropicStage, weather } from './anthropic-sdk.fixture.ts'

const on = setAnthropicStage()

describe('a refusal', () => {
  const create = (changes: Record<string, unknown>) =>
    // What the types of the client do not let anybody send.
    on.client.messages.create({ model, max_tokens: 10, messages: ask('Hi'), ...changes } as never)

  test('of the provider has the class that the client retries by', async () => {
    on.provider.script(rateLimited('7'))
    expect(await refusal(create({}))).toMatchObject({ status: 429, type: 'rate_limit_error' })
    on.provider.script(serverError(500))
    expect(await refusal(create({ stream: true }))).toMatchObject({ status: 503, type: 'overloaded_error' })
  })

  test('of a key, a model and a budget each have their class and the request id', async () => {
    const stranger = new Anthropic({
      baseURL: on.url,
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
    await on.ada.call('PUT', '/api/v1/budgets/organization', { limitUsd: '0.0000001' })
    const before = on.provider.calls.length
    expect(await refusal(create({}))).toMatchObject({ status: 402, type: 'billing_error' })
    expect(on.provider.calls.length).toBe(before)
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
    const before = on.provider.calls.length
    expect(await refusal(create(changes))).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      message: expect.stringContaining(`"${field}"`),
    })
    expect(on.provider.calls.length).toBe(before)
  })

  test('of top_k depends on the provider', async () => {
    await create({ top_k: 40 })
    expect(on.lastBody().top_k).toBe(40)
    const before = on.provider.calls.length
    expect(await refusal(create({ model: 'local/extractive', top_k: 40 }))).toMatchObject({
      status: 400,
      message: expect.stringMatching(/top_k is not supported/),
    })
    expect(on.provider.calls.length).toBe(before)
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
  await on.client.messages.create({ model, ...request })
  expect(on.lastBody()).toMatchObject({
    messages: [{ content: [{ type: 'text', text: 'Be brief.', cache_control }] }, {}],
    tools: [{ cache_control }],
  })
  const elsewhere = await on.client.messages.create({ model: 'local/extractive', ...request })
  expect(elsewhere.stop_reason).toBe('max_tokens')
})

describe('a count of tokens', () => {
  test('is an estimate that costs nothing and reaches no provider', async () => {
    const before = on.provider.calls.length
    const count = (fields: Partial<Anthropic.MessageCountTokensParams>) =>
      on.client.messages.countTokens({ model, messages: ask('x'.repeat(4_000)), ...fields })
    const plain = await count({})
    expect(plain).toEqual({ input_tokens: 1_004 })
    const more = await count({ system: 'y'.repeat(400), tools: [weather] })
    expect(more.input_tokens).toBeGreaterThan(1_104)
    expect(on.provider.calls.length).toBe(before)
    const { body } = await on.ada.call<{ data: unknown[] }>('GET', '/api/v1/usage/records')
    expect(body.data).toEqual([])
  })

  test('takes an image for an image, however large its data', async () => {
    const data = 'A'.repeat(400_000)
    const content: Anthropic.ImageBlockParam[] = [
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
    ]
    const { input_tokens } = await on.client.messages.countTokens({
      model,
      messages: [{ role: 'user', content }],
    })
    expect(input_tokens).toBe(1_504)
  })

  test('of a model that is not there is refused', async () => {
    const answer = on.client.messages.countTokens({ model: 'nobody/nothing', messages: ask('Hi') })
    expect(await refusal(answer)).toMatchObject({ status: 404, type: 'not_found_error' })
  })
})
