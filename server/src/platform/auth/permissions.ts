import type { Caller } from '../context.ts'
import { forbidden } from '../errors.ts'

export const roles = ['owner', 'admin', 'member', 'guest'] as const
export type Role = (typeof roles)[number]

/**
 * Every permission there is, with the least role that holds it. This table is the only place that says who may
 * do what; routes name a permission, actions check it, the OpenAPI document shows it.
 */
const leastRole = {
  'read:profile': 'guest',
  'update:profile': 'guest',
  'read:organization': 'guest',
  'update:organization': 'admin',
  'read:members': 'member',
  'manage:members': 'admin',
  'manage:owners': 'owner',
  'read:api_keys': 'member',
  'manage:api_keys': 'admin',
  'read:activity': 'admin',
  'read:models': 'guest',
  'use:models': 'member',
  'read:usage': 'member',
  'read:budgets': 'member',
  'manage:budgets': 'admin',
  'read:documents': 'member',
  'write:documents': 'member',
  'read:conversations': 'member',
  'write:conversations': 'member',
} as const satisfies Record<string, Role>

export type Permission = keyof typeof leastRole

// Object.keys forgets the key type; the object above is the whole list.
export const permissions = Object.keys(leastRole) as Permission[]

/** What a role holds; `owner` holds everything, `guest` the least. */
export function permissionsOfRole(role: Role): ReadonlySet<Permission> {
  const rank = roles.indexOf(role)
  return new Set(permissions.filter((permission) => rank <= roles.indexOf(leastRole[permission])))
}

/** Permissions that belong to people alone: a machine's key never holds them. */
const personalPermissions: ReadonlySet<Permission> = new Set([
  'read:profile',
  'update:profile',
  'manage:owners',
])

/** What an API key holds: what an admin may do, without what belongs to people alone. */
export function permissionsOfApiKey(): ReadonlySet<Permission> {
  return new Set([...permissionsOfRole('admin')].filter((permission) => !personalPermissions.has(permission)))
}

/** Throws 403 unless the caller holds the permission. Called by every action that changes or reveals something. */
export function requirePermission(caller: Caller, permission: Permission): void {
  if (!caller.permissions.has(permission)) {
    throw forbidden({
      message: `This needs the permission ${permission}, which ${caller.role ?? 'this credential'} does not have.`,
      details: { permission, role: caller.role },
    })
  }
}
