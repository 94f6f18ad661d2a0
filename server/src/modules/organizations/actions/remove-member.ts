import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { memberNotFound } from '../errors.ts'
import { deleteMember, findMemberForUpdate } from '../store.ts'
import { requireRoleChange } from './require-role-change.ts'

/** Removes a member; people may remove themselves. @throws member_not_found (404), owners_only, last_owner */
export async function removeMember(scope: Scope, userId: string): Promise<void> {
  const self = scope.caller.userId === userId
  if (!self) requirePermission(scope.caller, 'manage:members')
  const found = await findMemberForUpdate(scope.tx, userId)
  if (!found.role) throw memberNotFound()
  if (!self || found.role === 'owner') requireRoleChange(scope, found.role, null, found.owners)
  await deleteMember(scope.tx, userId)
  await recordAudit(scope, {
    action: self ? 'member.leave' : 'member.remove',
    entity: { type: 'member', id: userId },
    changes: { role: { from: found.role } },
  })
}
