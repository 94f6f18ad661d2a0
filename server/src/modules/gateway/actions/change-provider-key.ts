import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import type { Gateway } from '../gateway.ts'
import type { ProviderKeyChanges } from '../provider-key-contract.ts'
import { providerKeyNotFound } from '../provider-key-errors.ts'
import { findProviderKeyForUpdate, type ProviderKeyRow, updateProviderKey } from '../provider-key-store.ts'
import { auditProviderKey, secretOf } from '../provider-key-terms.ts'

/**
 * Changes what is named and leaves the rest. Enabling one, or giving it another secret, takes away what its provider had
 * said of it. @throws provider_key_not_found (404)
 */
export async function changeProviderKey(
  gateway: Gateway,
  caller: Caller,
  id: string,
  { key, ...changes }: ProviderKeyChanges,
): Promise<ProviderKeyRow> {
  requirePermission(caller, 'manage:models')
  const row = await withTenant(gateway.platform, caller, async (scope) => {
    const before = await findProviderKeyForUpdate(scope.tx, id)
    if (!before) throw providerKeyNotFound()
    const isTriedAgain = key !== undefined || changes.enabled === true
    const after = {
      ...before,
      // What is not named is not there.
      ...Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)),
      ...(key === undefined ? {} : secretOf(gateway, before, key)),
      ...(isTriedAgain ? { problem: null, problemAt: null } : {}),
      updatedAt: scope.now,
    }
    const { organizationId: _, id: __, ...fields } = after
    await updateProviderKey(scope.tx, id, fields)
    await auditProviderKey(scope, 'change', after, before)
    return after
  })
  await gateway.routingChanged(row.organizationId)
  return row
}
