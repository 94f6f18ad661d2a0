import type { Role } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { lastOwner, ownersOnly } from '../errors.ts'
import { mayChangeRole } from '../rules/may-change-role.ts'

/** @throws owners_only (403), last_owner (409) */
export function requireRoleChange(scope: Scope, from: Role | null, to: Role | null, owners: number): void {
  const verdict = mayChangeRole({ isOwner: scope.caller.permissions.has('manage:owners') }, from, to, owners)
  if (verdict === 'owners_only') throw ownersOnly()
  if (verdict === 'last_owner') throw lastOwner()
}
