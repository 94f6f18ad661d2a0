import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import type { Gateway } from '../gateway.ts'
import { providerKeyNotFound } from '../provider-key-errors.ts'
import { deleteProviderKey } from '../provider-key-store.ts'

/** @throws provider_key_not_found (404) */
export async function removeProviderKey(gateway: Gateway, caller: Caller, id: string): Promise<void> {
  requirePermission(caller, 'manage:models')
  const row = await withTenant(gateway.platform, caller, async (scope) => {
    const removed = await deleteProviderKey(scope.tx, id)
    if (!removed) throw providerKeyNotFound()
    await recordAudit(scope, {
      action: 'provider_key.remove',
      entity: { type: 'provider_key', id },
      changes: { provider: { from: removed.provider, to: null }, name: { from: removed.name, to: null } },
    })
    return removed
  })
  await gateway.routingChanged(row.organizationId)
}
