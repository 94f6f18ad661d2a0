import { expect, test } from 'vitest'
import { newId } from '../ids.ts'
import { decodeCursor, decodeIdCursor, encodeCursor, toPage } from './pagination.ts'

test('a cursor gives back the key it was made of', () => {
  const key = ['2026-01-01T00:00:00.000Z', newId()]
  expect(decodeCursor(encodeCursor(key), 2)).toEqual(key)
  expect(decodeCursor(undefined, 2)).toBeUndefined()
})

test.each([
  '',
  'x',
  '%%%',
  encodeCursor(['one']),
  Buffer.from('{"a":1}').toString('base64url'),
  Buffer.from('[1,2]').toString('base64url'),
])('the cursor %j of somebody’s own making is refused', (cursor) => {
  expect(() => decodeCursor(cursor, 2)).toThrow(expect.objectContaining({ status: 400 }))
  expect(() => decodeIdCursor(cursor)).toThrow(expect.objectContaining({ status: 400 }))
})

test('a page is cut at its limit and has a cursor only where more follows', () => {
  const rows = ['a', 'b', 'c']
  expect(toPage(rows, 2, (row) => [row])).toEqual({ data: ['a', 'b'], nextCursor: encodeCursor(['b']) })
  expect(toPage(rows, 3, (row) => [row])).toEqual({ data: rows, nextCursor: null })
  expect(toPage([], 3, (row: string) => [row])).toEqual({ data: [], nextCursor: null })
})
