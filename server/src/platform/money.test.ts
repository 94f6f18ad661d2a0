import { expect, test } from 'vitest'
import { formatUsd, parseUsd } from './money.ts'

test('every nano-dollar is shown, and nothing is rounded', () => {
  expect(formatUsd(0n)).toBe('0.000000000')
  expect(formatUsd(1n)).toBe('0.000000001')
  expect(formatUsd(1_500_000n)).toBe('0.001500000')
  expect(formatUsd(-1_000_000_001n)).toBe('-1.000000001')
  expect(formatUsd(999_999_999_999_999_999n)).toBe('999999999.999999999')
})

test('a decimal of up to nine places is read exactly', () => {
  expect(parseUsd('12.5')).toBe(12_500_000_000n)
  expect(parseUsd('0.000000001')).toBe(1n)
  expect(parseUsd('0.1')).toBe(100_000_000n)
  expect(parseUsd('999999999.999999999')).toBe(999_999_999_999_999_999n)
})

test.each(['', '.5', '5.', '-1', '+1', '1e3', '1,5', ' 1', '1 ', '0.0000000001', '1000000000', 'NaN', '１'])(
  '%j is no amount',
  (text) => {
    expect(parseUsd(text)).toBeUndefined()
  },
)

test('what was shown reads back as the same amount', () => {
  for (const nanos of [0n, 1n, 999_999_999n, 1_000_000_000n, 123_456_789_012_345_678n]) {
    expect(parseUsd(formatUsd(nanos))).toBe(nanos)
  }
})
