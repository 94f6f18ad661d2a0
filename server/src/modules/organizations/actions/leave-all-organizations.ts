import { recordSystemAudit } from '../../../platform/audit/record-audit.ts'
import type { Caller } from '../../../platform/context.ts'
import type { SystemTx } from '../../../platform/db/types.ts'
import { deleteMembershipsOf, listMembershipsForUpdate } from '../store.ts'

/**
 * Takes a person out of every organization, which their account is deleted with.
 * @returns the organizations in use that they are the last owner of; when there are some, nothing was changed
 */
export async function leaveAllOrganizations(
  tx: SystemTx,
  caller: Caller & { userId: string },
  now: Date,
): Promise<{ id: string; name: string }[]> {
  const memberships = await listMembershipsForUpdate(tx, caller.userId)
  const ownedAlone = memberships.filter((one) => one.inUse && one.role === 'owner' && one.owners === 1)
  if (ownedAlone.length > 0) return ownedAlone.map(({ id, name }) => ({ id, name }))
  for (const { id, role } of memberships) {
    await recordSystemAudit(tx, caller, id, now, {
      action: 'member.leave',
      entity: { type: 'member', id: caller.userId },
      changes: { role: { from: role }, reason: 'account_deleted' },
    })
  }
  await deleteMembershipsOf(tx, caller.userId)
  return []
}
