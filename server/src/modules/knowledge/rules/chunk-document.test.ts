import { expect, test } from 'vitest'
import { createRandom, makeProse } from '../../../testing/make-documents.ts'
import { type Chunk, chunkDocument } from './chunk-document.ts'
import { assembleDocument, type DraftBlock, type ParsedDocument } from './parsed-document.ts'
import { splitSentences } from './split-sentences.ts'

const read = (drafts: DraftBlock[], pageCount: number | null = null): ParsedDocument =>
  assembleDocument('text/markdown', pageCount, drafts)

const prose = (sentences: number, word = 'valve'): string =>
  Array.from(
    { length: sentences },
    (_, i) => `Sentence ${i} about the ${word} and the pump of the station.`,
  ).join(' ')

/** What must hold for every document. */
function expectSound(document: ParsedDocument, chunks: readonly Chunk[], maxTokens: number): void {
  let end = 0
  chunks.forEach((chunk, index) => {
    expect(chunk.ordinal).toBe(index)
    expect(document.text.slice(chunk.startOffset, chunk.endOffset)).toBe(chunk.text)
    expect(chunk.text.trim()).toBe(chunk.text)
    expect(chunk.text.isWellFormed()).toBe(true)
    expect(chunk.text).not.toBe('')
    expect(chunk.tokenEstimate).toBeLessThanOrEqual(maxTokens)
    expect(document.text.slice(end, chunk.startOffset).trim()).toBe('')
    expect(chunk.startOffset).toBeGreaterThanOrEqual(end)
    end = chunk.endOffset
  })
  expect(document.text.slice(end).trim()).toBe('')
}

const ALPHABETS = ['abcdefg hij. klm', 'жзик лмн. ', '圧力計。', '🚰💧 ', 'x', 'a, b; c\n']
const KINDS = ['heading', 'paragraph', 'list', 'table', 'code'] as const

function randomDocument(seed: number): ParsedDocument {
  const random = createRandom(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  let page = 1
  const drafts = Array.from({ length: below(30) }, (): DraftBlock => {
    const alphabet = [...(ALPHABETS[below(ALPHABETS.length)] ?? '')]
    const length = random() < 0.1 ? below(6_000) : below(400)
    const text = Array.from({ length }, () => alphabet[below(alphabet.length)]).join('')
    page += below(2)
    const kind = KINDS[below(KINDS.length)] ?? 'paragraph'
    const continues =
      random() < 0.2 && kind === 'paragraph' ? ({ continuesAfter: random() < 0.5 ? '' : ' ' } as const) : {}
    return { kind, text, level: 1 + below(6), page, ...continues }
  })
  return read(drafts, page)
}

test('of 100 random documents each passage is the exact slice, in order, none above the maximum, nothing lost', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const document = randomDocument(seed)
    expectSound(document, chunkDocument(document), 320)
    expectSound(document, chunkDocument(document, { targetTokens: 20, maxTokens: 30 }), 30)
  }
})

test('passages of prose come out near the target', () => {
  const document = read(
    Array.from({ length: 20 }, (_, page) => makeProse(page)).flatMap(({ heading, paragraphs }) => [
      { kind: 'heading', text: heading, level: 1 } as const,
      ...paragraphs.map((text) => ({ kind: 'paragraph', text }) as const),
    ]),
  )
  const sizes = chunkDocument(document).map((chunk) => chunk.tokenEstimate)
  const average = sizes.reduce((sum, size) => sum + size, 0) / sizes.length
  expect(average).toBeGreaterThan(170)
  expect(average).toBeLessThan(270)
  expect(Math.min(...sizes)).toBeGreaterThan(60)
})

test('no sentence is cut unless it alone is above the maximum', () => {
  const document = read([{ kind: 'paragraph', text: prose(120) }])
  const ends = new Set(splitSentences(document.text).map((span) => span.end))
  for (const chunk of chunkDocument(document)) expect(ends.has(chunk.endOffset)).toBe(true)
})

