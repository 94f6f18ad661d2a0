import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { bucketKey, checkedRate, type RateLimiter, verdictOf } from './rate-limiter.ts'
import type { RedisConnection } from './redis-connection.ts'

// The arithmetic of `takeFromBucket`, run where the state is and by that machine's clock: nodes need not agree on the time.
// Whole numbers are written out in full, for Lua shortens large ones.
const takeScript = `
local limit, window, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local level, at = 0, now
local stored = redis.call('GET', KEYS[1])
if stored then
  local a, b = string.match(stored, '^(%d+) (%d+)$')
  level, at = tonumber(a), tonumber(b)
end
level = math.max(0, level - math.max(0, now - at) * limit)
local allowed = level + cost * window <= limit * window
if allowed then
  level = level + cost * window
  if level > 0 then
    redis.call('SET', KEYS[1], string.format('%.0f %.0f', level, now), 'PX', string.format('%.0f', math.ceil(level / limit)))
  end
end
return { allowed and 1 or 0, string.format('%.0f', level) }
`
const takeScriptHash = createHash('sha1').update(takeScript).digest('hex')

/**
 * Limits shared by all nodes. While the server is away each node limits by itself with `fallback`: nobody is locked out
 * and nobody is let through without any limit.
 */
export function createRedisRateLimiter(options: {
  connection: RedisConnection
  fallback: RateLimiter
}): RateLimiter {
  const { connection, fallback } = options
  return {
    async take(key, limit) {
      const rate = checkedRate(limit)
      const name = connection.key('limit', bucketKey(key, rate))
      const reply = await connection.run(
        (redis) => evaluate(redis, name, [rate.limit, rate.windowMs, rate.cost]),
        () => undefined,
      )
      if (!Array.isArray(reply)) return fallback.take(key, limit)
      const [allowed, level]: unknown[] = reply
      return verdictOf(allowed === 1, Number(level), rate)
    },
    close: () => fallback.close(),
  }
}

// The script travels once; afterwards its hash does, until the server has forgotten it.
async function evaluate(redis: Redis, key: string, values: number[]): Promise<unknown> {
  try {
    return await redis.evalsha(takeScriptHash, 1, key, ...values)
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
    return redis.eval(takeScript, 1, key, ...values)
  }
}
