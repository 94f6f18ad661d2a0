import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { apiKeyPrefix, generateApiKey, parseApiKey } from './api-key-format.ts'

describe('a key made here', () => {
  test('is valid by its checksum, 39 characters, and never the same', () => {
    const keys = Array.from({ length: 2_000 }, generateApiKey)
    expect(new Set(keys).size).toBe(2_000)
    for (const key of keys) {
      expect(key).toMatch(/^fh_[0-9A-Za-z]{36}$/)
      expect(parseApiKey(key)).toEqual({ valid: true, hasChecksum: true })
    }
  })

  test('uses all 62 characters evenly, at least 160 bits of them', () => {
    const counts = new Map<string, number>()
    const keys = 4_000
    for (let index = 0; index < keys; index++) {
      for (const letter of generateApiKey().slice(3, 33)) counts.set(letter, (counts.get(letter) ?? 0) + 1)
    }
    expect(counts.size).toBe(62)
    expect(30 * Math.log2(62)).toBeGreaterThan(160)
    // 120,000 draws over 62 letters: 1,935 each with a standard deviation of 44; 400 is nine of them.
    for (const count of counts.values()) expect(Math.abs(count - (keys * 30) / 62)).toBeLessThan(400)
  })

  test('is refused without a look-up when any one character is another', () => {
    const letter = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz')
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 38 }), letter, (at, other) => {
        const key = generateApiKey()
        fc.pre(key[at] !== other)
        expect(parseApiKey(key.slice(0, at) + other + key.slice(at + 1)).valid).toBe(false)
      }),
      { numRuns: 1_000 },
    )
  })

  test('is refused when cut short', () => {
    expect(parseApiKey(generateApiKey().slice(0, -1)).valid).toBe(false)
  })
})

test('a key set by the operator is accepted without a checksum from 40 characters on', () => {
  expect(parseApiKey(`fh_${'x'.repeat(37)}`)).toEqual({ valid: true, hasChecksum: false })
  expect(parseApiKey('fh_acceptance-test-key-0123456789-abcdefghij')).toEqual({
    valid: true,
    hasChecksum: false,
  })
  expect(parseApiKey(`fh_${'x'.repeat(36)}`).valid).toBe(false)
})

test.each([
  '',
  'fh_',
  'fh_short',
  `sk_${'x'.repeat(60)}`,
  `FH_${'x'.repeat(60)}`,
  ` fh_${'x'.repeat(60)}`,
  `fh_${'x'.repeat(20)} ${'x'.repeat(20)}`,
  `fh_${'x'.repeat(60)}\n`,
  `fh_${'é'.repeat(40)}`,
  `fh_${'x'.repeat(600)}`,
])('%j is no key', (text) => {
  expect(parseApiKey(text).valid).toBe(false)
})

test('what is shown of a key is nine characters', () => {
  const key = generateApiKey()
  expect(apiKeyPrefix(key)).toBe(key.slice(0, 9))
})
