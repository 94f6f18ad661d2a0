import type { Role } from '../../../platform/auth/permissions.ts'

/**
 * Whether a role may be given, changed or taken away.
 * @param from the member's role now, null for a new member
 * @param to the role wanted, null for removal
 * @param owners how many owners there are now
 */
export function mayChangeRole(
  actor: { isOwner: boolean },
  from: Role | null,
  to: Role | null,
  owners: number,
): 'yes' | 'owners_only' | 'last_owner' {
  const touchesOwner = from === 'owner' || to === 'owner'
  if (touchesOwner && !actor.isOwner) return 'owners_only'
  if (from === 'owner' && to !== 'owner' && owners <= 1) return 'last_owner'
  return 'yes'
}
