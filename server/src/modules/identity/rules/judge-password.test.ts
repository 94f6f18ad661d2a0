import { expect, test } from 'vitest'
import { judgePassword } from './judge-password.ts'

const ada = { email: 'ada.lovelace@example.com', name: 'Augusta Ada King' }

test.each([
  ['ada.lovelace@example.com', 'contains_email'],
  ['Ada.Lovelace!', 'contains_email'],
  ['adalovelace1843', 'contains_email'],
  ['augusta ada king', 'contains_name'],
  ['AugustaAdaKing99', 'contains_name'],
  ['aaaaaaaaaaaa', 'too_few_characters'],
  ['1212121212', 'too_few_characters'],
  ['correct horse battery', undefined],
  ['my cat is called augusta ada king ii', undefined],
])('%s: %s', (password, fault) => {
  expect(judgePassword(password, ada)).toBe(fault)
})

test('a short name does not forbid the words it stands in', () => {
  expect(judgePassword('adamantium', { email: 'a@example.com', name: 'Ada' })).toBeUndefined()
})
