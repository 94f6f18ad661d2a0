import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { scimNotFound } from '../errors.ts'
import { deleteScimGroup, findScimGroup, lockScimGroup } from '../scim-group-store.ts'
import { settleRoles } from './settle-roles.ts'

/** Removes a group; its members lose the role it gave. @throws scim.not_found (404) */
export async function removeScimGroup(scope: Scope, id: string): Promise<void> {
  requirePermission(scope.caller, 'manage:provisioning')
  await lockScimGroup(scope.tx, id)
  const group = await findScimGroup(scope.tx, id)
  if (!group) throw scimNotFound()
  await deleteScimGroup(scope.tx, id)
  await recordAudit(scope, {
    action: 'scim_group.delete',
    entity: { type: 'scim_group', id },
    changes: { displayName: group.displayName },
  })
  if (group.role !== null || group.customRoleId !== null)
    await settleRoles(
      scope,
      group.members.map((member) => member.id),
      group,
    )
}
