import { expect, test } from 'vitest'
import { createTokenizer, type VocabularyEntry } from './sentence-tokenizer.ts'

const RESERVED: VocabularyEntry[] = Array.from({ length: 6 }, (_, i) => [`<${i}>`, 0])
const PIECES: VocabularyEntry[] = [
  ['\u2581', -3],
  ['\u2581un', -4],
  ['do', -4],
  ['\u2581undo', -9],
  ['u', -6],
  ['n', -6],
  ['d', -6],
  ['o', -6],
  ['ing', -5],
]
const tokenize = createTokenizer([...RESERVED, ...PIECES])
const pieces = (text: string): string[] =>
  [...tokenize(text)].map((id) => [...RESERVED, ...PIECES][id]?.[0] ?? '')

test('of all ways to cut a word, the most probable is taken', () => {
  expect(pieces('undo')).toEqual(['\u2581un', 'do'])
  expect(pieces('undoing')).toEqual(['\u2581un', 'do', 'ing'])
})

test('white space of any kind and length is one word boundary, compatible characters are brought together', () => {
  expect(pieces('  undo \n\t undo ')).toEqual(['\u2581un', 'do', '\u2581un', 'do'])
  expect(pieces('ｕｎｄｏ')).toEqual(['\u2581un', 'do'])
})

test('a run of unknown characters is one unknown token, and reserved entries never match', () => {
  expect(pieces('un###do')).toEqual(['\u2581un', '<0>', 'do'])
  expect(pieces('<1>')).toEqual(['\u2581', '<0>'])
  expect(pieces('')).toEqual(['<0>'])
})

test('long hostile words take linear time', () => {
  const started = performance.now()
  expect(tokenize('undo'.repeat(100_000)).length).toBeGreaterThan(100_000)
  expect(performance.now() - started).toBeLessThan(5_000)
})
