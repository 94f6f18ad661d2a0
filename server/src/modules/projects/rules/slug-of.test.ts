import { expect, test } from 'vitest'
import { slugOf } from './slug-of.ts'

test.each([
  ['Billing Bot (EU)', 'billing-bot-eu'],
  ['Crème brûlée', 'creme-brulee'],
  ['  --a--b--  ', 'a-b'],
  ['x'.repeat(100), 'x'.repeat(64)],
  ['項目', undefined],
])('%j is said as %j', (name, slug) => {
  expect(slugOf(name)).toBe(slug)
})
