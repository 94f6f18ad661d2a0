import { expect, test } from 'vitest'
import { buildPrompt, fitHistory } from './build-prompt.ts'

const citation = {
  marker: 1,
  passageId: 'p',
  documentId: 'd',
  documentName: 'Lease.pdf',
  page: 3,
  heading: null,
  quote: 'The rent',
  startOffset: 0,
  endOffset: 8,
}

test('passages stand numbered in the instructions, the question last', () => {
  const prompt = buildPrompt(
    [{ citation, text: 'The rent is 10.' }],
    [{ role: 'user', content: 'Hi' }],
    'How much?',
  )
  expect(prompt.map((message) => message.role)).toEqual(['system', 'user', 'user'])
  expect(prompt[0]?.content).toContain('[1] Lease.pdf, page 3\nThe rent is 10.')
  expect(prompt.at(-1)?.content).toBe('How much?')
})

test('without passages the model is told so', () => {
  expect(buildPrompt([], [], 'How much?')[0]?.content).toContain('None of its documents')
})

test('history keeps the newest that fit, in order', () => {
  const newestFirst = ['c', 'b', 'a'].map((content) => ({
    role: 'user' as const,
    content: content.repeat(10),
  }))
  expect(fitHistory(newestFirst, 25).map((message) => message.content[0])).toEqual(['b', 'c'])
})
