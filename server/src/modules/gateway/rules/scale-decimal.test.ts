import { describe, expect, it } from 'vitest'
import { scaleDecimal } from './scale-decimal.ts'

describe('scaling a decimal', () => {
  it.each([
    ['0.00014', 9, 140_000n],
    [0.00014, 9, 140_000n],
    [1.4e-7, 9, 140n],
    [3.39e-5, 9, 33_900n],
    ['2.5E+1', 9, 25_000_000_000n],
    [0, 9, 0n],
    ['0.00000015', 15, 150_000_000n],
    // Not 0.30000000000000004, which is what a float makes of adding its parts.
    [0.1 * 3, 9, 300_000_000n],
    ['0.0000000004', 9, 0n],
    ['0.0000000005', 9, 1n],
    ['1.0000000015', 9, 1_000_000_002n],
  ] as const)('%s with %i digits is %i', (value, scale, expected) => {
    expect(scaleDecimal(value, scale)).toBe(expected)
  })

  it.each([
    -1,
    '-1',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '',
    '1e999',
    '0x10',
    '1,5',
    null,
    undefined,
    {},
    true,
    '9'.repeat(50),
  ])('refuses %s', (value) => {
    expect(scaleDecimal(value, 9)).toBeUndefined()
  })

  it('reads back every amount of nano-dollars that a JSON number can hold', () => {
    for (let nanos = 1n; nanos < 10n ** 14n; nanos = nanos * 7n + 3n) {
      const text = `${nanos / 1_000_000_000n}.${(nanos % 1_000_000_000n).toString().padStart(9, '0')}`
      expect(scaleDecimal(JSON.parse(text), 9)).toBe(nanos)
    }
  })
})
