import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller, Scope } from '../../../platform/context.ts'
import { type CountLimit, requireRoom } from '../../../platform/db/require-room.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { newId } from '../../../platform/ids.ts'
import type { GuardrailChoices } from '../contract.ts'
import { policyNotFound } from '../errors.ts'
import type { Guardrails } from '../guardrails.ts'
import { countPolicies, deletePolicy, findPolicyForUpdate, upsertPolicy } from '../store.ts'

const policyLimit: CountLimit = {
  name: 'guardrail_policies',
  most: 200,
  message: 'An organization has guardrails for at most 200 models. Remove one that is not needed first.',
}

/** Sets the guards of the organization, or of a name for models, in the place of what was set. @throws limit_reached (409) */
export async function savePolicy(
  guardrails: Guardrails,
  caller: Caller,
  model: string | null,
  guards: GuardrailChoices,
): Promise<void> {
  requirePermission(caller, 'manage:guardrails')
  const organizationId = await withTenant(guardrails.platform, caller, async (scope) => {
    const { tx, now } = scope
    const before = await findPolicyForUpdate(tx, model)
    if (!before) await requireRoom(tx, policyLimit, scope.organizationId, () => countPolicies(tx))
    const id = before?.id ?? newId()
    const createdAt = before?.createdAt ?? now
    await upsertPolicy(tx, {
      organizationId: scope.organizationId,
      id,
      model,
      guards,
      createdAt,
      updatedAt: now,
    })
    await audit(scope, before ? 'change' : 'set', { id, model, guards }, before?.guards)
    return scope.organizationId
  })
  await guardrails.changed(organizationId)
}

/** From now on a model is guarded as every other; without one, what is not said for a model is off. @throws guardrails.not_found (404) */
export async function removePolicy(
  guardrails: Guardrails,
  caller: Caller,
  model: string | null,
): Promise<void> {
  requirePermission(caller, 'manage:guardrails')
  const organizationId = await withTenant(guardrails.platform, caller, async (scope) => {
    const removed = await deletePolicy(scope.tx, model)
    if (!removed) throw policyNotFound()
    await audit(scope, 'remove', { id: removed.id, model, guards: {} }, removed.guards)
    return scope.organizationId
  })
  await guardrails.changed(organizationId)
}

async function audit(
  scope: Scope,
  verb: 'set' | 'change' | 'remove',
  after: { id: string; model: string | null; guards: GuardrailChoices },
  before: GuardrailChoices | undefined,
): Promise<void> {
  const [from, to] = [flat(before ?? {}), flat(after.guards)]
  const names = new Set([...Object.keys(from), ...Object.keys(to)])
  const changes: Record<string, unknown> = after.model === null ? {} : { model: after.model }
  for (const name of names) {
    if (from[name] === to[name]) continue
    changes[name] = { from: from[name] ?? null, to: to[name] ?? null }
  }
  const entity = { type: 'guardrails', id: after.id }
  await recordAudit(scope, { action: `guardrails.${verb}`, entity, changes })
}

/** `pii.action: redact`. Banned words are counted and not told: some are banned because nobody is to read them. */
function flat(guards: GuardrailChoices): Record<string, unknown> {
  const entries = Object.entries(guards).flatMap(([guard, settings]) =>
    Object.entries(settings ?? {}).map(([name, value]) => {
      const shown = Array.isArray(value) ? (name === 'patterns' ? value.length : value.join(', ')) : value
      return [`${guard}.${name}`, shown] as const
    }),
  )
  return Object.fromEntries(entries)
}
