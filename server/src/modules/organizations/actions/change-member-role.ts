import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { type Role, requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { memberNotFound } from '../errors.ts'
import { nameOfChoice } from '../rules/role-choice.ts'
import { findMemberForUpdate, updateMemberRole } from '../store.ts'
import { chooseRole } from './choose-role.ts'
import { requireRoleChange } from './require-role-change.ts'

/**
 * Gives a member another role.
 * @throws member_not_found, role_not_found (404), owners_only, exceeds_own_permissions (403), last_owner (409)
 */
export async function changeMemberRole(
  scope: Scope,
  userId: string,
  named: { role?: Role | undefined; customRoleId?: string | undefined },
): Promise<void> {
  requirePermission(scope.caller, 'manage:users')
  const { member, owners } = await findMemberForUpdate(scope.tx, userId)
  if (!member) throw memberNotFound()
  const from = await chooseRole(scope, member)
  const to = await chooseRole(scope, named)
  requireRoleChange(scope, from, to, owners)
  await updateMemberRole(scope.tx, userId, to.role, to.customRole?.id ?? null)
  await recordAudit(scope, {
    action: 'member.change_role',
    entity: { type: 'member', id: userId },
    changes: { role: { from: nameOfChoice(from), to: nameOfChoice(to) } },
  })
}
