import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission, requireWithinOwn } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { newId } from '../../../platform/ids.ts'
import { requireRoomForRole } from '../count-limits.ts'
import { roleNameTaken } from '../errors.ts'
import { insertRole, type RoleRow } from '../role-store.ts'
import { isBuiltInName } from '../rules/role-choice.ts'
import { requireGrantable } from './require-grantable.ts'

/**
 * Makes a role of the organization's own.
 * @throws permission_not_grantable (422), exceeds_own_permissions (403), role_name_taken, limit_reached (409)
 */
export async function createRole(
  scope: Scope,
  input: { name: string; description: string; permissions: readonly string[] },
): Promise<RoleRow> {
  requirePermission(scope.caller, 'manage:roles')
  const permissions = requireGrantable(input.permissions)
  requireWithinOwn(scope.caller, permissions)
  await requireRoomForRole(scope)
  const { name, description } = input
  const { organizationId, now } = scope
  const role = { organizationId, id: newId(), name, description, permissions, createdAt: now, updatedAt: now }
  if (isBuiltInName(name) || !(await insertRole(scope.tx, role))) throw roleNameTaken()
  await recordAudit(scope, {
    action: 'role.create',
    entity: { type: 'role', id: role.id },
    changes: { name, permissions },
  })
  return role
}
