import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { type Role, requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { memberNotFound } from '../errors.ts'
import { findMemberForUpdate, updateMemberRole } from '../store.ts'
import { requireRoleChange } from './require-role-change.ts'

/** @throws member_not_found (404), owners_only (403), last_owner (409) */
export async function changeMemberRole(scope: Scope, userId: string, role: Role): Promise<void> {
  requirePermission(scope.caller, 'manage:members')
  const found = await findMemberForUpdate(scope.tx, userId)
  if (!found.role) throw memberNotFound()
  requireRoleChange(scope, found.role, role, found.owners)
  await updateMemberRole(scope.tx, userId, role)
  await recordAudit(scope, {
    action: 'member.change_role',
    entity: { type: 'member', id: userId },
    changes: { role: { from: found.role, to: role } },
  })
}
