import { type Cache, requireTtl } from './cache.ts'
import type { RedisConnection } from './redis-connection.ts'

/** A cache shared by all nodes. Closing it leaves the connection open: others use it. */
export function createRedisCache({ connection }: { connection: RedisConnection }): Cache {
  const nothing = () => undefined
  const name = (key: string) => connection.key('cache', key)
  return {
    async get(key) {
      return (await connection.run((redis) => redis.get(name(key)), nothing)) ?? undefined
    },
    async set(key, value, ttlMs) {
      requireTtl(ttlMs)
      await connection.run((redis) => redis.set(name(key), value, 'PX', ttlMs), nothing)
    },
    async delete(key) {
      await connection.run((redis) => redis.del(name(key)), nothing)
    },
    async close() {},
  }
}
