import { expect, test } from 'vitest'
import { citedMarkers } from './cited-markers.ts'

test('single, listed and adjacent markers count', () => {
  expect([...citedMarkers('A [1], b [2, 3] and c [4][5].')]).toEqual([1, 2, 3, 4, 5])
})

test('links and code do not', () => {
  expect([...citedMarkers('[1](https://example.com) `a[2]` \n```\nb[3]\n```\n')]).toEqual([])
})
