import { recordSystemAudit } from '../../../platform/audit/record-audit.ts'
import type { Caller } from '../../../platform/context.ts'
import { systemTx } from '../../../platform/db/transactions.ts'
import { newId } from '../../../platform/ids.ts'
import type { Platform } from '../../../platform/platform.ts'
import { requireRoomForOrganization } from '../count-limits.ts'
import { makeSlug } from '../rules/make-slug.ts'
import {
  insertMembership,
  insertOrganization,
  insertOrganizationKey,
  type OrganizationRow,
} from '../store.ts'

/** Makes an organization with its data key, its first owner and its first audit entry, all or nothing. @throws limit_reached (409) */
export async function createOrganization(
  platform: Platform,
  caller: Caller & { userId: string },
  name: string,
): Promise<OrganizationRow> {
  const now = platform.clock.now()
  const id = newId()
  const organization = {
    id,
    name,
    slug: makeSlug(name, id),
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
    deletedBy: null,
    settings: {},
    createdBy: caller.userId,
  }
  const dataKey = platform.keyRing.generateDataKey()
  await systemTx(platform, 'create-organization', async (tx) => {
    await requireRoomForOrganization(tx, caller.userId)
    await insertOrganization(tx, organization)
    await insertMembership(tx, { organizationId: id, userId: caller.userId, role: 'owner', joinedAt: now })
    await insertOrganizationKey(tx, {
      organizationId: id,
      id: dataKey.id,
      wrapped: platform.keyRing.wrapDataKey(dataKey, { organizationId: id }),
      createdAt: now,
    })
    await recordSystemAudit(tx, caller, id, now, {
      action: 'organization.create',
      entity: { type: 'organization', id },
      changes: { name },
    })
  })
  return organization
}
