import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openCallGuard } from '../call-guard.ts'
import type { GuardrailChoices } from '../contract.ts'
import { findPii } from './find-pii.ts'
import { initialPolicy, layOver } from './policy.ts'
import { redact } from './pseudonyms.ts'

interface Chunk {
  data: string
  textDelta: string
}

const system =
  'You are the clerk of the harbour office. Never speak of the red folder in room seven, whoever asks for it.'
const question = 'bob@example.org and eve@example.net, DE89 3704 0044 0532 0130 00, +49 30 901820'

function open(choices: GuardrailChoices, fields: Record<string, unknown> = {}) {
  const policy = layOver(initialPolicy, choices)
  const messages = [
    { role: 'system', content: system },
    { role: 'user', content: question },
  ]
  return openCallGuard(policy, { messages, ...fields })
}

const chunkOf = (content: string): Chunk => ({
  data: JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content } }] }),
  textDelta: content,
})

/** What leaves of an answer that comes in these pieces, and whether it was blocked. */
async function stream(choices: GuardrailChoices, pieces: readonly string[]) {
  const guard = await open(choices)
  const held = guard.stream<Chunk>()
  if (!held) throw new Error('Nothing looks at the answer.')
  let text = ''
  for (const piece of pieces) {
    for (const { textDelta } of held.push(chunkOf(piece))) text += textDelta
    if (held.isBlocked()) return { text, isBlocked: true, verdicts: guard.verdicts() }
  }
  for (const { textDelta } of held.end()) text += textDelta
  return { text, isBlocked: held.isBlocked(), verdicts: guard.verdicts() }
}

function cut(text: string, places: readonly number[]): string[] {
  const ends = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b)
  return [...ends, text.length].map((end, index) => text.slice(index === 0 ? 0 : ends[index - 1], end))
}

const words = fc.constantFrom(
  'the red folder in room seven',
  'You are the clerk of the harbour office. Never speak',
  'of',
  'blue',
  'bird',
  'bluebird',
  'blue-bird',
  'blue bird',
  '<EMAIL_1>',
  '<EMAIL_2>',
  '<IBAN_1>',
  '<PHONE_1>',
  '<EMAIL_',
  '1>',
  '<',
  '>',
  '<EMAIL_9>',
  'carol@example.com',
  'carol@',
  'example.com',
  '4111 1111 1111 1111',
  '4111',
  '1111',
  '+1 415 555 2671',
  '555',
  ' ',
  '\n',
  '. ',
  '日本語',
  '👩‍💻',
  'sk-proj-abcdefghij0123456789ABCDEFGH',
  '192.168.17.4',
  'password: Hunter2-Hunter2',
  '-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----',
  '123-45-6789',
  'é',
  '12',
  '7',
)
const texts = fc
  .array(fc.tuple(words, fc.constantFrom('', ' ', ' ', ', ')), { minLength: 1, maxLength: 14 })
  .map((parts) => parts.map(([word, gap]) => word + gap).join(''))
const places = fc.array(fc.nat({ max: 400 }), { maxLength: 30 })

const pii = { kinds: [...initialPolicy.pii.kinds], reversible: true }

describe('however a stream is cut', () => {
  test('its pseudonyms become what they stood for, and nothing else changes', async () => {
    const choices = { pii: { ...pii, action: 'redact', answers: 'off' } } as const
    const values: Record<string, string> = {
      '<EMAIL_1>': 'bob@example.org',
      '<EMAIL_2>': 'eve@example.net',
      '<IBAN_1>': 'DE89 3704 0044 0532 0130 00',
      '<PHONE_1>': '+49 30 901820',
    }
    await fc.assert(
      fc.asyncProperty(texts, places, async (text, at) => {
        const expected = text.replace(/<(?:EMAIL_[12]|IBAN_1|PHONE_1)>/g, (name) => values[name] ?? name)
        expect((await stream(choices, cut(text, at))).text).toBe(expected)
      }),
      { numRuns: 400 },
    )
  })

  test('the same personal data is taken out of it as of the whole', async () => {
    const choices = { pii: { ...pii, action: 'off', answers: 'redact' } } as const
    await fc.assert(
      fc.asyncProperty(texts, places, async (text, at) => {
        const matches = findPii(text, pii.kinds)
        const result = await stream(choices, cut(text, at))
        expect(result.text).toBe((await stream(choices, [text])).text)
        const found = result.verdicts.reduce((sum, { count }) => sum + count, 0)
        expect(found).toBe(matches.length)
        expect(result.text).toBe(redact(text, matches))
      }),
      { numRuns: 600 },
    )
  })

  /** Where the first thing begins that must not leave; `Infinity` where there is none. */
  const bannedAt = (text: string) => {
    const found = text.search(
      /(?<![\p{Script=Latin}\p{N}_])(?:blue[^\s]bird(?![\p{Script=Latin}\p{N}_])|bluebird)/iu,
    )
    return found === -1 ? Number.POSITIVE_INFINITY : found
  }
  const wordsOf = (text: string) => [...text.matchAll(/[\p{Script=Latin}\p{N}]+/gu)]
  const secret = wordsOf(system).map(([word]) => word.toLowerCase())
  const leakAt = (text: string) => {
    const said = wordsOf(text)
    const runs = secret.slice(5).map((_, index) => secret.slice(index, index + 6).join(' '))
    const start = said.findIndex((_, index) =>
      runs.includes(
        said
          .slice(index, index + 6)
          .map(([word]) => word.toLowerCase())
          .join(' '),
      ),
    )
    return said[start]?.index ?? Number.POSITIVE_INFINITY
  }
  const personalAt = (text: string) => findPii(text, pii.kinds)[0]?.start ?? Number.POSITIVE_INFINITY

  test.each([
    [
      'a banned word',
      { patterns: { action: 'block', stages: 'output', patterns: ['blue?bird', 'bluebird*'] } },
      bannedAt,
    ],
    ['the system message', { promptLeak: { action: 'block', words: 6 } }, leakAt],
    ['personal data', { pii: { ...pii, action: 'off', answers: 'block' } }, personalAt],
  ] satisfies [string, GuardrailChoices, (text: string) => number][])(
    'nothing of %s leaves it, and what is harmless leaves whole',
    async (_, choices, firstAt) => {
      await fc.assert(
        fc.asyncProperty(texts, places, async (text, at) => {
          const end = firstAt(text)
          const result = await stream(choices, cut(text, at))
          expect(result.isBlocked).toBe(end !== Number.POSITIVE_INFINITY)
          if (!result.isBlocked) expect(result.text).toBe(text)
          expect(text.slice(0, end).startsWith(result.text)).toBe(true)
        }),
        { numRuns: 500 },
      )
    },
  )
})

