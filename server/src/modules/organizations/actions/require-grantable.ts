import type { Permission } from '../../../platform/auth/permissions.ts'
import { permissionNotGrantable } from '../errors.ts'
import { sortGrantable } from '../rules/sort-grantable.ts'

/** @throws permission_not_grantable (422), naming each permission that is unknown or belongs to people alone */
export function requireGrantable(names: readonly string[]): Permission[] {
  const { granted, refused } = sortGrantable(names)
  if (refused.length === 0) return granted
  throw permissionNotGrantable({
    message: `A role cannot hold ${refused.join(', ')}. GET /api/v1/permissions lists what it can hold.`,
    details: { permissions: refused },
  })
}
