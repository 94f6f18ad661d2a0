import { recordAudit } from '../../platform/audit/record-audit.ts'
import type { Scope } from '../../platform/context.ts'
import type { Gateway } from './gateway.ts'
import type { ProviderKeyRow } from './provider-key-store.ts'
import { sealProviderSecret } from './provider-secret.ts'

/** A secret as it is stored for its row. */
export function secretOf(
  gateway: Gateway,
  place: { organizationId: string; id: string },
  key: string | undefined,
) {
  if (key === undefined) return { keySealed: null, lastFour: null }
  // Of a short one the end would be too much of it.
  const lastFour = key.length >= 12 ? key.slice(-4) : null
  return { keySealed: sealProviderSecret(gateway.platform, place, key), lastFour }
}

/** Writes what has changed into the audit log. */
export async function auditProviderKey(
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
