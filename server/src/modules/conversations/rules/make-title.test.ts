import { expect, test } from 'vitest'
import { makeTitle } from './make-title.ts'

test('a short message is its own title', () => {
  expect(makeTitle('  What is\n a lease? ')).toBe('What is a lease?')
})

test('a long one is cut at a word', () => {
  const title = makeTitle(
    'How do hard budgets keep concurrent calls from overrunning the limit that was set?',
  )
  expect(title).toBe('How do hard budgets keep concurrent calls from overrunning…')
})

test('one long word is cut all the same', () => {
  expect(makeTitle('x'.repeat(100))).toBe(`${'x'.repeat(60)}…`)
})
