import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { organizationNotFound } from '../errors.ts'
import { readCallSettings } from '../rules/organization-settings.ts'
import { findOrganizationForUpdate, updateOrganizationSettings } from '../store.ts'

/** From now on no kept answer is found any more, and none that is being written now. @throws not_found (404) */
export async function clearCache(scope: Scope): Promise<void> {
  const { caller, tx, organizationId, now } = scope
  requirePermission(caller, 'update:organization')
  const row = await findOrganizationForUpdate(tx, organizationId)
  if (!row) throw organizationNotFound()
  const cacheEpoch = readCallSettings(row.settings).cacheEpoch + 1
  await updateOrganizationSettings(tx, organizationId, { ...row.settings, cacheEpoch }, now)
  await recordAudit(scope, {
    action: 'organization.clear_cache',
    entity: { type: 'organization', id: organizationId },
  })
}
