import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type MessageRequest, messageRequestSchema } from '../anthropic-contract.ts'
import { type ChatMessage, type ChatRequest, chatRequestSchema } from '../contract.ts'
import { toChatRequest } from './anthropic-request.ts'

const plain = {
  topK: false,
  cacheControl: false,
  reasoningDetails: false,
  messagesApi: false,
  outputCap: 'max_completion_tokens',
} as const
const openRouter = {
  topK: true,
  cacheControl: true,
  reasoningDetails: true,
  messagesApi: false,
  outputCap: 'max_tokens',
} as const

const mark = fc.constantFrom(
  { type: 'ephemeral' as const },
  { type: 'ephemeral' as const, ttl: '1h' as const },
)
const word = fc.string({ minLength: 1 })
const text = fc.record(
  { type: fc.constant('text' as const), text: word, cache_control: mark },
  { requiredKeys: ['type', 'text'] },
)
const image = fc.record(
  {
    type: fc.constant('image' as const),
    source: fc.oneof(
      fc.record({ type: fc.constant('url' as const), url: fc.webUrl() }),
      fc.record({
        type: fc.constant('base64' as const),
        media_type: fc.constantFrom('image/png' as const, 'image/webp' as const),
        data: fc.base64String({ minLength: 4 }),
      }),
    ),
    cache_control: mark,
  },
  { requiredKeys: ['type', 'source'] },
)
/** Without what would stand for an object's own prototype, which the schema leaves out. */
const input = fc
  .dictionary(fc.string(), fc.jsonValue())
  .map((one) => JSON.parse(JSON.stringify(one), (key, value) => (key === '__proto__' ? undefined : value)))
const name = fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/)
const toolUse = fc.record({ type: fc.constant('tool_use' as const), id: word, name, input })
const toolResult = fc.record({ type: fc.constant('tool_result' as const), tool_use_id: word, content: word })
const user = fc
  .tuple(fc.array(toolResult, { maxLength: 3 }), fc.array(fc.oneof(text, image), { maxLength: 3 }))
  .filter(([results, others]) => results.length + others.length > 0)
  .map(([results, others]) => ({ role: 'user' as const, content: [...results, ...others] }))
const assistant = fc
  .tuple(fc.array(text, { maxLength: 2 }), fc.array(toolUse, { maxLength: 3 }))
  .filter(([texts, calls]) => texts.length + calls.length > 0)
  .map(([texts, calls]) => ({ role: 'assistant' as const, content: [...texts, ...calls] }))
const tool = fc.record(
  {
    name,
    description: word,
    input_schema: fc.constant({ type: 'object' as const, properties: { a: { type: 'string' } } }),
    strict: fc.boolean(),
    cache_control: mark,
  },
  { requiredKeys: ['name', 'input_schema'] },
)
const choice = fc.oneof(
  fc.record(
    { type: fc.constantFrom('auto' as const, 'any' as const), disable_parallel_tool_use: fc.constant(true) },
    { requiredKeys: ['type'] },
  ),
  fc.record({ type: fc.constant('tool' as const), name }),
  fc.constant({ type: 'none' as const }),
)
const request = fc.record(
  {
    model: fc.constant('m'),
    max_tokens: fc.integer({ min: 1, max: 100_000 }),
    messages: fc.array(fc.oneof(user, assistant), { minLength: 1, maxLength: 5 }),
    system: fc.array(text, { minLength: 1, maxLength: 3 }),
    tools: fc.array(tool, { minLength: 1, maxLength: 3 }),
    tool_choice: choice,
    cache_control: mark,
    temperature: fc.double({ min: 0, max: 1, noNaN: true }),
    top_p: fc.double({ min: 0, max: 1, noNaN: true }),
    top_k: fc.integer({ min: 1, max: 100 }),
    stop_sequences: fc.array(word, { minLength: 1, maxLength: 4 }),
    metadata: fc.record({ user_id: word }),
    stream: fc.constant(true),
    output_config: fc.constant({
      format: { type: 'json_schema' as const, schema: { type: 'object', properties: {} } },
    }),
  },
  { requiredKeys: ['model', 'max_tokens', 'messages'] },
)

/** The way back, by OpenAI's documentation and not by the code under test. */
function readBack(chat: ChatRequest): unknown {
  const [first, ...others] = chat.messages
  const isSystem = first?.role === 'system'
  const messages: { role: string; content: unknown[] }[] = []
  for (const message of isSystem ? others : chat.messages) {
    const last = messages.at(-1)
    const blocks = blocksBack(message)
    // The results and the rest of one message come as several.
    const goesOn = last?.role === 'user' && message.role !== 'assistant'
    if (goesOn) last.content.push(...blocks)
    else messages.push({ role: message.role === 'assistant' ? 'assistant' : 'user', content: blocks })
  }
  return {
    messages,
    system: isSystem ? partsBack(first.content) : undefined,
    tools: chat.tools?.map(({ function: one, cache_control }) => ({ ...one, cache_control })),
    tool_choice: chat.tool_choice,
    parallel: chat.parallel_tool_calls,
  }
}

