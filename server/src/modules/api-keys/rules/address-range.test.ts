import { expect, test } from 'vitest'
import { toAddressRange } from './address-range.ts'

test.each([
  ['203.0.113.7', '203.0.113.7/32'],
  ['203.0.113.7/24', '203.0.113.0/24'],
  ['::ffff:203.0.113.7', '203.0.113.7/32'],
  ['2001:db8::1', '2001:db8::1/128'],
  ['2001:db8::1/32', '2001:db8::/32'],
])('%s is the range %s', (written, range) => {
  expect(toAddressRange(written)).toBe(range)
})

test.each([
  '',
  'example.com',
  '203.0.113.7/33',
  '203.0.113',
  '0x7f.1',
  '010.1.1.1',
  '1.2.3.4/24/24',
  '::1/129',
  'any',
])('%j is no address and no range', (written) => {
  expect(toAddressRange(written)).toBeUndefined()
})
