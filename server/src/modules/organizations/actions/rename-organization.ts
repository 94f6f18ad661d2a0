import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { organizationNotFound } from '../errors.ts'
import { findOrganization, type OrganizationRow, updateOrganizationName } from '../store.ts'

export async function renameOrganization(scope: Scope, id: string, name: string): Promise<OrganizationRow> {
  requirePermission(scope.caller, 'update:organization')
  const before = await findOrganization(scope.tx, id)
  const after = await updateOrganizationName(scope.tx, id, name, scope.now)
  if (!before || !after) throw organizationNotFound()
  await recordAudit(scope, {
    action: 'organization.rename',
    entity: { type: 'organization', id },
    changes: { name: { from: before.name, to: name } },
  })
  return after
}