test('a sentence above the maximum is cut at a weak stop, else between words', () => {
  const clause = 'the pump runs at full load until the tank is full; '
  const chunks = chunkDocument(read([{ kind: 'paragraph', text: clause.repeat(40) }]))
  expect(chunks.length).toBeGreaterThan(1)
  for (const chunk of chunks) expect(chunk.text).toMatch(/;$/)
  for (const chunk of chunkDocument(read([{ kind: 'paragraph', text: 'word '.repeat(900) }]))) {
    expect(chunk.text).toMatch(/^(word ?)+$/)
  }
})

test('a heading stays with what follows it, also two headings in a row', () => {
  const drafts = Array.from({ length: 12 }, (_, i): DraftBlock[] => [
    { kind: 'heading', text: `Chapter ${i}`, level: 1 },
    { kind: 'heading', text: `Part ${i}`, level: 2 },
    { kind: 'paragraph', text: prose(8 + (i % 5)) },
  ]).flat()
  for (const chunk of chunkDocument(read(drafts))) {
    expect(chunk.text).not.toMatch(/(Chapter|Part) \d+$/)
  }
})

test('sections of some length begin passages of their own, and each passage names its headings', () => {
  const chunks = chunkDocument(
    read([
      { kind: 'paragraph', text: prose(9, 'preface') },
      { kind: 'heading', text: 'Pumps', level: 1 },
      { kind: 'paragraph', text: prose(9) },
      { kind: 'heading', text: 'Start-up', level: 2 },
      { kind: 'paragraph', text: prose(9) },
    ]),
  )
  expect(chunks.map((chunk) => chunk.heading)).toEqual([null, 'Pumps', 'Pumps › Start-up'])
})

test('sections of a line or two share a passage', () => {
  const drafts = Array.from({ length: 6 }, (_, i): DraftBlock[] => [
    { kind: 'heading', text: `Question ${i}`, level: 3 },
    { kind: 'paragraph', text: prose(2) },
  ]).flat()
  const chunks = chunkDocument(read(drafts))
  expect(chunks.length).toBeLessThanOrEqual(3)
})

test('a table that fits stays whole, and one that does not is cut between rows', () => {
  const rows = (count: number): string =>
    Array.from({ length: count }, (_, i) => `Pump ${i} | ${i} bar | ok`).join('\n')
  const fits = chunkDocument(
    read([
      { kind: 'paragraph', text: prose(10) },
      { kind: 'table', text: rows(40) },
      { kind: 'paragraph', text: prose(10) },
    ]),
  )
  expect(fits.filter((chunk) => chunk.text.includes(' bar | ')).length).toBe(1)
  const large = chunkDocument(read([{ kind: 'table', text: rows(300) }]))
  expect(large.length).toBeGreaterThan(3)
  for (const chunk of large) expect(chunk.text).toMatch(/^Pump [\s\S]*ok$/)
})

test('a passage knows the pages it starts and ends on, through paragraphs that page ends cut', () => {
  const [start, rest] = [prose(6), prose(6)]
  const document = read(
    [
      { kind: 'paragraph', text: `${start} And the sentence goes`, page: 3 },
      { kind: 'paragraph', text: `on here. ${rest}`, page: 4, continuesAfter: ' ' },
    ],
    4,
  )
  const chunks = chunkDocument(document)
  expect(chunks.map((chunk) => [chunk.page, chunk.endPage])).toContainEqual([3, 4])
  expect(chunks.some((chunk) => chunk.text.includes('And the sentence goes on here.'))).toBe(true)
})

test('a document of five million characters is cut in seconds', () => {
  const document = read(
    Array.from({ length: 1_000 }, () => ({ kind: 'paragraph', text: prose(90) }) as const),
  )
  const started = performance.now()
  expect(chunkDocument(document).length).toBeGreaterThan(4_000)
  expect(performance.now() - started).toBeLessThan(10_000)
})

test('an impossible target is refused, an empty document has no passages', () => {
  expect(() => chunkDocument(read([]), { targetTokens: 0 })).toThrow(RangeError)
  expect(chunkDocument(read([]))).toEqual([])
})
