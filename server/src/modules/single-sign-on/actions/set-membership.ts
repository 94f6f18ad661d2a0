import { recordAudit } from '../../../platform/audit/record-audit.ts'
import type { Scope } from '../../../platform/context.ts'
import {
  auditedRole,
  chooseRole,
  deleteMember,
  findMemberForUpdate,
  insertMembership,
  nameOfChoice,
} from '../../organizations/index.ts'
import { scimProtected } from '../errors.ts'
import { roleOfScimUser } from '../role-of-scim-user.ts'
import type { ScimUserRow } from '../scim-user-store.ts'

const via = 'provisioning'

/**
 * Makes a provisioned user a member, with the role of their groups, or takes their membership away at once. Their
 * account stays: it is theirs, and may belong to other organizations.
 * @throws scim.protected (409) for an owner, and for an admin whom no group makes one
 */
export async function setMembership(
  scope: Scope,
  { id, userId }: Pick<ScimUserRow, 'id' | 'userId'>,
  active: boolean,
): Promise<void> {
  const { tx, organizationId, now } = scope
  const { member } = await findMemberForUpdate(tx, userId)
  if (active === (member !== undefined)) return
  const entity = { type: 'member', id: userId }
  if (!member) {
    const choice = await chooseRole(scope, await roleOfScimUser(tx, id))
    const customRoleId = choice.customRole?.id ?? null
    await insertMembership(tx, { organizationId, userId, role: choice.role, customRoleId, joinedAt: now })
    await recordAudit(scope, { action: 'member.add', entity, changes: { ...auditedRole(choice), via } })
    return
  }
  if (member.role === 'owner') throw scimProtected()
  // A directory says who works here; who runs the organization, people say, or a group that they tied to it.
  if (member.role === 'admin' && (await roleOfScimUser(tx, id)).role !== 'admin') throw scimProtected()
  const from = nameOfChoice(await chooseRole(scope, member))
  await deleteMember(tx, userId)
  await recordAudit(scope, { action: 'member.remove', entity, changes: { role: { from }, via } })
}
