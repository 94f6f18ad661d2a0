import { expect, test } from 'vitest'
import { addressOf, nameOf } from './scim-address.ts'

const home = { value: 'Home@acme.example', type: 'home' }
const work = { value: 'Work@acme.example', type: 'work' }

test('the address is the primary one, the one at work, the first one, or the user name', () => {
  expect(addressOf({ userName: 'u@acme.example', emails: [work, { ...home, primary: true }] })).toBe(
    'home@acme.example',
  )
  expect(addressOf({ userName: 'u@acme.example', emails: [home, work] })).toBe('work@acme.example')
  expect(addressOf({ userName: 'u@acme.example', emails: [home] })).toBe('home@acme.example')
  expect(addressOf({ userName: 'U@acme.example', emails: [] })).toBe('u@acme.example')
})

test.each([
  { userName: 'ada' },
  { userName: 'ada@' },
  { userName: '"a@b"@acme.example' },
  { userName: 'ada', emails: [null, 'text', { value: 7 }, { value: 'a b@acme.example' }] },
])('%j has no address', (user) => {
  expect(addressOf(user)).toBeUndefined()
})

test('a person is called what the provider calls them, or by their address', () => {
  expect(nameOf({ displayName: 'Ada L.' }, 'a@b.example')).toBe('Ada L.')
  expect(nameOf({ name: { givenName: 'Ada', familyName: 'Lovelace' } }, 'a@b.example')).toBe('Ada Lovelace')
  expect(nameOf({ name: 7, displayName: ' ' }, 'ada@b.example')).toBe('ada')
})
