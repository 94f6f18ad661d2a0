import { grantablePermissions, type Permission } from '../../../platform/auth/permissions.ts'

/** Splits names into permissions that a role can hold, each once and in the order of the table, and all others. */
export function sortGrantable(names: readonly string[]): { granted: Permission[]; refused: string[] } {
  const wanted = new Set(names)
  const granted = grantablePermissions.filter((permission) => wanted.has(permission))
  for (const permission of granted) wanted.delete(permission)
  return { granted, refused: [...wanted] }
}
