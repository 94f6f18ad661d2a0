import { expect, test } from 'vitest'
import { systemCaller } from '../context.ts'
import {
  permissions,
  permissionsOfMachine,
  permissionsOfMember,
  permissionsOfRole,
  requirePermission,
  roles,
} from './permissions.ts'

test('each role holds everything the one below it holds, and the owner holds all', () => {
  const held = roles.map((role) => permissionsOfRole(role))
  for (let index = 1; index < held.length; index++) {
    expect([...(held[index] ?? [])].every((permission) => held[index - 1]?.has(permission))).toBe(true)
    expect(held[index - 1]?.size).toBeGreaterThan(held[index]?.size ?? 0)
  }
  expect([...permissionsOfRole('owner'), 'system:admin']).toEqual(permissions)
})

test('a guest can neither use models nor read what others wrote', () => {
  const guest = permissionsOfRole('guest')
  for (const permission of [
    'use:models',
    'read:documents',
    'read:conversations',
    'read:usage',
    'read:users',
  ] as const) {
    expect(guest.has(permission)).toBe(false)
  }
})

test('an API key holds what an admin does, without what belongs to people', () => {
  const key = permissionsOfMachine(permissionsOfRole('owner'))
  expect([...permissionsOfRole('admin')].filter((permission) => !key.has(permission))).toEqual([
    'read:profile',
    'update:profile',
    'delete:account',
  ])
  expect(key.has('manage:owners')).toBe(false)
  expect(key.has('manage:sign_in')).toBe(false)
})

test('a caller without a permission is told which one', () => {
  const caller = systemCaller('organization', 'request', null, ['read:usage'])
  expect(() => requirePermission(caller, 'read:usage')).not.toThrow()
  expect(() => requirePermission(caller, 'use:models')).toThrow(
    expect.objectContaining({ status: 403, details: { permission: 'use:models', role: null } }),
  )
})

test('a custom role gives what it lists and nothing that belongs to people or owners', () => {
  const held = permissionsOfMember('member', [
    'read:usage',
    'manage:owners',
    'manage:sign_in',
    'system:admin',
    'of:yesterday',
  ])
  expect([...held].sort()).toEqual([
    'delete:account',
    'read:organization',
    'read:profile',
    'read:usage',
    'update:profile',
  ])
  expect(permissionsOfMember('guest', null)).toEqual(permissionsOfRole('guest'))
})

test('no role of an organization operates the installation', () => {
  expect(permissionsOfRole('owner').has('system:admin')).toBe(false)
})
