import {
  type Cache,
  type CallLimiter,
  createMemoryCache,
  createMemoryCallLimiter,
  createMemoryPubSub,
  createMemoryRateLimiter,
  createRedisCache,
  createRedisCallLimiter,
  createRedisPubSub,
  createRedisRateLimiter,
  openRedisConnection,
  type PubSub,
  type RateLimiter,
} from '../platform/cache/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Config } from '../platform/config.ts'
import type { Logger } from '../platform/telemetry/index.ts'

export interface CachePorts {
  cache: Cache
  pubSub: PubSub
  rateLimiter: RateLimiter
  callLimiter: CallLimiter
  closeCachePorts(): Promise<void>
  /** Throws unless the store answers; undefined where it is this process. */
  checkStore: (() => Promise<void>) | undefined
}

/** Cache, news between nodes and rate limits: in Valkey or Redis when it is configured, else in memory. */
export async function openCachePorts(config: Config, clock: Clock, logger: Logger): Promise<CachePorts> {
  if (config.REDIS_URL === undefined) {
    const cache = createMemoryCache({ clock })
    const pubSub = createMemoryPubSub({ log: logger })
    const rateLimiter = createMemoryRateLimiter({ clock })
    const callLimiter = createMemoryCallLimiter({ clock })
    const closeCachePorts = async () => {
      await Promise.all([cache.close(), pubSub.close(), rateLimiter.close()])
    }
    return { cache, pubSub, rateLimiter, callLimiter, closeCachePorts, checkStore: undefined }
  }
  const connection = await openRedisConnection({ url: config.REDIS_URL, clock, log: logger })
  const cache = createRedisCache({ connection })
  const pubSub = createRedisPubSub({ connection, log: logger })
  // Valkey away: each node holds the limit by itself until it is back.
  const rateLimiter = createRedisRateLimiter({ connection, fallback: createMemoryRateLimiter({ clock }) })
  const callLimiter = createRedisCallLimiter({ connection, clock })
  const closeCachePorts = async () => {
    await Promise.all([cache.close(), pubSub.close(), rateLimiter.close(), callLimiter.close()])
    await connection.close()
  }
  return { cache, pubSub, rateLimiter, callLimiter, closeCachePorts, checkStore: () => connection.check() }
}
