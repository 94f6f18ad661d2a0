import { expect, test } from 'vitest'
import { isNestedDeeper } from './json-depth.ts'

test.each([
  ['[[1]]', 2, false],
  ['[[1]]', 1, true],
  ['{"a":{"b":[1]}}', 2, true],
  ['[1],[2],[3]', 1, false],
  ['["[[[["]', 1, false],
  ['["\\"[[[["]', 1, false],
  ['["\\\\",[1]]', 1, true],
  ['["[[[[', 1, false],
])('%j is nested deeper than %d: %s', (text, most, deeper) => {
  expect(isNestedDeeper(text, most)).toBe(deeper)
})

test('a long text of quotes and slashes is read in time that grows with it, not with its square', () => {
  const startedAt = performance.now()
  for (const text of ['"'.repeat(1_000_001), `"${'\\'.repeat(1_000_000)}"`, `"${'\\"'.repeat(500_000)}"`])
    isNestedDeeper(text, 10)
  expect(performance.now() - startedAt).toBeLessThan(2_000)
})
