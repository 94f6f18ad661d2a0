import { expect, test } from 'vitest'
import { matchesQuote } from './matches-quote.ts'

const quote = 'The gate closes at nine in the evening, and guests who come later ring the bell beside it.'

test('a passage that holds the quote matches it, whatever its white space and case', () => {
  expect(
    matchesQuote(`Opening hours.\n${quote.toUpperCase().replaceAll(' ', '\n ')} Dogs may not enter.`, quote),
  ).toBe(true)
})

test('a passage that is a part of a longer quote matches it', () => {
  expect(matchesQuote('guests who come later ring the bell beside it.', quote)).toBe(true)
})

test('a passage that ends or begins with most of the quote matches it, and the smaller rest does not', () => {
  const cut = quote.indexOf('come later')
  expect(matchesQuote(`Opening hours. ${quote.slice(0, cut)}`, quote)).toBe(true)
  expect(matchesQuote(`${quote.slice(cut)} Dogs may not enter the yard at any time.`, quote)).toBe(false)
})

test('neither another passage nor a few common words match', () => {
  expect(matchesQuote('The gate is repaired in May, and the yard stays open all the while.', quote)).toBe(
    false,
  )
  expect(matchesQuote('The gate', quote)).toBe(false)
  expect(matchesQuote('', quote)).toBe(false)
})
