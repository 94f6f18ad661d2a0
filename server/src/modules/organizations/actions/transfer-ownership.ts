import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { alreadyOwner, memberNotFound, ownersOnly } from '../errors.ts'
import { nameOfChoice } from '../rules/role-choice.ts'
import { findMemberForUpdate, updateMemberRole } from '../store.ts'
import { chooseRole } from './choose-role.ts'

/**
 * Makes another member an owner and the caller, who is one, an admin: both or neither.
 * @throws member_not_found (404), owners_only (403), already_owner (422)
 */
export async function transferOwnership(scope: Scope, userId: string): Promise<void> {
  const { caller, tx } = scope
  requirePermission(caller, 'manage:owners')
  if (caller.userId === null) throw ownersOnly()
  if (caller.userId === userId) throw alreadyOwner()
  const { member, ownerIds } = await findMemberForUpdate(tx, userId)
  if (!member) throw memberNotFound()
  // Another owner may have demoted the caller since they were let in.
  if (!ownerIds.includes(caller.userId)) throw ownersOnly()
  const from = nameOfChoice(await chooseRole(scope, member))
  await updateMemberRole(tx, userId, 'owner', null)
  await updateMemberRole(tx, caller.userId, 'admin', null)
  const changes = [
    { id: userId, role: { from, to: 'owner' } },
    { id: caller.userId, role: { from: 'owner', to: 'admin' } },
  ]
  for (const { id, role } of changes) {
    await recordAudit(scope, {
      action: 'organization.transfer',
      entity: { type: 'member', id },
      changes: { role },
    })
  }
}
