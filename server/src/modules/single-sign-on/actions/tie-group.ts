import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { type Role, requirePermission, requireWithinOwn } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { chooseRole, nameOfChoice, permissionsOfChoice, type RoleChoice } from '../../organizations/index.ts'
import { groupNotFound } from '../errors.ts'
import {
  findScimGroup,
  listTiedGroups,
  lockScimGroup,
  type TiedGroup,
  updateScimGroup,
} from '../scim-group-store.ts'
import { settleRoles } from './settle-roles.ts'

interface Tie {
  role?: Exclude<Role, 'owner'> | null | undefined
  customRoleId?: string | null | undefined
}

/**
 * Says which role the members of a group have; none of both for no role. From then on the identity provider gives and
 * takes that role, so nobody ties a group to more than they hold, or unties it from more.
 * @throws group_not_found, role_not_found (404), exceeds_own_permissions (403)
 */
export async function tieGroup(scope: Scope, id: string, tie: Tie): Promise<TiedGroup> {
  const { tx, caller, now } = scope
  requirePermission(caller, 'manage:sign_in')
  requirePermission(caller, 'manage:users')
  await lockScimGroup(tx, id)
  const group = await findScimGroup(tx, id)
  if (!group) throw groupNotFound()
  const from = await choiceOf(scope, group)
  const to = await choiceOf(scope, tie)
  for (const choice of [from, to]) if (choice) requireWithinOwn(caller, permissionsOfChoice(choice))
  await updateScimGroup(tx, id, {
    role: to && !to.customRole ? (tie.role ?? null) : null,
    customRoleId: to?.customRole?.id ?? null,
    updatedAt: now,
  })
  await recordAudit(scope, {
    action: 'scim_group.tie',
    entity: { type: 'scim_group', id },
    changes: { role: { from: from && nameOfChoice(from), to: to && nameOfChoice(to) } },
  })
  await settleRoles(
    scope,
    group.members.map((member) => member.id),
    group,
  )
  const [tied] = await listTiedGroups(tx, { limit: 1, id })
  if (!tied) throw groupNotFound()
  return tied
}

async function choiceOf(scope: Scope, { role, customRoleId }: Tie): Promise<RoleChoice | null> {
  return role || customRoleId ? chooseRole(scope, { role: role ?? undefined, customRoleId }) : null
}
