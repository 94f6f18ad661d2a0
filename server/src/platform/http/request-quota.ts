import type { RateLimiter, RateVerdict } from '../cache/index.ts'
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

export function createRequestQuota(on: {
  rateLimiter: RateLimiter
  requestsPerMinute: number
}): RequestQuota {
  const { requestsPerMinute } = on
  const limit = Math.max(
    Math.ceil((requestsPerMinute * burstSeconds) / 60),
    Math.min(leastBurst, requestsPerMinute),
  )
  const windowMs = Math.round((limit * 60_000) / requestsPerMinute)
  return {
    async take({ organizationId, userId }) {
      const key = `requests:${organizationId ?? userId ?? 'nobody'}`
      const taken = await on.rateLimiter.take(key, { limit, windowMs })
      const headers = headersOf(taken)
      if (taken.allowed) return headers
      const retryAfterSeconds = Math.max(1, Math.ceil(taken.retryAfterMs / 1000))
      throw tooManyRequests({
        headers: { ...headers, 'retry-after': String(retryAfterSeconds) },
        details: { requestsPerMinute, retryAfterSeconds },
      })
    },
  }
}

function headersOf({ limit, remaining, resetMs }: RateVerdict): Record<string, string> {
  return {
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(Math.ceil(resetMs / 1000)),
  }
}