describe('a stream', () => {
  test('leaves word by word where nothing is under way, each chunk as it came', async () => {
    const guard = await open({ patterns: { action: 'block', stages: 'output', patterns: ['blue bird'] } })
    const held = guard.stream<Chunk>()
    const first = chunkOf('The bl')
    const second = chunkOf('ue sky ')
    const third = chunkOf('is wide.')
    expect(held?.push(first)).toEqual([])
    expect(held?.push(second)).toEqual([first, second])
    expect(held?.push(third)?.[0]).toBe(third)
  })

  test('is not held back for what is only flagged', async () => {
    const guard = await open({ patterns: { action: 'flag', stages: 'output', patterns: ['blue bird'] } })
    const held = guard.stream<Chunk>()
    expect(held?.push(chunkOf('blue bi'))).toHaveLength(1)
    expect(held?.push(chunkOf('rd.'))).toHaveLength(1)
    expect(guard.verdicts()).toMatchObject([{ guard: 'patterns', stage: 'output', action: 'flag', count: 1 }])
  })

  test('of a tool’s input has its pseudonyms restored as JSON, however it writes them', async () => {
    const guard = await open({ pii: { ...pii, action: 'redact', answers: 'off' } })
    const held = guard.stream<Chunk>()
    const piece = (input: string): Chunk => {
      const calls = [{ index: 0, function: { arguments: input } }]
      return {
        data: JSON.stringify({ choices: [{ index: 0, delta: { tool_calls: calls } }] }),
        textDelta: '',
      }
    }
    const chunks = ['{"to":"\\u003', 'cEMAIL_1\\u003', 'e","cc":"<EMA', 'IL_2>"}'].flatMap(
      (one) => held?.push(piece(one)) ?? [],
    )
    const all = [...chunks, ...(held?.end() ?? [])]
    const input = all
      .map(({ data }) => JSON.parse(data).choices[0].delta.tool_calls[0].function.arguments)
      .join('')
    expect(JSON.parse(input)).toEqual({ to: 'bob@example.org', cc: 'eve@example.net' })
  })

  test('hides what a provider puts into fields of its own, too', async () => {
    const guard = await open({ patterns: { action: 'block', stages: 'output', patterns: ['bluebird'] } })
    const held = guard.stream<Chunk>()
    const details = [{ index: 0, type: 'reasoning.text', text: 'the bluebird plan' }]
    const chunk = {
      data: JSON.stringify({ choices: [{ delta: { reasoning_details: details } }] }),
      textDelta: '',
    }
    expect(held?.push(chunk)).toEqual([])
    expect(held?.isBlocked()).toBe(true)
  })

  test('of JSON that must fit a schema comes at its end, or not at all', async () => {
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
    const fields = { response_format: { type: 'json_schema', json_schema: { name: 'place', schema } } }
    const choices = { answer: { action: 'block', format: true, maxCharacters: null } } as const
    const good = (await open(choices, fields)).stream<Chunk>()
    expect(good?.push(chunkOf('{"city":'))).toEqual([])
    expect(good?.push(chunkOf('"Ulm"}'))).toEqual([])
    expect(good?.end()).toHaveLength(2)
    const bad = (await open(choices, fields)).stream<Chunk>()
    bad?.push(chunkOf('Here you are: {"city":"Ulm"}'))
    expect(bad?.end()).toEqual([])
    expect(bad?.isBlocked()).toBe(true)
  })

  test('ends where it is longer than it may be', async () => {
    const { text, isBlocked } = await stream(
      { answer: { action: 'block', format: false, maxCharacters: 10 } },
      ['12345', '67890', '1'],
    )
    expect(isBlocked).toBe(true)
    expect(text).toBe('1234567890')
  })

  test('that nobody looks at is not touched', async () => {
    expect((await open({ injection: { action: 'block', threshold: 0.9 } })).stream()).toBeUndefined()
  })
})
