import type { Caller } from '../../platform/context.ts'
import { withTenant } from '../../platform/db/transactions.ts'
import { noOrganization } from '../../platform/errors.ts'
import type { Platform } from '../../platform/platform.ts'
import type { ProviderPlaces } from './adapters/connect-provider.ts'
import { type AliasRow, listAliases } from './alias-store.ts'
import type { ProviderKey } from './key-pool.ts'
import { listProviderKeys, type ProviderKeyRow } from './provider-key-store.ts'
import { openProviderSecret } from './provider-secret.ts'
import type { ModelAlias } from './rules/alias.ts'
import { type ModelDeployment, ownServerModel } from './rules/catalogue.ts'

/** What an organization has set up for its own calls. */
export interface OrganizationRouting {
  readonly aliases: ReadonlyMap<string, ModelAlias>
  /** Its own keys by provider; none where its provider has refused them. */
  readonly keys: ReadonlyMap<string, readonly ProviderKey[]>
  /** What its own servers serve. */
  readonly ownModels: readonly ModelDeployment[]
}

/**
 * The set-ups of organizations, remembered for half a minute so that a call need not ask the database, and forgotten on
 * every node when they change.
 *
 * Invariants: what was read before a change is never remembered after it (a reading that a change overtook is used once
 * and dropped); the connections of a key live as long as the key is what it was, and at most `idleMs` without a call.
 */
export interface OrganizationRoutings {
  of(caller: Caller): Promise<OrganizationRouting>
  /** To be called after the transaction that changed it. */
  changed(organizationId: string): Promise<void>
  start(): Promise<void>
  /** Lets go of connections that nobody has used for long. */
  closeIdle(): Promise<void>
  close(): Promise<void>
}

const channel = 'gateway.routing'
const rememberedMs = 30_000
/** Longer than any call may take. */
const idleMs = 1_200_000
const mostRemembered = 5_000

interface Remembered {
  readonly routing: OrganizationRouting
  readonly untilMs: number
}

interface Connected {
  /** What the connections were made from. */
  readonly madeFrom: string
  readonly key: ProviderKey
  usedAtMs: number
}

export function createOrganizationRoutings(platform: Platform, places: ProviderPlaces): OrganizationRoutings {
  const remembered = new Map<string, Remembered>()
  const reading = new Map<string, Promise<OrganizationRouting>>()
  const connected = new Map<string, Connected>()
  let stopListening: (() => Promise<void>) | undefined
  let stopGaps: (() => void) | undefined
  const nowMs = () => platform.clock.now().getTime()

  function forget(organizationId: string): void {
    remembered.delete(organizationId)
    reading.delete(organizationId)
  }

  function forgetAll(): void {
    remembered.clear()
    reading.clear()
  }

  async function read(caller: Caller): Promise<OrganizationRouting> {
    const { aliases, keys } = await withTenant(platform, caller, async ({ tx }) => ({
      aliases: await listAliases(tx),
      keys: await listProviderKeys(tx),
    }))
    const enabled = keys.filter((row) => row.enabled)
    const byProvider = new Map<string, ProviderKey[]>()
    for (const row of enabled) {
      // One that was refused stands for its provider still: who pays is not changed by a failure.
      const key = row.problem === null ? connect(row) : undefined
      byProvider.set(row.provider, [...(byProvider.get(row.provider) ?? []), ...(key ? [key] : [])])
    }
    const served = new Map(
      enabled.flatMap((row) => row.models.map((model) => [`${row.provider}/${model}`, row])),
    )
    return {
      aliases: new Map(aliases.map((row) => [row.name, aliasOf(row)])),
      keys: byProvider,
      ownModels: [...served].map(([id, row]) =>
        ownServerModel(row.provider, id.slice(row.provider.length + 1), row.organizationId),
      ),
    }
  }

  /** Undefined where the secret cannot be opened: one bad row must not stop every call of an organization. */
  function connect(row: ProviderKeyRow): ProviderKey | undefined {
    const { id, provider, baseUrl, keySealed, weight, requestsPerMinute, countsInBudgets } = row
    const madeFrom = JSON.stringify([provider, baseUrl, keySealed])
    const known = connected.get(id)
    const settings = { weight, requestsPerMinute, countsInBudgets }
    if (known?.madeFrom === madeFrom) {
      const key = { ...known.key, ...settings }
      connected.set(id, { madeFrom, key, usedAtMs: nowMs() })
      return key
    }
    try {
      const secret = openProviderSecret(platform, row)
      const connection =
        baseUrl !== null
          ? places.connectOwn(provider, baseUrl, secret)
          : places.isOffered(provider)
            ? places.connect(provider, secret)
            : undefined
      if (!connection) return undefined
      const key = { id, provider: connection, paidBy: 'organization', ...settings } as const
      connected.set(id, { madeFrom, key, usedAtMs: nowMs() })
      return key
    } catch (error) {
      platform.logger.error(
        { err: error, providerKeyId: id },
        'a provider key of an organization cannot be used',
      )
      return undefined
    }
  }

  return {
    async of(caller) {
      const { organizationId } = caller
      if (organizationId === null) throw noOrganization()
      const known = remembered.get(organizationId)
      if (known && known.untilMs > nowMs()) return known.routing
      const underWay = reading.get(organizationId)
      if (underWay) return underWay
      const own = read(caller)
      reading.set(organizationId, own)
      try {
        const routing = await own
        // Else it was forgotten meanwhile, and this reading may be older than the change.
        if (reading.get(organizationId) === own) {
          remembered.delete(organizationId)
          remembered.set(organizationId, { routing, untilMs: nowMs() + rememberedMs })
          for (const oldest of remembered.keys()) {
            if (remembered.size <= mostRemembered) break
            remembered.delete(oldest)
          }
        }
        return routing
      } finally {
        if (reading.get(organizationId) === own) reading.delete(organizationId)
      }
    },

    async changed(organizationId) {
      forget(organizationId)
      await platform.pubSub.publish(channel, organizationId)
    },

    async start() {
      stopListening = await platform.pubSub.subscribe(channel, forget)
      stopGaps = platform.pubSub.onGap(forgetAll)
    },

    async closeIdle() {
      const before = nowMs() - idleMs
      for (const [id, { key, usedAtMs }] of connected) {
        if (usedAtMs >= before) continue
        connected.delete(id)
        // What remembers it would call on closed connections.
        forgetAll()
        await key.provider.close()
      }
    },

    async close() {
      stopGaps?.()
      await stopListening?.()
      await Promise.all([...connected.values()].map(({ key }) => key.provider.close()))
      connected.clear()
      forgetAll()
    },
  }
}

function aliasOf({
  name,
  description,
  strategy,
  targets,
  maxAttempts,
  totalTimeoutMs,
}: AliasRow): ModelAlias {
  return { name, description, strategy, targets, maxAttempts, totalTimeoutMs, madeBy: 'organization' }
}
