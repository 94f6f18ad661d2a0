import { expect, test } from 'vitest'
import { createCountryLookup } from './country-lookup.ts'

test.each([
  ['130.59.31.80', 'CH'],
  ['2001:620::1', 'CH'],
  ['::ffff:130.59.31.80', 'CH'],
  ['127.0.0.1', null],
  ['10.1.2.3', null],
  ['fe80::1', null],
  ['no address', null],
  ['', null],
  [null, null],
])('the country of %s is %s', (address, country) => {
  expect(createCountryLookup()(address)).toBe(country)
})
