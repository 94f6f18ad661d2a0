import { recordAudit } from '../../platform/audit/record-audit.ts'
import type { Scope } from '../../platform/context.ts'
import { aliasTargetUnknown } from './alias-errors.ts'
import type { AliasRow } from './alias-store.ts'
import type { Routing } from './gateway.ts'
import type { AliasTarget } from './rules/alias.ts'
import { resolveModel } from './rules/resolve-model.ts'

/** The targets by the ids of their models, each once. @throws alias_target_unknown (422) with the nearest names */
export function settleTargets({ directory }: Routing, targets: readonly AliasTarget[]): AliasTarget[] {
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

/** Writes what has changed into the audit log. */
export async function auditAlias(
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