function blocksBack(message: ChatMessage): unknown[] {
  if (message.role === 'tool')
    return [{ type: 'tool_result', tool_use_id: message.tool_call_id, content: message.content }]
  const calls = (message.tool_calls ?? []).map(({ id, function: one }) => ({
    type: 'tool_use',
    id,
    name: one?.name,
    input: JSON.parse(one?.arguments ?? ''),
  }))
  return [...partsBack(message.content), ...calls]
}

function partsBack(content: ChatMessage['content']): unknown[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return (content ?? []).map((part) => {
    if (part.type === 'text') return part
    const { url } = part.image_url as { url: string } // an image is all else that there is
    const data = /^data:([^;]+);base64,(.*)$/s.exec(url)
    const source = data ? { type: 'base64', media_type: data[1], data: data[2] } : { type: 'url', url }
    const { image_url: _, ...others } = part
    return { ...others, type: 'image', source }
  })
}

/** Messages of one role in a row are one: neither protocol tells them from it. */
function joined(messages: MessageRequest['messages']): unknown[] {
  const turns: { role: string; content: unknown[] }[] = []
  for (const { role, content } of messages) {
    const last = turns.at(-1)
    if (last?.role === 'user' && role === 'user') last.content.push(...content)
    else turns.push({ role, content: [...content] })
  }
  return turns
}

describe('a request', () => {
  test('says in OpenAI’s words all that it said', () => {
    fc.assert(
      fc.property(request, (made) => {
        const chat = toChatRequest(made, { id: 'm', traits: openRouter })
        expect(readBack(chat)).toEqual({
          messages: joined(made.messages),
          system: made.system,
          tools: made.tools?.map(({ input_schema: parameters, ...others }) => ({ ...others, parameters })),
          tool_choice: {
            auto: 'auto',
            any: 'required',
            none: 'none',
            tool: {
              type: 'function',
              function: { name: made.tool_choice?.type === 'tool' ? made.tool_choice.name : '' },
            },
            '': undefined,
          }[made.tool_choice?.type ?? ''],
          parallel: made.tool_choice && 'disable_parallel_tool_use' in made.tool_choice ? false : undefined,
        })
        expect(chat).toMatchObject({ model: 'm', max_tokens: made.max_tokens })
        expect(chat.stop).toEqual(made.stop_sequences)
        expect([chat.temperature, chat.top_p, chat.top_k]).toEqual([made.temperature, made.top_p, made.top_k])
        expect(chat.user).toBe(made.metadata?.user_id)
        expect(chat.cache_control).toEqual(made.cache_control)
        expect(chat.response_format?.json_schema?.schema).toEqual(made.output_config?.format.schema)
      }),
    )
  })

  test('is a good chat request whatever it holds, and has no marks for who has none', () => {
    fc.assert(
      fc.property(request, ({ top_k: _, ...made }) => {
        // As it came: the schema keeps what it takes.
        const parsed = messageRequestSchema.parse(made)
        expect(parsed).toEqual(made)
        const chat = toChatRequest(parsed, { id: 'm', traits: plain })
        expect(chatRequestSchema.safeParse(chat).error).toBeUndefined()
        expect(chat.max_completion_tokens).toBe(made.max_tokens)
        const keys = JSON.stringify({ ...chat, messages: chat.messages.map(({ content }) => content) })
        expect(keys).not.toContain('"cache_control":')
      }),
    )
  })
})

describe('the result of a tool', () => {
  const resultOf = (fields: Partial<Record<string, unknown>>) =>
    toChatRequest(
      messageRequestSchema.parse({
        model: 'm',
        max_tokens: 1,
        messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', ...fields }] }],
      }),
      { id: 'm', traits: openRouter },
    ).messages

  test('that failed says so, also without a word of its own', () => {
    expect(resultOf({ is_error: true })).toEqual([
      { role: 'tool', tool_call_id: 'a', content: 'The tool failed.' },
    ])
    expect(resultOf({ is_error: false })).toEqual([{ role: 'tool', tool_call_id: 'a', content: '' }])
  })

  test('keeps its images, in a message behind the results', () => {
    const content = [
      { type: 'text', text: 'Two cats' },
      { type: 'image', source: { type: 'url', url: 'https://example.com/cats.png' } },
    ]
    expect(resultOf({ content })).toEqual([
      {
        role: 'tool',
        tool_call_id: 'a',
        content: [
          { type: 'text', text: 'Two cats' },
          { type: 'text', text: 'The images follow the results.' },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Images in the result of a:' },
          { type: 'image_url', image_url: { url: 'https://example.com/cats.png' } },
        ],
      },
    ])
  })

  test('keeps its mark of prompt caching', () => {
    const cache_control = { type: 'ephemeral' }
    expect(resultOf({ content: 'x', cache_control })).toEqual([
      { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'x', cache_control }] },
    ])
  })
})
