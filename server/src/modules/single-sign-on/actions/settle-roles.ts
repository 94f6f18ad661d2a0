import { recordAudit } from '../../../platform/audit/record-audit.ts'
import type { Role } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { chooseRole, findMemberForUpdate, nameOfChoice, updateMemberRole } from '../../organizations/index.ts'
import { roleOfScimUser } from '../role-of-scim-user.ts'
import { listPeopleOfScimUsers } from '../scim-user-store.ts'

/**
 * Gives users whose groups changed the role those give now. Owners keep theirs, and admins too unless the group that
 * changed is tied to that role: people make them, and the directory takes back only what it gave. Who may be given which
 * role was decided when a group was tied to it, by a person who holds that much.
 * @param changed the group, as it was tied before
 */
export async function settleRoles(
  scope: Scope,
  scimUserIds: readonly string[],
  changed: { role: Role | null },
): Promise<void> {
  const { tx } = scope
  for (const { id, userId } of await listPeopleOfScimUsers(tx, scimUserIds)) {
    const { member } = await findMemberForUpdate(tx, userId)
    if (!member || member.role === 'owner') continue
    if (member.role === 'admin' && changed.role !== 'admin') continue
    const from = await chooseRole(scope, member)
    const to = await chooseRole(scope, await roleOfScimUser(tx, id))
    if (from.role === to.role && from.customRole?.id === to.customRole?.id) continue
    await updateMemberRole(tx, userId, to.role, to.customRole?.id ?? null)
    await recordAudit(scope, {
      action: 'member.change_role',
      entity: { type: 'member', id: userId },
      changes: { role: { from: nameOfChoice(from), to: nameOfChoice(to) }, via: 'provisioning' },
    })
  }
}
