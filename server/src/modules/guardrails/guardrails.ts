import type { Caller } from '../../platform/context.ts'
import { readTenant } from '../../platform/db/transactions.ts'
import { noOrganization } from '../../platform/errors.ts'
import type { Platform } from '../../platform/platform.ts'
import type { GuardrailPolicy } from './contract.ts'
import { initialPolicy, isIdle, layOver, strictest } from './rules/policy.ts'
import { listPolicies } from './store.ts'

/**
 * The policies of organizations, remembered for half a minute so that a call need not ask the database, and forgotten on
 * every node when they change.
 *
 * Invariants: what was read before a change is never remembered after it (a reading that a change overtook is used once
 * and dropped); an organization that has set nothing is remembered as such, and costs its calls one look-up in memory.
 */
export interface Guardrails {
  readonly platform: Platform
  /**
   * The policy of a call; undefined where there is nothing to look for.
   * @param names what the caller named
   * @param models that may answer: what is set for one of them counts too, where it is stricter
   */
  policyFor(
    caller: Caller,
    names: readonly string[],
    models: readonly string[],
  ): Promise<GuardrailPolicy | undefined>
  /** To be called after the transaction that changed it. */
  changed(organizationId: string): Promise<void>
  /** Begins to listen for changes on other nodes. */
  start(): Promise<void>
  close(): Promise<void>
}

const channel = 'guardrails.policies'
const rememberedMs = 30_000
const mostRemembered = 10_000

interface Policies {
  readonly own: GuardrailPolicy
  readonly ofModels: ReadonlyMap<string, GuardrailPolicy>
  readonly isIdle: boolean
}

export function createGuardrails(platform: Platform): Guardrails {
  const remembered = new Map<string, { policies: Policies; untilMs: number }>()
  const reading = new Map<string, Promise<Policies>>()
  let stopListening: (() => Promise<void>) | undefined
  let stopGaps: (() => void) | undefined
  const nowMs = () => platform.clock.now().getTime()

  function forget(organizationId: string): void {
    remembered.delete(organizationId)
    reading.delete(organizationId)
  }

  async function read(caller: Caller): Promise<Policies> {
    const rows = await readTenant(platform, caller, ({ tx }) => listPolicies(tx))
    const own = layOver(initialPolicy, rows.find(({ model }) => model === null)?.guards)
    const ofModels = new Map(
      rows.flatMap(({ model, guards }) => (model === null ? [] : [[model, layOver(own, guards)] as const])),
    )
    return { own, ofModels, isIdle: isIdle(own) && [...ofModels.values()].every(isIdle) }
  }

  async function policiesOf(caller: Caller): Promise<Policies> {
    const { organizationId } = caller
    if (organizationId === null) throw noOrganization()
    const known = remembered.get(organizationId)
    if (known && known.untilMs > nowMs()) return known.policies
    const underWay = reading.get(organizationId)
    if (underWay) return underWay
    const own = read(caller)
    reading.set(organizationId, own)
    try {
      const policies = await own
      // Else it was forgotten meanwhile, and this reading may be older than the change.
      if (reading.get(organizationId) === own) {
        if (remembered.size >= mostRemembered) remembered.clear()
        remembered.set(organizationId, { policies, untilMs: nowMs() + rememberedMs })
      }
      return policies
    } finally {
      if (reading.get(organizationId) === own) reading.delete(organizationId)
    }
  }

  return {
    platform,
    async policyFor(caller, names, models) {
      const policies = await policiesOf(caller)
      if (policies.isIdle) return undefined
      const named =
        names.length === 0 ? [policies.own] : names.map((name) => policies.ofModels.get(name) ?? policies.own)
      const others = models.flatMap((model) => policies.ofModels.get(model) ?? [])
      const [first = policies.own, ...more] = [...named, ...others]
      const policy = more.length === 0 ? first : strictest([first, ...more])
      return isIdle(policy) ? undefined : policy
    },
    async changed(organizationId) {
      forget(organizationId)
      await platform.pubSub.publish(channel, organizationId)
    },
    async start() {
      stopListening = await platform.pubSub.subscribe(channel, forget)
      stopGaps = platform.pubSub.onGap(() => {
        remembered.clear()
        reading.clear()
      })
    },
    async close() {
      stopGaps?.()
      await stopListening?.()
    },
  }
}
