import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ChatChunk, ChatResult } from '../adapters/provider.ts'
import type { MessageEvent } from '../anthropic-contract.ts'
import { type AnswerHead, toMessage } from './anthropic-answer.ts'
import { toMessageEvents } from './anthropic-events.ts'

const head: AnswerHead = { requestId: 'r', model: 'm', stopSequences: [] }
const counts = {
  promptTokens: 9,
  cachedTokens: 4,
  cacheWriteTokens: 2,
  completionTokens: 5,
  reasoningTokens: 1,
}

interface Call {
  id: string
  name: string
  arguments: string
}

interface Delta {
  content?: string
  refusal?: string
  tool_calls?: object[]
}

function chunk(delta: Delta, finish: string | null = null, more: object = {}): ChatChunk {
  return {
    data: JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish, ...more }] }),
    textDelta: delta.content ?? '',
    usage: undefined,
    finishReason: finish ?? undefined,
    hidden: false,
  }
}

async function eventsOf(chunks: readonly ChatChunk[], of = head): Promise<MessageEvent[]> {
  async function* arriving() {
    yield* chunks
  }
  return Array.fromAsync(toMessageEvents(arriving(), of, counts, () => counts))
}

/** Adds the events up as Anthropic documents them, and refuses what may not follow. */
function addUp(events: readonly MessageEvent[]): unknown {
  const [start, ...others] = events
  expect(start?.type).toBe('message_start')
  // Each case is an event of the type it has just been found to have.
  const message = { ...(start?.message as { content: unknown[] }) } as Record<string, unknown>
  const content: Record<string, unknown>[] = []
  let open: { text: string; json: string } | undefined
  let ended = false
  for (const event of others) {
    expect(ended).toBe(false)
    switch (event.type) {
      case 'content_block_start':
        expect(open).toBeUndefined()
        expect(event.index).toBe(content.length)
        open = { text: '', json: '' }
        content.push({ ...(event.content_block as object) })
        break
      case 'content_block_delta': {
        expect(open).toBeDefined()
        expect(event.index).toBe(content.length - 1)
        const delta = event.delta as { text?: string; partial_json?: string }
        if (open) open.text += delta.text ?? ''
        if (open) open.json += delta.partial_json ?? ''
        break
      }
      case 'content_block_stop': {
        expect(event.index).toBe(content.length - 1)
        const block = content.at(-1)
        if (block?.type === 'text') block.text = open?.text
        else if (block && open?.json !== '') block.input = JSON.parse(open?.json ?? '')
        open = undefined
        break
      }
      case 'message_delta': {
        const { container: _, ...stop } = event.delta as Record<string, unknown>
        Object.assign(message, stop, { usage: event.usage })
        break
      }
      case 'message_stop':
        ended = true
        break
      case 'ping':
        break
      default:
        throw new Error(`No such event: ${event.type}`)
    }
  }
  expect([open, ended]).toEqual([undefined, true])
  return { ...message, content }
}

function resultOf(text: string, calls: readonly Call[], finishReason: string, more: object = {}): ChatResult {
  const tool_calls = calls.map(({ id, ...one }) => ({ id, type: 'function', function: one }))
  const message = { role: 'assistant', content: text, ...(calls.length > 0 ? { tool_calls } : {}), ...more }
  return {
    body: { choices: [{ index: 0, message, finish_reason: finishReason }] },
    text,
    finishReason,
    usage: undefined,
  }
}

const input = fc
  .dictionary(fc.string(), fc.jsonValue())
  .map((one) => JSON.stringify(one, null, Object.keys(one).length % 3))
const calls = fc
  .array(fc.record({ name: fc.constantFrom('find', 'read'), arguments: fc.oneof(input, fc.constant('')) }), {
    maxLength: 4,
  })
  .map((all) => all.map((one, index) => ({ ...one, id: `call_${index}` })))

/** The pieces of all calls in any order that keeps each call's own. */
function mix(all: readonly Call[], cuts: readonly number[], order: readonly number[]): ChatChunk[] {
  const queues = all.map(({ id, name, arguments: text }, index) => {
    const pieces: object[] = [{ index, id, type: 'function', function: { name, arguments: '' } }]
    const size = 1 + (cuts[index % cuts.length] ?? 0)
    for (let from = 0; from < text.length; from += size)
      pieces.push({ index, function: { arguments: text.slice(from, from + size) } })
    return pieces
  })
  const chunks: ChatChunk[] = []
  // Calls begin in their order; after that any may go on.
  for (const queue of queues) chunks.push(chunk({ tool_calls: queue.splice(0, 1) }))
  for (let turn = 0; queues.some((queue) => queue.length > 0); turn++) {
    const waiting = queues.filter((queue) => queue.length > 0)
    const queue = waiting[(order[turn % order.length] ?? 0) % waiting.length]
    if (queue) chunks.push(chunk({ tool_calls: queue.splice(0, 1) }))
  }
  return chunks
}

const numbers = fc.array(fc.nat({ max: 7 }), { minLength: 1, maxLength: 8 })

