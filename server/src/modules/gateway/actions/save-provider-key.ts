import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller, Scope } from '../../../platform/context.ts'
import { type CountLimit, requireRoom } from '../../../platform/db/require-room.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { newId } from '../../../platform/ids.ts'
import type { Gateway } from '../gateway.ts'
import type { NewProviderKey, ProviderKeyChanges } from '../provider-key-contract.ts'
import {
  baseUrlRefused,
  providerKeyNotFound,
  providerNameTaken,
  providerUnknown,
} from '../provider-key-errors.ts'
import {
  countProviderKeys,
  deleteProviderKey,
  findProviderKeyForUpdate,
  insertProviderKey,
  listProviderKeys,
  type ProviderKeyRow,
  updateProviderKey,
} from '../provider-key-store.ts'
import { sealProviderSecret } from '../provider-secret.ts'

const keyLimit: CountLimit = {
  name: 'provider_keys',
  most: 100,
  message: 'An organization has at most 100 provider keys. Remove one that is not needed first.',
}

/**
 * Takes a provider key of the organization's own into use.
 * @throws provider_unknown, base_url_refused (422), provider_name_taken, limit_reached (409)
 */
export async function createProviderKey(
  gateway: Gateway,
  caller: Caller,
  wanted: NewProviderKey,
): Promise<ProviderKeyRow> {
  requirePermission(caller, 'manage:models')
  requirePlace(gateway, wanted)
  const { key, baseUrl = null, ...terms } = wanted
  const row = await withTenant(gateway.platform, caller, async (scope) => {
    const { tx, organizationId, now } = scope
    await requireRoom(tx, keyLimit, organizationId, () => countProviderKeys(tx))
    const namesakes = (await listProviderKeys(tx)).filter(({ provider }) => provider === wanted.provider)
    // One name is one server: a call goes to any of its keys.
    if (namesakes.some((other) => other.baseUrl !== baseUrl)) throw providerNameTaken()
    const place = { organizationId, id: newId() }
    const made = {
      ...terms,
      ...place,
      ...secretOf(gateway, place, key),
      baseUrl,
      enabled: true,
      problem: null,
      problemAt: null,
      createdAt: now,
      updatedAt: now,
    }
    await insertProviderKey(tx, made)
    await audit(scope, 'create', made, undefined)
    return made
  })
  await gateway.routingChanged(row.organizationId)
  return row
}

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
    await audit(scope, 'change', after, before)
    return after
  })
  await gateway.routingChanged(row.organizationId)
  return row
}

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

/** @throws provider_unknown, base_url_refused (422), provider_name_taken (409) */
function requirePlace(gateway: Gateway, { provider, baseUrl, key, models }: NewProviderKey): void {
  if (baseUrl === undefined) {
    if (!gateway.takesKeysOf(provider)) throw providerUnknown()
    if (key === undefined) throw providerUnknown({ message: `A key of ${provider} is missing.` })
    return
  }
  if (gateway.isProvider(provider)) throw providerNameTaken()
  if (models.length === 0)
    throw providerUnknown({ message: 'Say which models the server serves: callers name one of them.' })
  const allowsPrivate = gateway.platform.config.FREEHOLD_ALLOW_PRIVATE_PROVIDERS
  if (!allowsPrivate && !baseUrl.startsWith('https:')) throw baseUrlRefused()
}

function secretOf(gateway: Gateway, place: { organizationId: string; id: string }, key: string | undefined) {
  if (key === undefined) return { keySealed: null, lastFour: null }
  // Of a short one the end would be too much of it.
  const lastFour = key.length >= 12 ? key.slice(-4) : null
  return { keySealed: sealProviderSecret(gateway.platform, place, key), lastFour }
}

async function audit(
  scope: Scope,
  verb: 'create' | 'change',
  after: ProviderKeyRow,
  before: ProviderKeyRow | undefined,
): Promise<void> {
  const [from, to] = [before && audited(before), audited(after)]
  const changes = Object.fromEntries(
    Object.entries(to)
      .map(([name, value]) => [name, { from: from?.[name] ?? null, to: value }] as const)
      .filter(([, change]) => change.from !== change.to),
  )
  const entity = { type: 'provider_key', id: after.id }
  await recordAudit(scope, { action: `provider_key.${verb}`, entity, changes })
}

/** Without the secret; that it is another one shows in its end. */
function audited(row: ProviderKeyRow): Record<string, string | number | boolean | null> {
  const { provider, name, lastFour, baseUrl, weight, requestsPerMinute, countsInBudgets, enabled } = row
  const models = row.models.join(', ')
  return { provider, name, lastFour, baseUrl, models, weight, requestsPerMinute, countsInBudgets, enabled }
}
