import type { Caller } from '../../platform/context.ts'
import { readTenant } from '../../platform/db/transactions.ts'
import { noOrganization } from '../../platform/errors.ts'
import type { Platform } from '../../platform/platform.ts'
import { findKeyPerson, type LimitRow, listPlainLimits } from './store.ts'

/**
 * What organizations have set up of limits, remembered so that a call does not wait for the database: after `freshMs` it
 * is asked again while calls go by what is known, and only what nobody has used for `keptMs` is waited for.
 *
 * Invariants: what was read before a change is never remembered after it; a change counts here with the next call, on
 * nodes that hear of it at once, and on all others after `freshMs` and the call that asks.
 */
export interface OrganizationLimits {
  of(caller: Caller): Known | Promise<Known>
  /** The person of a call: who is signed in, or whose own key it is. */
  personOf(caller: Caller, known: Known): Promise<string | null>
  /** To be called after the transaction that changed them. */
  changed(organizationId: string): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

export interface Known {
  readonly rows: readonly LimitRow[]
  readonly keyPersons: Map<string, string | null>
  askedAtMs: number
}

const channel = 'limits.changed'
const freshMs = 5_000
const keptMs = 300_000
const mostKept = 10_000

export function createOrganizationLimits(platform: Platform): OrganizationLimits {
  const remembered = new Map<string, Known>()
  const reading = new Map<string, Promise<Known>>()
  const undo: (() => Promise<void> | void)[] = []
  const nowMs = () => platform.clock.now().getTime()

  function forget(organizationId: string): void {
    remembered.delete(organizationId)
    reading.delete(organizationId)
  }

  function forgetAll(): void {
    remembered.clear()
    reading.clear()
  }

  function read(caller: Caller, organizationId: string): Promise<Known> {
    const underWay = reading.get(organizationId)
    if (underWay) return underWay
    const own = readTenant(platform, caller, async ({ tx }) => {
      const rows = await listPlainLimits(tx)
      return { rows, keyPersons: new Map<string, string | null>(), askedAtMs: nowMs() }
    })
    reading.set(organizationId, own)
    const done = (known: Known | undefined) => {
      // Else it was forgotten meanwhile, and this reading may be older than the change.
      if (reading.get(organizationId) !== own) return
      reading.delete(organizationId)
      if (!known) return
      if (remembered.size >= mostKept) remembered.clear()
      remembered.set(organizationId, known)
    }
    own.then(done, () => done(undefined))
    return own
  }

  return {
    of(caller) {
      const { organizationId } = caller
      if (organizationId === null) throw noOrganization()
      const known = remembered.get(organizationId)
      if (!known) return read(caller, organizationId)
      const ageMs = nowMs() - known.askedAtMs
      if (ageMs < freshMs && ageMs >= 0) return known
      if (ageMs > keptMs || ageMs < 0) return read(caller, organizationId)
      // Once in that time, though the database may be away.
      known.askedAtMs = nowMs()
      read(caller, organizationId).catch((error: unknown) => {
        platform.logger.info({ err: error }, 'limits could not be read; what is known of them holds')
      })
      return known
    },
    async personOf(caller, known) {
      const { apiKeyId, userId } = caller
      if (userId !== null || apiKeyId === null) return userId
      const found = known.keyPersons.get(apiKeyId)
      if (found !== undefined) return found
      const person = await readTenant(platform, caller, ({ tx }) => findKeyPerson(tx, apiKeyId))
      known.keyPersons.set(apiKeyId, person)
      return person
    },
    async changed(organizationId) {
      forget(organizationId)
      await platform.pubSub.publish(channel, organizationId)
    },
    async start() {
      undo.push(await platform.pubSub.subscribe(channel, forget), platform.pubSub.onGap(forgetAll))
    },
    async stop() {
      for (const end of undo.splice(0)) await end()
      forgetAll()
    },
  }
}
