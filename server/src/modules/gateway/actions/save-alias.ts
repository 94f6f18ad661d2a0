import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller, Scope } from '../../../platform/context.ts'
import { type CountLimit, requireRoom } from '../../../platform/db/require-room.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { newId } from '../../../platform/ids.ts'
import type { AliasChanges, NewAlias } from '../alias-contract.ts'
import { aliasExists, aliasNameIsModel, aliasNotFound, aliasTargetUnknown } from '../alias-errors.ts'
import {
  type AliasRow,
  countAliases,
  deleteAlias,
  findAliasForUpdate,
  insertAlias,
  updateAlias,
} from '../alias-store.ts'
import type { Gateway, Routing } from '../gateway.ts'
import type { AliasTarget } from '../rules/alias.ts'
import { resolveModel } from '../rules/resolve-model.ts'

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
  const targets = settledTargets(routing, wanted.targets)
  const row = await withTenant(gateway.platform, caller, async (scope) => {
    const { tx, organizationId, now } = scope
    await requireRoom(tx, aliasLimit, organizationId, () => countAliases(tx))
    const made = { ...wanted, targets, organizationId, id: newId(), createdAt: now, updatedAt: now }
    if (!(await insertAlias(tx, made))) throw aliasExists()
    await audit(scope, 'create', made, undefined)
    return made
  })
  await gateway.routingChanged(row.organizationId)
  return row
}

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
      targets: changes.targets ? settledTargets(routing, changes.targets) : before.targets,
      maxAttempts: changes.maxAttempts ?? before.maxAttempts,
      totalTimeoutMs: changes.totalTimeoutMs ?? before.totalTimeoutMs,
      updatedAt: scope.now,
    }
    await updateAlias(scope.tx, id, terms)
    const after = { ...before, ...terms }
    await audit(scope, 'change', after, before)
    return after
  })
  await gateway.routingChanged(row.organizationId)
  return row
}

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

/** The targets by the ids of their models, each once. @throws alias_target_unknown (422) with the nearest names */
function settledTargets({ directory }: Routing, targets: readonly AliasTarget[]): AliasTarget[] {
  const settled = new Map<string, AliasTarget>()
  for (const target of targets) {
    const resolved = resolveModel(target.model, 'chat', directory)
    if (!resolved.found)
      throw aliasTargetUnknown({
        message: resolved.message,
        details: { model: target.model, nearest: resolved.nearest },
      })
    // A deployment that another one of the same id hides keeps its full name.
    const { deployment } = resolved
    const isFirst = directory.byName.get(deployment.id) === deployment
    const model = isFirst ? deployment.id : `${deployment.providerId}/${deployment.deploymentModel}`
    if (!settled.has(model)) settled.set(model, { ...target, model })
  }
  return [...settled.values()]
}

async function audit(
  scope: Scope,
  verb: 'create' | 'change',
  after: AliasRow,
  before: AliasRow | undefined,
): Promise<void> {
  const [from, to] = [before && audited(before), audited(after)]
  const changes = Object.fromEntries(
    Object.entries(to)
      .map(([name, value]) => [name, { from: from?.[name] ?? null, to: value }] as const)
      .filter(([, change]) => change.from !== change.to),
  )
  const entity = { type: 'model_alias', id: after.id }
  await recordAudit(scope, { action: `model_alias.${verb}`, entity, changes })
}

function audited({ name, description, strategy, targets, maxAttempts, totalTimeoutMs }: AliasRow) {
  const shown: Record<string, string | number> = { name, description, strategy, maxAttempts, totalTimeoutMs }
  shown.targets = targets
    .map(({ model, weight }) => (weight === 1 ? model : `${model} ×${weight}`))
    .join(', ')
  return shown
}
