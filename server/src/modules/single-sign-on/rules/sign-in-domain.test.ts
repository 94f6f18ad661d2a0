import { expect, test } from 'vitest'
import { domainOf, isEverybodys, toDomain } from './sign-in-domain.ts'

test.each([
  ['Acme.Example', 'acme.example'],
  ['acme.example.', 'acme.example'],
  ['bücher.example', 'xn--bcher-kva.example'],
])('%s is compared as %s', (text, domain) => {
  expect(toDomain(text)).toBe(domain)
})

test.each([
  '',
  'a b',
  'http://acme.example',
  'acme.example/path',
  'user@acme.example',
  '127.0.0.1',
  '-a.example',
  'a..b',
  '[::1]',
  'acme.example:8080',
])('%j is no domain name', (text) => {
  expect(toDomain(text)).toBeUndefined()
})

test('mail services and public suffixes are nobody’s own', () => {
  for (const domain of ['com', 'gmail.com', 'co.uk', 'outlook.com'])
    expect(isEverybodys(domain), domain).toBe(true)
  expect(isEverybodys('acme.co.uk')).toBe(false)
})

test('the domain of an address is what stands after the last @', () => {
  expect(domainOf('"a@gmail.com"@Acme.Example')).toBe('acme.example')
  expect(domainOf('@acme.example')).toBeUndefined()
  expect(domainOf('acme.example')).toBeUndefined()
})
