import { requireWithinOwn } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { lastOwner, ownersOnly } from '../errors.ts'
import { mayChangeRole } from '../rules/may-change-role.ts'
import { permissionsOfChoice, type RoleChoice } from '../rules/role-choice.ts'

/**
 * Whether the caller may take one role from somebody and give them another: owners are made and unmade by owners, one
 * stays, and neither role holds more than the caller does.
 * @param from null for a new member
 * @param to null for removal
 * @throws owners_only (403), exceeds_own_permissions (403), last_owner (409)
 */
export function requireRoleChange(
  { caller }: Pick<Scope, 'caller'>,
  from: RoleChoice | null,
  to: RoleChoice | null,
  owners: number,
): void {
  const isOwner = caller.permissions.has('manage:owners')
  const verdict = mayChangeRole({ isOwner }, from?.role ?? null, to?.role ?? null, owners)
  if (verdict === 'owners_only') throw ownersOnly()
  for (const choice of [from, to]) if (choice) requireWithinOwn(caller, permissionsOfChoice(choice))
  if (verdict === 'last_owner') throw lastOwner()
}
