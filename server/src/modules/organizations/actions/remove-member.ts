import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { memberNotFound } from '../errors.ts'
import { nameOfChoice } from '../rules/role-choice.ts'
import { deleteMember, findMemberForUpdate } from '../store.ts'
import { chooseRole } from './choose-role.ts'
import { requireRoleChange } from './require-role-change.ts'

/**
 * Removes a member; people may remove themselves.
 * @throws member_not_found (404), owners_only, exceeds_own_permissions (403), last_owner (409)
 */
export async function removeMember(scope: Scope, userId: string): Promise<void> {
  const { caller } = scope
  // Leaving is a person's own decision: not even a key of theirs takes it.
  const self = caller.kind === 'user' && caller.userId === userId
  if (!self) requirePermission(caller, 'manage:users')
  const { member, owners } = await findMemberForUpdate(scope.tx, userId)
  if (!member) throw memberNotFound()
  const from = await chooseRole(scope, member)
  if (!self || from.role === 'owner') requireRoleChange(scope, from, null, owners)
  await deleteMember(scope.tx, userId)
  await recordAudit(scope, {
    action: self ? 'member.leave' : 'member.remove',
    entity: { type: 'member', id: userId },
    changes: { role: { from: nameOfChoice(from) } },
  })
}
