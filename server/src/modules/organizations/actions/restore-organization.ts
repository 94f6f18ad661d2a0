import { recordSystemAudit } from '../../../platform/audit/record-audit.ts'
import type { Caller } from '../../../platform/context.ts'
import { systemTx } from '../../../platform/db/transactions.ts'
import type { Platform } from '../../../platform/platform.ts'
import { deletedByOperator, organizationNotFound, ownersOnly, restoreTooLate } from '../errors.ts'
import { erasedAfter } from '../rules/restore-window.ts'
import {
  findOrganizationOfPersonForUpdate,
  type OrganizationRow,
  updateOrganizationDeleted,
} from '../store.ts'

/**
 * Takes a deletion back, for one of its owners; nobody acts in a deleted organization, so it is looked at from outside.
 * One that is not deleted stays as it is.
 * @throws not_found (404), owners_only, deleted_by_operator (403), restore_too_late (410)
 */
export async function restoreOrganization(
  platform: Platform,
  caller: Caller & { userId: string },
  id: string,
): Promise<OrganizationRow> {
  const now = platform.clock.now()
  return systemTx(platform, 'restore-organization', async (tx) => {
    const found = await findOrganizationOfPersonForUpdate(tx, id, caller.userId)
    if (!found) throw organizationNotFound()
    const { organization, role } = found
    if (role !== 'owner') throw ownersOnly({ message: 'Only an owner can restore the organization.' })
    if (!organization.deletedAt) return organization
    if (organization.deletedBy === null) throw deletedByOperator()
    if (erasedAfter(organization.deletedAt) <= now) throw restoreTooLate()
    const restored = { deletedAt: null, deletedBy: null, updatedAt: now }
    await updateOrganizationDeleted(tx, id, restored)
    await recordSystemAudit(tx, caller, id, now, {
      action: 'organization.restore',
      entity: { type: 'organization', id },
      changes: { name: organization.name, deletedAt: organization.deletedAt.toISOString() },
    })
    return { ...organization, ...restored }
  })
}
