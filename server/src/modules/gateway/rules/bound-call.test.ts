import { describe, expect, it } from 'vitest'
import type { ChatRequest } from '../contract.ts'
import {
  affordOutputTokens,
  type BoundedModel,
  boundChatCall,
  boundEmbeddingCall,
  callerOutputCap,
} from './bound-call.ts'
import { type ModelPrice, priceCall } from './price-call.ts'

const price: ModelPrice = {
  version: 'test',
  inputNanosPerMillion: 1_000_000_000n,
  cachedInputNanosPerMillion: 100_000_000n,
  cacheWriteNanosPerMillion: 1_250_000_000n,
  outputNanosPerMillion: 5_000_000_000n,
  longContext: null,
}
const model: BoundedModel = { contextTokens: 128_000, maxOutputTokens: 16_384, price, imageTokensBound: null }
const unlimited: BoundedModel = { ...model, contextTokens: null, maxOutputTokens: null }

const chat = (
  content: ChatRequest['messages'][number]['content'],
  more: Partial<ChatRequest> = {},
): ChatRequest => ({
  model: 'm',
  messages: [{ role: 'user', content }],
  ...more,
})

describe('the bound of a chat call', () => {
  it('is not below what a tokenizer can make of any text: a token for every byte, in the longer normal form', () => {
    // U+FDFA is three bytes and becomes eighteen characters, 33 bytes, where a tokenizer normalizes.
    for (const text of [
      'plain text',
      'ÄÖÜ ß',
      '日本語のテキスト',
      '🐻‍❄️🏳️‍🌈',
      '\u0000\u0001\uFFFF',
      '\uFDFA'.repeat(20),
      'ﬃ①㍿',
      'x'.repeat(10_000),
    ]) {
      const bytes = Math.max(Buffer.byteLength(text), Buffer.byteLength(text.normalize('NFKC')))
      expect(boundChatCall(chat(text), unlimited).inputTokensBound).toBeGreaterThanOrEqual(bytes)
      expect(
        boundChatCall(chat([{ type: 'text', text }]), unlimited).inputTokensBound,
      ).toBeGreaterThanOrEqual(bytes)
    }
  })

  it('is not below counts that a provider has reported', () => {
    // Messages and counts of OpenAI's cookbook on counting tokens (gpt-4o), and of its tool-calling example.
    const messages: ChatRequest['messages'] = [
      {
        role: 'system',
        content:
          'You are a helpful, pattern-following assistant that translates corporate jargon into plain English.',
      },
      { role: 'system', name: 'example_user', content: 'New synergies will help drive top-line growth.' },
      {
        role: 'system',
        name: 'example_assistant',
        content: 'Things working well together will increase revenue.',
      },
      {
        role: 'system',
        name: 'example_user',
        content:
          "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.",
      },
      {
        role: 'system',
        name: 'example_assistant',
        content: "Let's talk later when we're less busy about how to do better.",
      },
      {
        role: 'user',
        content: "This late pivot means we don't have time to boil the ocean for the client deliverable.",
      },
    ]
    expect(boundChatCall({ model: 'm', messages }, unlimited).inputTokensBound).toBeGreaterThan(124)
    const parameters = {
      type: 'object',
      properties: {
        location: { type: 'string', description: 'The city and state, e.g. San Francisco, CA' },
        unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
      },
      required: ['location'],
    }
    const tools = [
      {
        type: 'function',
        function: {
          name: 'get_current_weather',
          description: 'Get the current weather in a given location',
          parameters,
        },
      },
    ]
    expect(
      boundChatCall(chat('What is the weather like in Boston?', { tools }), unlimited).inputTokensBound,
    ).toBeGreaterThan(101)
  })

  it('counts every message, name, tool call, tool and schema, in the longest form a template writes', () => {
    const plain = boundChatCall(chat('x'), unlimited).inputTokensBound
    const text = 'word '.repeat(200)
    const more: Partial<ChatRequest>[] = [
      { messages: [...chat('x').messages, { role: 'assistant', content: text }] },
      { messages: [{ role: 'user', content: 'x', name: text }] },
      {
        messages: [
          ...chat('x').messages,
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: '1', type: 'function', function: { name: 'f', arguments: text } }],
          },
        ],
      },
      { tools: [{ type: 'function', function: { name: 'f', description: text } }] },
      { functions: [{ name: 'f', description: text }] },
      { response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { description: text } } } },
    ]
    for (const changes of more)
      expect(boundChatCall(chat('x', changes), unlimited).inputTokensBound).toBeGreaterThanOrEqual(
        plain + text.length,
      )
    const schema = { description: 'ü'.repeat(100) }
    const escaped = boundChatCall(
      chat('x', { response_format: { type: 'json_schema', json_schema: { name: 'n', schema } } }),
      unlimited,
    )
    expect(escaped.inputTokensBound).toBeGreaterThanOrEqual(plain + 600)
  })

  it('counts an image by what images can take, not by its bytes', () => {
    const image = (url: string) => chat([{ type: 'image_url', image_url: { url } }])
    const inline = boundChatCall(
      image(`data:image/png;base64,${'A'.repeat(3_000_000)}`),
      unlimited,
    ).inputTokensBound
    expect(inline).toBe(boundChatCall(image('https://example.org/a.png'), unlimited).inputTokensBound)
    expect(inline).toBeGreaterThanOrEqual(48_169)
    expect(
      boundChatCall(image('https://example.org/a.png'), { ...unlimited, imageTokensBound: 1_500 })
        .inputTokensBound,
    ).toBeLessThan(2_000)
  })

  it('is the window of the model for what can hold any number of tokens, and for what is longer', () => {
    const file = chat([{ type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA' } }])
    expect(boundChatCall(file, model).inputTokensBound).toBe(128_000)
    expect(boundChatCall(chat('x'.repeat(1_000_000)), model).inputTokensBound).toBe(128_000)
  })

  it('caps the output by the caller, the model and the default, whichever is lowest', () => {
    const cap = (more: Partial<ChatRequest>, subject = model, fallback?: number) =>
      boundChatCall(chat('x', more), subject, fallback).outputTokensCap
    expect(cap({})).toBe(16_384)
    expect(cap({}, model, 4_096)).toBe(4_096)
    expect(cap({ max_tokens: 100 }, model, 4_096)).toBe(100)
    expect(cap({ max_tokens: 9_000 }, model, 4_096)).toBe(9_000)
    expect(cap({ max_tokens: 50_000 })).toBe(16_384)
    expect(cap({ max_completion_tokens: 70, max_tokens: 80 })).toBe(70)
    expect(cap({}, unlimited)).toBe(8_192)
    expect(cap({ max_tokens: 50_000 }, unlimited)).toBe(50_000)
    expect(callerOutputCap(chat('x'))).toBeUndefined()
  })

  it('is never below the price of a call within it', () => {
    const long = {
      ...price,
      aboveTokens: 1_000,
      inputNanosPerMillion: 2_000_000_000n,
      outputNanosPerMillion: 9_000_000_001n,
    }
    const prices: ModelPrice[] = [
      price,
      { ...price, longContext: long },
      { ...price, inputNanosPerMillion: 1n, outputNanosPerMillion: 3n },
      ...[333n, 1_117n, 1_999n].map((rate) => ({
        ...price,
        inputNanosPerMillion: rate,
        outputNanosPerMillion: 2n * rate,
      })),
    ]
    for (const subject of prices) {
      for (const length of [0, 10, 700, 900, 5_000]) {
        const bound = boundChatCall(chat('x'.repeat(length), { max_tokens: 333 }), {
          ...model,
          price: subject,
        })
        for (const part of [0, 0.3, 0.99, 1]) {
          const promptTokens = Math.floor(bound.inputTokensBound * part)
          const cost = priceCall({ promptTokens, cachedTokens: 0, completionTokens: 333 }, subject)
          expect(bound.costNanosBound).toBeGreaterThanOrEqual(cost)
        }
      }
    }
  })

  it('holds the price of writing a prompt cache where the caller asks for one', () => {
    const content = [
      { type: 'text', text: 'x'.repeat(2_000), cache_control: { type: 'ephemeral', ttl: '1h' } },
    ]
    const cached = boundChatCall(chat(content, { max_tokens: 1 }), model)
    const cost = priceCall(
      { promptTokens: 2_000, cachedTokens: 0, cacheWriteTokens: 2_000, completionTokens: 1 },
      { ...price, cacheWriteNanosPerMillion: 2_000_000_000n },
    )
    expect(cached.costNanosBound).toBeGreaterThanOrEqual(cost)
  })

  it('holds the output that a prediction is charged for beside the cap', () => {
    const plain = boundChatCall(chat('x', { max_tokens: 10 }), model).costNanosBound
    const prediction = { type: 'content', content: 'y'.repeat(1_000) }
    expect(
      boundChatCall(chat('x', { max_tokens: 10, prediction }), model).costNanosBound,
    ).toBeGreaterThanOrEqual(plain + 5_000_000n)
  })
})

describe('what a budget affords', () => {
  it('is the largest output cap whose bound still fits', () => {
    const body = chat('hello', { max_tokens: 1_000 })
    const bound = boundChatCall(body, model)
    for (const available of [
      bound.costNanosBound,
      bound.costNanosBound - 1n,
      bound.costNanosBound / 2n,
      300_000n,
    ]) {
      const cap = affordOutputTokens(bound, price, available)
      const costOf = (max_tokens: number) => boundChatCall({ ...body, max_tokens }, model).costNanosBound
      if (cap > 0) expect(costOf(cap)).toBeLessThanOrEqual(available)
      if (cap < bound.outputTokensCap) expect(costOf(cap + 1)).toBeGreaterThan(available)
    }
  })

  it('is nothing when the input alone is too dear', () => {
    const bound = boundChatCall(chat('hello', { max_tokens: 1_000 }), model)
    expect(affordOutputTokens(bound, price, 0n)).toBe(0)
    expect(affordOutputTokens(bound, price, -1n)).toBe(0)
  })
})

describe('the bound of an embedding call', () => {
  const embedding: BoundedModel = { ...model, contextTokens: 8_191, maxOutputTokens: null }

  it('adds up the inputs, each within the window', () => {
    expect(
      boundEmbeddingCall({ model: 'e', input: 'x'.repeat(100) }, embedding).inputTokensBound,
    ).toBeGreaterThanOrEqual(100)
    expect(
      boundEmbeddingCall({ model: 'e', input: ['x'.repeat(50_000), 'y'.repeat(50_000)] }, embedding)
        .inputTokensBound,
    ).toBe(2 * 8_191)
  })

  it('counts tokens as what they are', () => {
    expect(boundEmbeddingCall({ model: 'e', input: [1, 2, 3] }, embedding).inputTokensBound).toBe(3)
    expect(
      boundEmbeddingCall({ model: 'e', input: [[1, 2], [3]] }, embedding).inputTokensBound,
    ).toBeGreaterThanOrEqual(3)
  })
})
