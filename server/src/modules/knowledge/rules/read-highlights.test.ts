import { expect, test } from 'vitest'
import { matchedTerms, readHighlights } from './read-highlights.ts'

test('offsets point at the marked words, also behind characters of two code units', () => {
  const text = '🔑 Keys open gates; a gate opens.'
  const marked = '🔑 Keys open |gates|; a |gate| opens.'
  const highlights = readHighlights(marked, '|', text)
  expect(highlights?.map(({ start, end }) => text.slice(start, end))).toEqual(['gates', 'gate'])
})

test('a marked text that is not the text has no offsets', () => {
  expect(readHighlights('a |gate| ', '|', 'a gate')).toBeUndefined()
})

test('a text without marks has no highlights', () => {
  expect(readHighlights('nothing here', '|', 'nothing here')).toEqual([])
})

test('a word counts once, whatever its case', () => {
  const highlights = [
    { start: 0, end: 4 },
    { start: 5, end: 9 },
  ]
  expect(matchedTerms('Gate gate', highlights)).toEqual(['gate'])
})
