import { expect, test } from 'vitest'
import { quoteOf } from './quote-of.ts'

const passage = 'Rent\n\nThe rent is 940 francs\na month. It is due on the third.'

test('what the answer quotes is shown, as it stands in the passage', () => {
  expect(quoteOf(passage, '> The rent is 940 francs a month. [1]', 1)).toBe(
    'The rent is 940 francs\na month.',
  )
})

test('a quotation cut at both ends is found', () => {
  expect(quoteOf(passage, '> … 940 francs a month. It is … [2]', 2)).toBe('940 francs\na month. It is')
})

test('each marker has the words before it, not those before another', () => {
  const answer = '> The rent is 940 francs [1] It is due on the third. [2]'
  expect(quoteOf(passage, answer, 2)).toBe('It is due on the third.')
})

test('an answer in its own words shows the beginning of the passage', () => {
  expect(quoteOf(passage, 'You pay nine hundred and forty francs [1].', 1)).toBe(passage)
  expect(quoteOf(passage, 'Nothing is cited here.', 1)).toBe(passage)
})

test('characters that mean something in a pattern are words like others', () => {
  expect(quoteOf('costs (a+b)*2 [or more] $1?', '> costs (a+b)*2 [or more] $1? [1]', 1)).toContain('costs')
})
