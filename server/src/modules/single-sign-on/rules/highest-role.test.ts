import { expect, test } from 'vitest'
import { highestRole, roleOfGroup } from './highest-role.ts'

const builtIn = (role: 'admin' | 'member' | 'guest') =>
  roleOfGroup({ role, customRoleId: null, granted: null })
const own = (id: string, granted: string[]) => roleOfGroup({ role: null, customRoleId: id, granted })
const highest = (...roles: ReturnType<typeof roleOfGroup>[]) => highestRole(roles.flatMap((one) => one ?? []))

test('of several roles the one that allows most counts, in whatever order they come', () => {
  expect(highest(builtIn('guest'), builtIn('admin'), builtIn('member'))?.role).toBe('admin')
  expect(highest(builtIn('admin'), own('a', ['read:documents']))?.role).toBe('admin')
  expect(
    highest(builtIn('guest'), own('a', ['read:documents', 'use:models', 'read:usage', 'read:budgets'])),
  ).toMatchObject({
    customRoleId: 'a',
  })
})

test('a group that is tied to nothing gives nothing', () => {
  expect(roleOfGroup({ role: null, customRoleId: null, granted: null })).toBeUndefined()
  expect(highest()).toBeUndefined()
})
