import { expect, test } from 'vitest'
import { windowEnd, windowStart } from './budget-window.ts'

test('a day begins at midnight UTC and ends at the next', () => {
  const start = windowStart('day', new Date('2028-02-29T23:59:59.999Z'))
  expect(start.toISOString()).toBe('2028-02-29T00:00:00.000Z')
  expect(windowEnd('day', start)?.toISOString()).toBe('2028-03-01T00:00:00.000Z')
})

test('a month ends where the next begins, over the turn of the year too', () => {
  const start = windowStart('month', new Date('2026-12-31T12:00:00Z'))
  expect(start.toISOString()).toBe('2026-12-01T00:00:00.000Z')
  expect(windowEnd('month', start)?.toISOString()).toBe('2027-01-01T00:00:00.000Z')
})

test('a lifetime never ends', () => {
  expect(windowEnd('lifetime', windowStart('lifetime', new Date()))).toBeNull()
})
