import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { confirmationWrong, organizationNotFound } from '../errors.ts'
import { erasedAfter } from '../rules/restore-window.ts'
import { findOrganizationForUpdate, updateOrganizationDeleted } from '../store.ts'

/**
 * Deletes the organization for its people and keys, at once; its rows and files stay until it can be restored no more.
 * @param confirm its slug, so that nobody deletes one by a slip
 * @throws not_found (404), confirmation_wrong (422)
 */
export async function deleteOrganization(scope: Scope, id: string, confirm: string): Promise<void> {
  const { caller, tx, now } = scope
  requirePermission(caller, 'delete:organization')
  const row = await findOrganizationForUpdate(tx, id)
  if (!row || row.deletedAt) throw organizationNotFound()
  if (confirm !== row.slug) throw confirmationWrong()
  await updateOrganizationDeleted(tx, id, { deletedAt: now, deletedBy: caller.userId, updatedAt: now })
  await recordAudit(scope, {
    action: 'organization.delete',
    entity: { type: 'organization', id },
    changes: { name: row.name, erasedAfter: erasedAfter(now).toISOString() },
  })
}
