import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { aliasNotFound } from '../alias-errors.ts'
import { deleteAlias } from '../alias-store.ts'
import type { Gateway } from '../gateway.ts'

/** @throws alias_not_found (404) */
export async function removeAlias(gateway: Gateway, caller: Caller, id: string): Promise<void> {
  requirePermission(caller, 'manage:models')
  const row = await withTenant(gateway.platform, caller, async (scope) => {
    const removed = await deleteAlias(scope.tx, id)
    if (!removed) throw aliasNotFound()
    await recordAudit(scope, {
      action: 'model_alias.remove',
      entity: { type: 'model_alias', id },
      changes: { name: { from: removed.name, to: null } },
    })
    return removed
  })
  await gateway.routingChanged(row.organizationId)
}