describe('the events of a stream', () => {
  test('add up to the message that is not streamed, however the pieces come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string(), { maxLength: 4 }),
        calls,
        numbers,
        numbers,
        async (texts, all, cuts, order) => {
          const finish = all.length > 0 ? 'tool_calls' : 'stop'
          const chunks = [
            chunk({ content: '' }),
            ...texts.map((content) => chunk({ content })),
            ...mix(all, cuts, order),
            chunk({}, finish),
          ]
          expect(addUp(await eventsOf(chunks))).toEqual(
            toMessage(resultOf(texts.join(''), all, finish), head, counts),
          )
        },
      ),
    )
  })

  test('come while the answer is written: a text at once, a second call as soon as the first is whole', async () => {
    const seen: string[] = []
    async function* arriving() {
      for (const one of [
        chunk({ content: 'Let me see.' }),
        chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'find', arguments: '{"q":' } }] }),
        chunk({ tool_calls: [{ index: 0, function: { arguments: '1}' } }] }),
        chunk({ tool_calls: [{ index: 1, id: 'b', function: { name: 'read', arguments: '{}' } }] }),
        chunk({}, 'tool_calls'),
      ]) {
        yield one
        seen.push('|')
      }
    }
    const short: Record<string, string> = {
      content_block_start: '+',
      content_block_delta: 'd',
      content_block_stop: '-',
    }
    for await (const { type } of toMessageEvents(arriving(), head, counts, () => counts))
      seen.push(short[type] ?? '')
    expect(seen.join('')).toBe('+d|-+d|d|-+d||-')
  })

  test('tell calls apart that a server numbers alike', async () => {
    const piece = (id: string) => ({ index: 0, id, function: { name: 'find', arguments: `{"of":"${id}"}` } })
    const chunks = [chunk({ tool_calls: [piece('a'), piece('b')] }), chunk({}, 'tool_calls')]
    expect(addUp(await eventsOf(chunks))).toMatchObject({
      content: [
        { id: 'a', input: { of: 'a' } },
        { id: 'b', input: { of: 'b' } },
      ],
    })
  })

  test('end with an error where the input of a tool is no object', async () => {
    const broken = { index: 0, id: 'a', function: { name: 'find', arguments: '{"q":' } }
    const chunks = [chunk({ tool_calls: [broken] }), chunk({}, 'tool_calls')]
    await expect(eventsOf(chunks)).rejects.toMatchObject({ status: 502 })
    const whole = resultOf('', [{ id: 'a', name: 'find', arguments: '[1]' }], 'tool_calls')
    expect(() => toMessage(whole, head, counts)).toThrow(/find/)
  })

  test('are what there is where the cap cuts an input', async () => {
    const cut = { index: 0, id: 'a', function: { name: 'find', arguments: '{"q":' } }
    const events = await eventsOf([chunk({ tool_calls: [cut] }), chunk({}, 'length')])
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'max_tokens' } })
    const whole = resultOf('', [{ id: 'a', name: 'find', arguments: '{"q":' }], 'length')
    expect(toMessage(whole, head, counts)).toMatchObject({ content: [], stop_reason: 'max_tokens' })
  })
})

describe('the reason of the end', () => {
  test.each([
    ['stop', {}, 'end_turn', null],
    ['length', {}, 'max_tokens', null],
    ['content_filter', {}, 'refusal', null],
    ['stop', { stop_reason: 'B' }, 'stop_sequence', 'B'],
    // vLLM's own number of an end token.
    ['stop', { stop_reason: 151_645 }, 'end_turn', null],
    ['stop', { native_finish_reason: 'stop_sequence' }, 'stop_sequence', null],
    ['stop', { native_finish_reason: 'end_turn' }, 'end_turn', null],
    ['something new', {}, 'end_turn', null],
  ])('%s %j is %s', async (finish, more, reason, sequence) => {
    const of = { ...head, stopSequences: ['A', 'B'] }
    const expected = { stop_reason: reason, stop_sequence: sequence }
    expect(addUp(await eventsOf([chunk({ content: 'x' }), chunk({}, finish, more)], of))).toMatchObject(
      expected,
    )
    const { body, ...result } = resultOf('x', [], finish)
    const [choice] = body.choices as [object] // as resultOf made it
    const message = toMessage({ ...result, body: { choices: [{ ...choice, ...more }] } }, of, counts)
    expect(message).toMatchObject(expected)
  })

  test('is the only sequence where the server says that it was one', async () => {
    const of = { ...head, stopSequences: ['A'] }
    const chunks = [chunk({ content: 'x' }), chunk({}, 'stop', { native_finish_reason: 'stop_sequence' })]
    expect(addUp(await eventsOf(chunks, of))).toMatchObject({ stop_sequence: 'A' })
  })

  test('is a refusal with its words where the model refuses', async () => {
    const expected = {
      content: [{ type: 'text', text: 'I cannot.' }],
      stop_reason: 'refusal',
      stop_details: { type: 'refusal', explanation: 'I cannot.' },
    }
    const chunks = [chunk({ refusal: 'I ' }), chunk({ refusal: 'cannot.' }), chunk({}, 'stop')]
    expect(addUp(await eventsOf(chunks))).toMatchObject(expected)
    const whole = resultOf('', [], 'stop', { refusal: 'I cannot.' })
    expect(toMessage(whole, head, counts)).toMatchObject(expected)
  })

  test('is the use of tools, also where the server calls it a stop', async () => {
    const piece = { index: 0, id: 'a', function: { name: 'find', arguments: '{}' } }
    const events = await eventsOf([chunk({ tool_calls: [piece] }), chunk({}, 'stop')])
    expect(addUp(events)).toMatchObject({ stop_reason: 'tool_use' })
  })
})

test('the parts of the input are counted beside each other', () => {
  const { usage } = toMessage(resultOf('x', [], 'stop'), head, counts)
  expect(usage).toMatchObject({
    input_tokens: 3,
    cache_read_input_tokens: 4,
    cache_creation_input_tokens: 2,
    output_tokens: 5,
    output_tokens_details: { thinking_tokens: 1 },
  })
})
