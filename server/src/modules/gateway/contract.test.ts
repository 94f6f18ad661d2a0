import { describe, expect, it } from 'vitest'
import { chatRequestSchema, embeddingsRequestSchema } from './contract.ts'
import { describeInvalidRequest } from './rules/describe-invalid-request.ts'

const user = { role: 'user', content: 'Hi' }
const chat = (changes: object) => ({ model: 'm', messages: [user], ...changes })

function problem(schema: typeof chatRequestSchema | typeof embeddingsRequestSchema, body: unknown) {
  const parsed = schema.safeParse(body)
  return parsed.success ? undefined : describeInvalidRequest(parsed.error.issues)
}

describe('a chat request', () => {
  it.each([
    ['unknown fields', { top_k: 40, reasoning: { effort: 'low' }, provider: { order: ['x'] } }],
    [
      'nulls for what is optional',
      { temperature: null, max_tokens: null, stop: null, tools: null, stream: null, n: null },
    ],
    [
      'content parts, known and unknown',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'a' },
              { type: 'image_url', image_url: { url: 'u' } },
              { type: 'input_audio', input_audio: {} },
            ],
          },
        ],
      },
    ],
    [
      'a whole tool conversation',
      {
        tools: [{ type: 'function', function: { name: 'f', parameters: {} } }],
        tool_choice: { type: 'function', function: { name: 'f' } },
        messages: [
          user,
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: '1', type: 'function', function: { name: 'f', arguments: '{}' } }],
          },
          { role: 'tool', tool_call_id: '1', content: 'x' },
        ],
      },
    ],
    ['a stream with options', { stream: true, stream_options: { include_usage: true } }],
    ['one choice', { n: 1 }],
    [
      'a schema for the answer',
      { response_format: { type: 'json_schema', json_schema: { name: 'n', schema: {} } } },
    ],
    ['a reference to a user and metadata', { user: 'u', metadata: { a: 'b' } }],
  ])('may have %s, and keeps them', (_, changes) => {
    expect(chatRequestSchema.parse(chat(changes))).toEqual(chat(changes))
  })

  it.each([
    ['no model', { model: undefined }, 'model', 'model is required: the id of a model of GET /v1/models.'],
    ['no messages', { messages: [] }, 'messages', 'messages must hold at least one message.'],
    [
      'an unknown role',
      { messages: [{ role: 'robot', content: 'x' }] },
      'messages[0].role',
      /must be one of system, developer/,
    ],
    [
      'a number as content',
      { messages: [user, { role: 'user', content: 7 }] },
      'messages[1].content',
      'messages[1].content must be a string or an array of content parts.',
    ],
    [
      'a user without content',
      { messages: [{ role: 'user' }] },
      'messages[0].content',
      'messages[0].content is required in a user message.',
    ],
    [
      'a text part without text',
      { messages: [{ role: 'user', content: [{ type: 'text' }] }] },
      'messages[0].content[0].text',
      /must be a string/,
    ],
    [
      'an image without address',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: 'u' }] }] },
      'messages[0].content[0].image_url.url',
      /must be a string/,
    ],
    [
      'a tool result of no call',
      { messages: [{ role: 'tool', content: 'x' }] },
      'messages[0].tool_call_id',
      /is required in a tool message/,
    ],
    ['a temperature too high', { temperature: 2.1 }, 'temperature', /2/],
    ['no output at all', { max_tokens: 0 }, 'max_tokens', 'max_tokens must be at least 1.'],
    [
      'half a token',
      { max_completion_tokens: 1.5 },
      'max_completion_tokens',
      'max_completion_tokens must be a whole number.',
    ],
    ['several choices', { n: 2 }, 'n', /^n must be 1: several choices/],
    [
      'stream options without a stream',
      { stream_options: { include_usage: true } },
      'stream_options',
      'stream_options is only allowed when stream is true.',
    ],
    ['a word as stream', { stream: 'yes' }, 'stream', /boolean/],
    [
      'a schema format without its schema',
      { response_format: { type: 'json_schema' } },
      'response_format.json_schema',
      /is required/,
    ],
    [
      'a tool name with a space',
      { tools: [{ type: 'function', function: { name: 'a b' } }] },
      'tools[0].function.name',
      /letters, digits/,
    ],
    ['metadata that is no text', { metadata: { a: 1 } }, 'metadata.a', /string/],
    ['a dearer tier', { service_tier: 'priority' }, 'service_tier', /other tiers have other prices/],
    ['more models to fall back on than are tried', { models: Array(11).fill('a') }, 'models', /10/],
    ['plugins', { plugins: [{ id: 'web' }] }, 'plugins', /^'plugins' is not supported/],
    [
      'a web search',
      { web_search_options: {} },
      'web_search_options',
      /^'web_search_options' is not supported/,
    ],
  ])('is refused with %s, naming the parameter', (_, changes, param, message) => {
    expect(problem(chatRequestSchema, chat(changes))).toEqual({
      param,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    })
  })

  it('is refused as a whole when it is no object', () => {
    expect(problem(chatRequestSchema, 'hello')?.param).toBeNull()
  })
})

describe('an embeddings request', () => {
  it.each(['a', ['a', 'b'], [1, 2], [[1, 2], [3]]])('takes %j as input', (input) => {
    expect(embeddingsRequestSchema.parse({ model: 'm', input, truncate: 'END' })).toEqual({
      model: 'm',
      input,
      truncate: 'END',
    })
  })

  it.each(['', [], ['a', ''], [1.5], [-1], 7, [['a']], Array.from({ length: 2_049 }, () => 'a')])(
    'refuses an input of another shape',
    (input) => {
      expect(problem(embeddingsRequestSchema, { model: 'm', input })?.param).toMatch(/^input/)
    },
  )

  it.each([{ dimensions: 0 }, { encoding_format: 'hex' }, { model: '' }])('refuses %j', (changes) => {
    expect(problem(embeddingsRequestSchema, { model: 'm', input: 'a', ...changes })?.param).toBe(
      Object.keys(changes)[0],
    )
  })
})
