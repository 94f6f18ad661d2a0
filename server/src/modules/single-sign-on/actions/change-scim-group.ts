import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { sqlState } from '../../../platform/db/transactions.ts'
import { scimNotFound, scimUniqueness } from '../errors.ts'
import { presentScimGroup } from '../present-scim.ts'
import {
  deleteGroupMembers,
  findScimGroup,
  insertGroupMembers,
  lockScimGroup,
  type ScimGroup,
  updateScimGroup,
} from '../scim-group-store.ts'
import { requireMembers } from '../scim-members.ts'
import { settleRoles } from './settle-roles.ts'

type Json = Record<string, unknown>

/**
 * Replaces a group by what `change` makes of it; whoever comes or goes gets the role their groups give now.
 * @throws scim.not_found (404), scim.invalid (400), scim.uniqueness (409)
 */
export async function changeScimGroup(
  scope: Scope,
  id: string,
  change: (current: Json) => Json | Promise<Json>,
): Promise<ScimGroup> {
  const { tx, organizationId, now } = scope
  requirePermission(scope.caller, 'manage:provisioning')
  await lockScimGroup(tx, id)
  const before = await findScimGroup(tx, id)
  if (!before) throw scimNotFound()
  const next = await change(presentScimGroup(before, ''))
  const displayName = String(next.displayName)
  const externalId = typeof next.externalId === 'string' ? next.externalId : null
  const members = await requireMembers(tx, next.members)
  const earlier = before.members.map((member) => member.id)
  const added = members.filter((member) => !earlier.includes(member))
  const removed = earlier.filter((member) => !members.includes(member))
  const renamed = displayName !== before.displayName
  if (!renamed && externalId === before.externalId && added.length + removed.length === 0) return before
  try {
    await updateScimGroup(tx, id, { displayName, externalId, updatedAt: now })
  } catch (error) {
    throw sqlState(error) === '23505'
      ? scimUniqueness({ details: { scimType: 'uniqueness' }, cause: error })
      : error
  }
  await deleteGroupMembers(tx, id, removed)
  await insertGroupMembers(tx, { organizationId, groupId: id, createdAt: now }, added)
  await recordAudit(scope, {
    action: 'scim_group.change',
    entity: { type: 'scim_group', id },
    changes: {
      ...(renamed ? { displayName: { from: before.displayName, to: displayName } } : {}),
      ...(added.length > 0 ? { added } : {}),
      ...(removed.length > 0 ? { removed } : {}),
    },
  })
  if (before.role !== null || before.customRoleId !== null)
    await settleRoles(scope, [...added, ...removed], before)
  const after = await findScimGroup(tx, id)
  if (!after) throw scimNotFound()
  return after
}
