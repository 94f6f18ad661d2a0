import { expect, test } from 'vitest'
import { mayChangeRole } from './may-change-role.ts'

test('an admin can change members, never owners', () => {
  expect(mayChangeRole({ isOwner: false }, 'member', 'admin', 1)).toBe('yes')
  expect(mayChangeRole({ isOwner: false }, 'member', 'owner', 1)).toBe('owners_only')
  expect(mayChangeRole({ isOwner: false }, 'owner', null, 2)).toBe('owners_only')
})

test('the last owner can neither be demoted nor removed', () => {
  expect(mayChangeRole({ isOwner: true }, 'owner', 'admin', 1)).toBe('last_owner')
  expect(mayChangeRole({ isOwner: true }, 'owner', null, 1)).toBe('last_owner')
  expect(mayChangeRole({ isOwner: true }, 'owner', null, 2)).toBe('yes')
  expect(mayChangeRole({ isOwner: true }, 'owner', 'owner', 1)).toBe('yes')
})
