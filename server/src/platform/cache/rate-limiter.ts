import type { Clock } from '../clock.ts'

export interface RateLimit {
  /** How many may pass in a window; whole, at least 1. */
  limit: number
  windowMs: number
  /** How many this take counts for; whole, at least 0. Default 1. */
  cost?: number
}

export interface RateVerdict {
  allowed: boolean
  limit: number
  /** How many more could pass right now. */
  remaining: number
  /** Until the full limit is there again. */
  resetMs: number
  /** 0 when allowed; else until this cost could pass. Infinity when it never can, because it is above the limit. */
  retryAfterMs: number
}

export interface RateLimiter {
  /**
   * Takes `cost` from the key's allowance if it is there, else takes nothing. The allowance refills evenly: `limit` a
   * window, with bursts up to `limit`. The same key under two windows is two allowances.
   * @throws RangeError for a limit, window or cost out of range
   */
  take(key: string, limit: RateLimit): Promise<RateVerdict>
  close(): Promise<void>
}

/**
 * The generic cell rate algorithm (ITU-T I.371) in its leaky-bucket form: `level` fills with each take and drains evenly.
 * It is counted in units of 1/windowMs of one take, where all numbers are whole and so exact: a take adds windowMs, each
 * millisecond drains `limit`, and the bucket holds limit × windowMs.
 */
export interface BucketState {
  level: number
  atMs: number
}

export function takeFromBucket(state: BucketState | undefined, nowMs: number, rate: Required<RateLimit>) {
  const { limit, windowMs, cost } = rate
  // A clock that went back drains nothing, and does not fill.
  const elapsedMs = state ? Math.max(0, nowMs - state.atMs) : 0
  const drained = state ? Math.max(0, state.level - elapsedMs * limit) : 0
  const allowed = drained + cost * windowMs <= limit * windowMs
  const level = allowed ? drained + cost * windowMs : drained
  return { state: { level, atMs: nowMs }, verdict: verdictOf(allowed, level, rate) }
}

export function verdictOf(
  allowed: boolean,
  level: number,
  { limit, windowMs, cost }: Required<RateLimit>,
): RateVerdict {
  const missing = level + cost * windowMs - limit * windowMs
  return {
    allowed,
    limit,
    remaining: Math.floor((limit * windowMs - level) / windowMs),
    resetMs: Math.ceil(level / limit),
    retryAfterMs: allowed ? 0 : cost > limit ? Number.POSITIVE_INFINITY : Math.ceil(missing / limit),
  }
}

/** Fills in the cost and refuses what would make the arithmetic meaningless or inexact. */
export function checkedRate({ limit, windowMs, cost = 1 }: RateLimit): Required<RateLimit> {
  const whole = Number.isInteger(limit) && Number.isInteger(windowMs) && Number.isInteger(cost)
  if (!whole || limit < 1 || windowMs < 1 || cost < 0 || !Number.isSafeInteger(2 * limit * windowMs)) {
    throw new RangeError(`No rate limit: ${limit} in ${windowMs} ms at a cost of ${cost}.`)
  }
  return { limit, windowMs, cost }
}

/** Shared by the adapters, so that a key means the same allowance everywhere. */
export function bucketKey(key: string, { windowMs }: RateLimit): string {
  return `${key}:${windowMs}`
}

/** Limits in this process. Of more than `maxKeys` keys those longest untouched are forgotten, which gives them a full allowance. */
export function createMemoryRateLimiter({
  clock,
  maxKeys = 100_000,
}: {
  clock: Clock
  maxKeys?: number
}): RateLimiter {
  const buckets = new Map<string, BucketState>()
  return {
    async take(key, limit) {
      const rate = checkedRate(limit)
      const name = bucketKey(key, rate)
      const { state, verdict } = takeFromBucket(buckets.get(name), clock.now().getTime(), rate)
      buckets.delete(name)
      if (state.level > 0) buckets.set(name, state)
      for (const oldest of buckets.keys()) {
        if (buckets.size <= maxKeys) break
        buckets.delete(oldest)
      }
      return verdict
    },
    async close() {
      buckets.clear()
    },
  }
}
