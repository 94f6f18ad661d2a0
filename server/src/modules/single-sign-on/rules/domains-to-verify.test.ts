import { expect, test } from 'vitest'
import { domainsToVerify } from './domains-to-verify.ts'

const email = 'ada@acme.example'

test('an identity provider is believed for the domain of the address', () => {
  expect(domainsToVerify('https://acme.okta.com', { email, hostedDomain: undefined })).toEqual([
    'acme.example',
  ])
  expect(domainsToVerify('https://acme.okta.com', { email: 'ada', hostedDomain: undefined })).toBeUndefined()
})

test('Google is believed only for accounts that belong to an organization', () => {
  const issuer = 'https://accounts.google.com'
  expect(domainsToVerify(issuer, { email, hostedDomain: undefined })).toBeUndefined()
  expect(domainsToVerify(issuer, { email, hostedDomain: 'other.example' })).toEqual([
    'acme.example',
    'other.example',
  ])
})
