import { isDeepStrictEqual } from 'node:util'
import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { sqlState } from '../../../platform/db/transactions.ts'
import { scimNotFound, scimUniqueness } from '../errors.ts'
import { presentScimUser } from '../present-scim.ts'
import { readAttributes } from '../read-attributes.ts'
import { requireOwnAddress } from '../require-own-address.ts'
import { findScimUser, lockScimUser, type ScimUser, updateScimUser } from '../scim-user-store.ts'
import { setMembership } from './set-membership.ts'

type Json = Record<string, unknown>

/**
 * Replaces what is known of a user by what `change` makes of it. The address of their account is their own and stays.
 * @throws scim.not_found (404), scim.invalid (400), scim.uniqueness, scim.protected (409)
 */
export async function changeScimUser(
  scope: Scope,
  id: string,
  change: (current: Json) => Json | Promise<Json>,
): Promise<ScimUser> {
  const { tx, now } = scope
  requirePermission(scope.caller, 'manage:provisioning')
  await lockScimUser(tx, id)
  const before = await findScimUser(tx, id)
  if (!before) throw scimNotFound()
  const current = presentScimUser(before, '')
  const next = await change(current)
  const attributes = readAttributes(next)
  const email = await addressAfter(scope, before, { ...next, ...attributes })
  const after = {
    userName: String(next.userName),
    email,
    externalId: typeof next.externalId === 'string' ? next.externalId : null,
    attributes,
  }
  const changed = Object.keys({ ...current, ...next }).filter(
    (name) => !derived.has(name) && !isDeepStrictEqual(current[name], next[name]),
  )
  if (changed.length > 0) {
    try {
      await updateScimUser(tx, id, { ...after, updatedAt: now })
    } catch (error) {
      throw sqlState(error) === '23505'
        ? scimUniqueness({ details: { scimType: 'uniqueness' }, cause: error })
        : error
    }
    await recordAudit(scope, {
      action: 'scim_user.change',
      entity: { type: 'scim_user', id },
      changes: { attributes: changed },
    })
  }
  // A replacement that does not say leaves it as it is.
  if (typeof next.active === 'boolean') await setMembership(scope, before, next.active)
  const found = await findScimUser(tx, id)
  if (!found) throw scimNotFound()
  return found
}

const derived = new Set(['schemas', 'id', 'meta', 'groups'])

/** Another address must be the organization's own too; the one that is there may be of a domain it has since removed. */
async function addressAfter({ tx }: Scope, before: ScimUser, next: Json): Promise<string> {
  const same = presentScimUser(before, '')
  if (isDeepStrictEqual([next.emails, next.userName], [same.emails, same.userName])) return before.email
  return requireOwnAddress(tx, next)
}
