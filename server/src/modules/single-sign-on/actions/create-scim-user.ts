import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { newId } from '../../../platform/ids.ts'
import { ensurePerson, type Identity } from '../../identity/index.ts'
import { scimNotFound, scimUniqueness } from '../errors.ts'
import { readAttributes } from '../read-attributes.ts'
import { requireOwnAddress } from '../require-own-address.ts'
import { nameOf } from '../rules/scim-address.ts'
import {
  findMemberIdByEmail,
  findScimUser,
  insertScimUser,
  isUserNameTaken,
  type ScimUser,
} from '../scim-user-store.ts'
import { setMembership } from './set-membership.ts'

const uniqueness = { scimType: 'uniqueness' }

/**
 * Makes the person of an address of the organization's own, or finds them, and makes them a member.
 * @param user as the model read it
 * @throws scim.invalid (400), scim.uniqueness, scim.protected (409)
 */
export async function createScimUser(
  identity: Identity,
  caller: Caller,
  user: Readonly<Record<string, unknown>>,
): Promise<ScimUser> {
  const { platform } = identity
  requirePermission(caller, 'manage:provisioning')
  const userName = String(user.userName)
  const attributes = readAttributes(user)
  const { email, memberId } = await withTenant(platform, caller, async ({ tx }) => {
    const address = await requireOwnAddress(tx, user)
    if (await isUserNameTaken(tx, userName)) throw scimUniqueness({ details: uniqueness })
    return { email: address, memberId: await findMemberIdByEmail(tx, address) }
  })
  // Who is a member gets nothing that they do not have. Accounts belong to people and not to organizations, so making
  // one is a transaction of its own.
  const person = { email, name: nameOf(user, email) }
  const userId = memberId ?? (await ensurePerson(identity, caller, person, 'provisioning')).id
  return withTenant(platform, caller, async (scope) => {
    const { tx, organizationId, now } = scope
    const row = {
      organizationId,
      id: newId(),
      userId,
      userName,
      email,
      externalId: typeof user.externalId === 'string' ? user.externalId : null,
      attributes,
      createdAt: now,
      updatedAt: now,
    }
    if (!(await insertScimUser(tx, row))) throw scimUniqueness({ details: uniqueness })
    await recordAudit(scope, {
      action: 'scim_user.create',
      entity: { type: 'scim_user', id: row.id },
      changes: { userId, active: user.active !== false },
    })
    await setMembership(scope, row, user.active !== false)
    const made = await findScimUser(tx, row.id)
    if (!made) throw scimNotFound()
    return made
  })
}
