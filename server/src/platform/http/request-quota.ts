import type { RateLimiter, RateVerdict } from '../cache/index.ts'
import type { Clock } from '../clock.ts'
import type { Caller } from '../context.ts'
import { tooManyRequests } from '../errors.ts'

/** How much an organization may ask, whichever of its people and keys do: looked at before any work is done. */
export interface RequestQuota {
  /**
   * Takes one request from the allowance of the caller's organization, or of a person who acts in none.
   * @returns the headers that tell what is left
   * @throws rate_limited (429) with Retry-After
   */
  take(caller: Caller): Promise<Record<string, string>>
}

/** What may come at once: ten seconds' worth, so that a flood ends soon, and sixty, so that a page can be opened. */
const burstSeconds = 10
const leastBurst = 60
/** How long this process may use what it has taken ahead, and the part of the allowance that it may take. */
const aheadMs = 1_000
const aheadParts = 50

/** What was taken from the allowance for requests to come. */
interface Taken {
  verdict: RateVerdict
  size: number
  left: number
  atMs: number
}

/**
 * Counts in the allowance that all nodes share, but does not ask for every request: whoever used up what was taken within
 * a second gets twice as much taken the next time, up to a fiftieth of the allowance. What is taken ahead counts as used,
 * so that never more passes than the limit says.
 */
export function createRequestQuota(on: {
  rateLimiter: RateLimiter
  clock: Clock
  requestsPerMinute: number
}): RequestQuota {
  const { requestsPerMinute } = on
  const limit = Math.max(
    Math.ceil((requestsPerMinute * burstSeconds) / 60),
    Math.min(leastBurst, requestsPerMinute),
  )
  const windowMs = Math.round((limit * 60_000) / requestsPerMinute)
  const most = Math.max(1, Math.floor(limit / aheadParts))
  const held = new Map<string, Taken>()
  const asking = new Map<string, Promise<Taken>>()

  async function ask(key: string): Promise<Taken> {
    const before = held.get(key)
    const nowMs = on.clock.now().getTime()
    const busy = before !== undefined && before.left === 0 && nowMs - before.atMs < aheadMs
    let size = busy ? Math.min(before.size * 2, most) : 1
    let verdict = await on.rateLimiter.take(key, { limit, windowMs, cost: size })
    if (!verdict.allowed && size > 1) {
      size = 1
      verdict = await on.rateLimiter.take(key, { limit, windowMs })
    }
    const taken = { verdict, size, left: verdict.allowed ? size : 0, atMs: on.clock.now().getTime() }
    held.set(key, taken)
    // What is old is of no use to anybody, and of the rest there are few.
    if (held.size > 10_000) held.clear()
    return taken
  }

  async function takeOne(key: string): Promise<Taken> {
    for (;;) {
      const ahead = held.get(key)
      const ageMs = ahead ? on.clock.now().getTime() - ahead.atMs : aheadMs
      // A flood is refused from memory until the next one could pass.
      if (ahead && !ahead.verdict.allowed && ageMs < Math.min(ahead.verdict.retryAfterMs, aheadMs))
        return ahead
      if (ahead && ahead.left > 0 && ageMs < aheadMs) {
        ahead.left--
        return ahead
      }
      let asked = asking.get(key)
      if (!asked) {
        asked = ask(key).finally(() => asking.delete(key))
        asking.set(key, asked)
      }
      const taken = await asked
      if (!taken.verdict.allowed) return taken
    }
  }

  return {
    async take({ organizationId, userId }) {
      const { verdict, left } = await takeOne(`requests:${organizationId ?? userId ?? 'nobody'}`)
      const headers = headersOf(verdict, left)
      if (verdict.allowed) return headers
      const retryAfterSeconds = Math.max(1, Math.ceil(verdict.retryAfterMs / 1000))
      throw tooManyRequests({
        headers: { ...headers, 'retry-after': String(retryAfterSeconds) },
        details: { requestsPerMinute, retryAfterSeconds },
      })
    },
  }
}

function headersOf({ limit, remaining, resetMs }: RateVerdict, left: number): Record<string, string> {
  return {
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining + left),
    'ratelimit-reset': String(Math.ceil(resetMs / 1000)),
  }
}
