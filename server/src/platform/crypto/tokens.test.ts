import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hashToken, randomToken, safeEqual } from './tokens.ts'

test('a hash is the SHA-256 of the token, in hex', () => {
  // The vector of FIPS 180-4 for "abc".
  expect(hashToken('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

test('tokens have the bytes asked for, differ, and cannot be made short', () => {
  expect(Buffer.from(randomToken(32), 'base64url')).toHaveLength(32)
  expect(new Set(Array.from({ length: 1_000 }, () => randomToken(16))).size).toBe(1_000)
  expect(() => randomToken(15)).toThrow(RangeError)
})

test('two texts are equal exactly when they are the same', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      (one, other) => safeEqual(one, one) && safeEqual(one, other) === (one === other),
    ),
  )
})
