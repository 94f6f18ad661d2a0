import { recordAudit } from '../../../platform/audit/record-audit.ts'
import {
  permissionsOfMember,
  requirePermission,
  requireWithinOwn,
} from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { sqlState } from '../../../platform/db/transactions.ts'
import { roleNameTaken, roleNotFound } from '../errors.ts'
import { countRoleUses, findRoleForUpdate, type RoleRow, updateRole } from '../role-store.ts'
import { isBuiltInName } from '../rules/role-choice.ts'
import { requireGrantable } from './require-grantable.ts'

/**
 * Changes a role, for everybody who has it at once. Neither as it was nor as it becomes may it hold more than the
 * caller does: otherwise whoever manages roles could raise their own.
 * @throws role_not_found (404), permission_not_grantable (422), exceeds_own_permissions (403), role_name_taken (409)
 */
export async function changeRole(
  scope: Scope,
  id: string,
  change: {
    name?: string | undefined
    description?: string | undefined
    permissions?: readonly string[] | undefined
  },
): Promise<RoleRow & { memberCount: number }> {
  requirePermission(scope.caller, 'manage:roles')
  const before = await findRoleForUpdate(scope.tx, id)
  if (!before) throw roleNotFound()
  requireWithinOwn(scope.caller, permissionsOfMember('member', before.permissions))
  const permissions = change.permissions ? requireGrantable(change.permissions) : before.permissions
  requireWithinOwn(scope.caller, permissionsOfMember('member', permissions))
  const after = {
    name: change.name ?? before.name,
    description: change.description ?? before.description,
    permissions,
    updatedAt: scope.now,
  }
  if (isBuiltInName(after.name)) throw roleNameTaken()
  try {
    await updateRole(scope.tx, id, after)
  } catch (error) {
    throw sqlState(error) === '23505' ? roleNameTaken({ cause: error }) : error
  }
  await recordAudit(scope, {
    action: 'role.change',
    entity: { type: 'role', id },
    changes: {
      ...(after.name === before.name ? {} : { name: { from: before.name, to: after.name } }),
      ...(change.permissions ? { permissions: { from: before.permissions, to: permissions } } : {}),
      ...(after.description === before.description ? {} : { description: 'changed' }),
    },
  })
  const { members } = await countRoleUses(scope.tx, id, scope.now)
  return { ...before, ...after, memberCount: members }
}
