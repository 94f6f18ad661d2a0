import { describe, expect, test } from 'vitest'
import { boundChatCall } from './bound-call.ts'
import { boundWithServerTools, measurableChat } from './native-messages.ts'

const rates = {
  inputNanosPerMillion: 3_000_000_000n,
  cachedInputNanosPerMillion: 300_000_000n,
  cacheWriteNanosPerMillion: 3_750_000_000n,
  outputNanosPerMillion: 15_000_000_000n,
}
const price = { version: 'test', ...rates, longContext: null }
const model = { contextTokens: 100_000, maxOutputTokens: 4_000, price, imageTokensBound: 5_000 }
const bounded = (content: object[] | string, more: object = {}) =>
  boundChatCall(
    measurableChat({
      model: 'm',
      max_tokens: 100,
      messages: [{ role: 'user', content: content as string }], // lists of blocks, as the schema lets through
      ...more,
    }),
    model,
  )

describe('the bound of a request in Anthropic’s words', () => {
  test('covers every byte of it, whatever the block', () => {
    const text = 'x'.repeat(10_000)
    for (const block of [
      { type: 'text', text },
      { type: 'thinking', thinking: text, signature: 's' },
      { type: 'tool_use', id: 't', name: 'f', input: { text } },
      { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text }] },
      { type: 'search_result', content: [{ type: 'text', text }] },
    ])
      expect(bounded([block]).inputTokensBound, block.type).toBeGreaterThanOrEqual(10_000)
    expect(bounded('short', { system: text }).inputTokensBound).toBeGreaterThanOrEqual(10_000)
    expect(
      bounded('short', { tools: [{ name: 'f', input_schema: { text } }] }).inputTokensBound,
    ).toBeGreaterThan(10_000)
  })

  test('is the window for a document, and an image’s own for an image, wherever it stands', () => {
    const document = { type: 'document', source: { type: 'url', url: 'https://example.org/a.pdf' } }
    const image = {
      type: 'image',
      source: { type: 'base64', media_type: 'image/png', data: 'A'.repeat(50_000) },
    }
    const inResult = (block: object) => ({ type: 'tool_result', tool_use_id: 't', content: [block] })
    expect(bounded([document]).inputTokensBound).toBe(100_000)
    expect(bounded([inResult(document)]).inputTokensBound).toBe(100_000)
    for (const block of [image, inResult(image)]) {
      expect(bounded([block]).inputTokensBound).toBeGreaterThanOrEqual(5_000)
      expect(bounded([block]).inputTokensBound).toBeLessThan(10_000)
    }
  })

  test('is dearer where something is written to a cache', () => {
    const plain = bounded([{ type: 'text', text: 'x'.repeat(1_000) }])
    const marked = bounded([{ type: 'text', text: 'x'.repeat(1_000), cache_control: { type: 'ephemeral' } }])
    expect(marked.costNanosBound).toBeGreaterThan((plain.costNanosBound * 3n) / 2n)
  })

  test('has room for each use of a tool that Anthropic runs, and for what a search costs', () => {
    const bound = bounded('short')
    const tools = [
      { type: 'web_search_20250305', max_uses: 2 },
      { type: 'web_fetch_20250910', max_uses: 1 },
      { type: 'custom', name: 'f', max_uses: 9 },
    ]
    const wider = boundWithServerTools(bound, { tools }, model)
    expect(wider.inputTokensBound).toBe(400_000)
    // Four windows at twice the price of input, and two searches of a cent.
    expect(wider.costNanosBound - bound.costNanosBound).toBe(2_400_000_000n + 20_000_000n)
    expect(boundWithServerTools(bound, { tools: [] }, model)).toBe(bound)
    expect(boundWithServerTools(bound, undefined, model)).toBe(bound)
  })
})
