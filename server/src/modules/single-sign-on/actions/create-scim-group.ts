import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { type CountLimit, requireRoom } from '../../../platform/db/require-room.ts'
import { newId } from '../../../platform/ids.ts'
import { scimNotFound, scimUniqueness } from '../errors.ts'
import {
  countScimGroups,
  findScimGroup,
  insertGroupMembers,
  insertScimGroup,
  type ScimGroup,
} from '../scim-group-store.ts'
import { requireMembers } from '../scim-members.ts'

export const scimGroupLimit: CountLimit = {
  name: 'groups',
  most: 5_000,
  message: 'An organization has at most 5000 provisioned groups. Push fewer of the directory’s groups.',
}

/**
 * Makes a group. It gives no role until a person ties it to one. @param group as the model read it
 * @throws scim.invalid (400), scim.uniqueness, limit_reached (409)
 */
export async function createScimGroup(
  scope: Scope,
  group: Readonly<Record<string, unknown>>,
): Promise<ScimGroup> {
  const { tx, organizationId, now } = scope
  requirePermission(scope.caller, 'manage:provisioning')
  const members = await requireMembers(tx, group.members)
  await requireRoom(tx, scimGroupLimit, organizationId, () => countScimGroups(tx, undefined))
  const row = {
    organizationId,
    id: newId(),
    displayName: String(group.displayName),
    externalId: typeof group.externalId === 'string' ? group.externalId : null,
    role: null,
    customRoleId: null,
    createdAt: now,
    updatedAt: now,
  }
  if (!(await insertScimGroup(tx, row))) throw scimUniqueness({ details: { scimType: 'uniqueness' } })
  await insertGroupMembers(tx, { organizationId, groupId: row.id, createdAt: now }, members)
  await recordAudit(scope, {
    action: 'scim_group.create',
    entity: { type: 'scim_group', id: row.id },
    changes: { displayName: row.displayName, added: members },
  })
  const made = await findScimGroup(tx, row.id)
  if (!made) throw scimNotFound()
  return made
}
