import type { RateLimiter } from '../../platform/cache/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Provider, ProviderTraits } from './adapters/provider.ts'
import type { Judgement } from './rules/judge-failure.ts'
import { orderTargets } from './rules/order-targets.ts'

/** One key of a provider, with the connections that send it. */
export interface ProviderKey {
  readonly id: string
  readonly provider: Provider
  readonly weight: number
  readonly requestsPerMinute: number | null
  /** Whose it is, and so who pays the provider. */
  readonly paidBy: 'installation' | 'organization'
  readonly countsInBudgets: boolean
}

export type TakenKey =
  | { readonly key: ProviderKey }
  | { readonly key: undefined; readonly retryAfterMs: number; readonly why: 'keys_limited' | 'keys_refused' }

/**
 * Which keys may be used now, in this process. A key rests for one deployment after that was limited (providers limit by
 * model), for as long as the provider said; one that was refused rests for all. The limits a minute are counted by the
 * rate limiter, so together with the other nodes where there is Valkey.
 */
export interface KeyPool {
  /**
   * One of the keys by weight. An installation's refused key is taken where there is no other: it may be good again.
   * @param lastResort there is no other deployment either: a resting key is asked rather than nobody, since the limit
   *   may have been of one large request, which must not stop everybody else's
   */
  take(keys: readonly ProviderKey[], deployment: string, lastResort: boolean): Promise<TakenKey>
  report(key: ProviderKey, deployment: string, verdict: Judgement['key'], retryAfterMs: number | null): void
}

const restAfterLimitMs = 5_000
/** However long a provider says: its word must not put a deployment away for a day. */
const longestRestMs = 60_000
const restAfterRefusalMs = 60_000
const mostRemembered = 10_000

export function createKeyPool(clock: Clock, limiter: RateLimiter, random: () => number): KeyPool {
  /** Until when, by key and deployment, or by key alone. */
  const limited = new Map<string, number>()
  const refused = new Map<string, number>()
  const nowMs = () => clock.now().getTime()
  const waitOf = (map: Map<string, number>, name: string) => Math.max(0, (map.get(name) ?? 0) - nowMs())

  function remember(map: Map<string, number>, name: string, untilMs: number): void {
    map.delete(name)
    map.set(name, untilMs)
    for (const oldest of map.keys()) {
      if (map.size <= mostRemembered) break
      map.delete(oldest)
    }
  }

  return {
    async take(keys, deployment, isLastResort) {
      const ordered = orderTargets(
        keys.map((key) => ({
          key: key.id,
          weight: key.weight,
          expectedNanos: 0n,
          usualMs: null,
          callsInFlight: 0,
          provider: key,
        })),
        keys.length > 1 ? 'weighted' : 'priority',
        random,
        '',
      ).map(({ provider }) => provider)
      const isRefused = (key: ProviderKey) => waitOf(refused, key.id) > 0
      const usable = ordered.filter((key) => !isRefused(key))
      const doubtful = ordered.filter((key) => isRefused(key) && key.paidBy === 'installation')
      const asked = usable.length > 0 ? usable : doubtful
      const restOf = (key: ProviderKey) => waitOf(limited, nameOf(key, deployment))
      const rested = asked.filter((key) => restOf(key) === 0)
      const resting = asked.filter((key) => restOf(key) > 0)
      let retryAfterMs = Math.min(...resting.map(restOf))
      for (const key of isLastResort ? [...rested, ...resting] : rested) {
        if (key.requestsPerMinute === null) return { key }
        const verdict = await limiter.take(`provider-key:${key.id}`, {
          limit: key.requestsPerMinute,
          windowMs: 60_000,
        })
        if (verdict.allowed) return { key }
        retryAfterMs = Math.min(retryAfterMs, verdict.retryAfterMs)
      }
      return Number.isFinite(retryAfterMs)
        ? { key: undefined, retryAfterMs, why: 'keys_limited' }
        : { key: undefined, retryAfterMs: restAfterRefusalMs, why: 'keys_refused' }
    },

    report(key, deployment, verdict, retryAfterMs) {
      if (verdict === 'limited') {
        const restMs = Math.min(retryAfterMs ?? restAfterLimitMs, longestRestMs)
        remember(limited, nameOf(key, deployment), nowMs() + restMs)
      } else if (verdict === 'refused') {
        remember(refused, key.id, nowMs() + restAfterRefusalMs)
      } else {
        refused.delete(key.id)
      }
    },
  }
}

function nameOf(key: ProviderKey, deployment: string): string {
  return `${key.id} ${deployment}`
}

/** What can be told to a provider, whichever of its keys is taken. */
export function traitsOf([first]: readonly ProviderKey[]): ProviderTraits {
  return first?.provider.traits ?? plainTraits
}

/** What every provider takes. */
const plainTraits: ProviderTraits = {
  topK: false,
  cacheControl: false,
  outputCap: 'max_tokens',
  reasoningDetails: false,
  messagesApi: false,
}
