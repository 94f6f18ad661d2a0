import { expect, test } from 'vitest'
import { makeSlug } from './make-slug.ts'

const id = '0190a1b2-0000-7000-8000-0123456789ab'

test('a slug is lower-case ASCII with the end of the id', () => {
  expect(makeSlug('Ünïted  Büros & Söhne!', id)).toBe('united-buros-sohne-456789ab')
})

test('a name without one ASCII letter still gives a slug', () => {
  expect(makeSlug('北京', id)).toBe('organization-456789ab')
})

test('a long name is cut without a trailing hyphen', () => {
  expect(makeSlug(`${'a'.repeat(39)} b`, id)).toBe(`${'a'.repeat(39)}-456789ab`)
})
