import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import type { AliasChanges } from '../alias-contract.ts'
import { aliasNotFound } from '../alias-errors.ts'
import { type AliasRow, findAliasForUpdate, updateAlias } from '../alias-store.ts'
import { auditAlias, settleTargets } from '../alias-terms.ts'
import type { Gateway } from '../gateway.ts'

/** Changes what is named and leaves the rest; a name stays. @throws alias_not_found (404), alias_target_unknown (422) */
export async function changeAlias(
  gateway: Gateway,
  caller: Caller,
  id: string,
  changes: AliasChanges,
): Promise<AliasRow> {
  requirePermission(caller, 'manage:models')
  const routing = await gateway.routingOf(caller)
  const row = await withTenant(gateway.platform, caller, async (scope) => {
    const before = await findAliasForUpdate(scope.tx, id)
    if (!before) throw aliasNotFound()
    const terms = {
      description: changes.description ?? before.description,
      strategy: changes.strategy ?? before.strategy,
      targets: changes.targets ? settleTargets(routing, changes.targets) : before.targets,
      maxAttempts: changes.maxAttempts ?? before.maxAttempts,
      totalTimeoutMs: changes.totalTimeoutMs ?? before.totalTimeoutMs,
      updatedAt: scope.now,
    }
    await updateAlias(scope.tx, id, terms)
    const after = { ...before, ...terms }
    await auditAlias(scope, 'change', after, before)
    return after
  })
  await gateway.routingChanged(row.organizationId)
  return row
}
