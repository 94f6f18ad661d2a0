import { describe, expect, test } from 'vitest'
import { checkCitations } from './check-citations.ts'

const passages = [
  { marker: 1, text: 'The harbour of Zanzibar was\nrebuilt in 1964 by the town itself.' },
  { marker: 2, text: 'Cloves are dried for four days.' },
]

describe('a mark', () => {
  test('of a passage that was retrieved stays, with its beginning as the quote', () => {
    const { text, quotes } = checkCitations('It was rebuilt in 1964 [1].', passages)
    expect(text).toBe('It was rebuilt in 1964 [1].')
    expect(quotes.get(1)).toBe(passages[0]?.text)
  })

  test('of a passage that was not retrieved goes', () => {
    expect(checkCitations('It was rebuilt [7]. Cloves dry [2].', passages).text).toBe(
      'It was rebuilt. Cloves dry [2].',
    )
  })

  test('among several goes alone', () => {
    expect(checkCitations('Both are so [1, 9, 2].', passages).text).toBe('Both are so [1, 2].')
  })

  test('behind a quotation stays where the passage holds it, though its lines break elsewhere', () => {
    const answer = 'The paper says "the harbour of Zanzibar was rebuilt in 1964" [1].'
    const { text, quotes } = checkCitations(answer, passages)
    expect(text).toBe(answer)
    expect(quotes.get(1)).toBe('The harbour of Zanzibar was\nrebuilt in 1964')
  })

  test('behind a quotation goes where the passage does not hold it', () => {
    expect(checkCitations('It says “the harbour was sold in 1970” [1].', passages).text).toBe(
      'It says “the harbour was sold in 1970”.',
    )
  })

  test('is judged by its own sentence', () => {
    const answer = 'It says "something that nobody wrote". Cloves are dried [2].'
    expect(checkCitations(answer, passages).text).toBe(answer)
  })

  test('in code is none', () => {
    expect(checkCitations('`list[9]` is code [2]', passages).text).toBe('`list[9]` is code [2]')
  })
})
