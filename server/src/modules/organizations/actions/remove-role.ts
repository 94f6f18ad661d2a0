import { recordAudit } from '../../../platform/audit/record-audit.ts'
import {
  permissionsOfMember,
  requirePermission,
  requireWithinOwn,
} from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { roleInUse, roleNotFound } from '../errors.ts'
import { countRoleUses, deleteRole, findRoleForUpdate } from '../role-store.ts'

/**
 * Deletes a role that nobody has and that no open invitation and no provisioned group gives.
 * @throws role_not_found (404), exceeds_own_permissions (403), role_in_use (409) with who uses it
 */
export async function removeRole(scope: Scope, id: string): Promise<void> {
  requirePermission(scope.caller, 'manage:roles')
  // Whoever gives it to somebody at this moment is waited for, or finds it gone.
  const role = await findRoleForUpdate(scope.tx, id)
  if (!role) throw roleNotFound()
  requireWithinOwn(scope.caller, permissionsOfMember('member', role.permissions))
  const uses = await countRoleUses(scope.tx, id, scope.now)
  if (uses.members + uses.serviceAccounts + uses.invitations + uses.groups > 0) {
    throw roleInUse({
      message: `This role is in use by ${uses.members} members, ${uses.serviceAccounts} service accounts, ${uses.invitations} open invitations and ${uses.groups} provisioned groups. Give them another one first.`,
      details: { ...uses },
    })
  }
  await deleteRole(scope.tx, id)
  await recordAudit(scope, {
    action: 'role.delete',
    entity: { type: 'role', id },
    changes: { name: role.name, permissions: role.permissions },
  })
}
