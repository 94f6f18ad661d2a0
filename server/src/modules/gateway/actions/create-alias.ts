import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { type CountLimit, requireRoom } from '../../../platform/db/require-room.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { newId } from '../../../platform/ids.ts'
import type { NewAlias } from '../alias-contract.ts'
import { aliasExists, aliasNameIsModel } from '../alias-errors.ts'
import { type AliasRow, countAliases, insertAlias } from '../alias-store.ts'
import { auditAlias, settleTargets } from '../alias-terms.ts'
import type { Gateway } from '../gateway.ts'

const aliasLimit: CountLimit = {
  name: 'model_aliases',
  most: 200,
  message: 'An organization has at most 200 model aliases. Remove one that is not needed first.',
}

/**
 * Makes an alias.
 * @throws alias_exists, alias_name_is_model, limit_reached (409), alias_target_unknown (422)
 */
export async function createAlias(gateway: Gateway, caller: Caller, wanted: NewAlias): Promise<AliasRow> {
  requirePermission(caller, 'manage:models')
  const routing = await gateway.routingOf(caller)
  if (routing.directory.byName.has(wanted.name)) throw aliasNameIsModel()
  const targets = settleTargets(routing, wanted.targets)
  const row = await withTenant(gateway.platform, caller, async (scope) => {
    const { tx, organizationId, now } = scope
    await requireRoom(tx, aliasLimit, organizationId, () => countAliases(tx))
    const made = { ...wanted, targets, organizationId, id: newId(), createdAt: now, updatedAt: now }
    if (!(await insertAlias(tx, made))) throw aliasExists()
    await auditAlias(scope, 'create', made, undefined)
    return made
  })
  await gateway.routingChanged(row.organizationId)
  return row
}
