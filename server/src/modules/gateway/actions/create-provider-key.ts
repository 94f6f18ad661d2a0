import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { type CountLimit, requireRoom } from '../../../platform/db/require-room.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { newId } from '../../../platform/ids.ts'
import type { Gateway } from '../gateway.ts'
import type { NewProviderKey } from '../provider-key-contract.ts'
import { baseUrlRefused, providerNameTaken, providerUnknown } from '../provider-key-errors.ts'
import {
  countProviderKeys,
  insertProviderKey,
  listProviderKeys,
  type ProviderKeyRow,
} from '../provider-key-store.ts'
import { auditProviderKey, secretOf } from '../provider-key-terms.ts'

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
    await auditProviderKey(scope, 'create', made, undefined)
    return made
  })
  await gateway.routingChanged(row.organizationId)
  return row
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
