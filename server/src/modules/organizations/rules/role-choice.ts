import {
  type Permission,
  permissionsOfMachine,
  permissionsOfMember,
  type Role,
  roles,
} from '../../../platform/auth/permissions.ts'

/** What somebody has or gets: a built-in role, or one of the organization's own in the place of `member`. */
export interface RoleChoice {
  role: Role
  customRole: { id: string; name: string; permissions: readonly string[] } | null
}

export function permissionsOfChoice({ role, customRole }: RoleChoice): ReadonlySet<Permission> {
  return permissionsOfMember(role, customRole?.permissions ?? null)
}

export function permissionsOfServiceAccount(choice: RoleChoice): ReadonlySet<Permission> {
  return permissionsOfMachine(permissionsOfChoice(choice))
}

/** As audit entries and letters name it. */
export function nameOfChoice({ role, customRole }: RoleChoice): string {
  return customRole?.name ?? role
}

/** As an audit entry records it: `{ role, customRole? }`. */
export function auditedRole({ role, customRole }: RoleChoice): Record<string, unknown> {
  return customRole ? { role, customRole: { id: customRole.id, name: customRole.name } } : { role }
}

/** A role of the organization's own with such a name would be taken for the built-in one. */
export function isBuiltInName(name: string): boolean {
  return roles.some((role) => role === name.trim().toLowerCase())
}
