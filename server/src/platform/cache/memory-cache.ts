import type { Clock } from '../clock.ts'
import { type Cache, requireTtl } from './cache.ts'

interface Entry {
  value: string
  expiresAtMs: number
  bytes: number
}

/**
 * A cache in this process, bounded in entries and in bytes (two for each character of key and value). Over a bound the
 * entries longest unused go first; the order of the map is the order of use.
 */
export function createMemoryCache(options: { clock: Clock; maxEntries?: number; maxBytes?: number }): Cache {
  const { clock, maxEntries = 50_000, maxBytes = 64 * 1024 * 1024 } = options
  const entries = new Map<string, Entry>()
  let totalBytes = 0

  function remove(key: string): void {
    totalBytes -= entries.get(key)?.bytes ?? 0
    entries.delete(key)
  }

  return {
    async get(key) {
      const entry = entries.get(key)
      if (!entry) return undefined
      entries.delete(key)
      if (entry.expiresAtMs <= clock.now().getTime()) {
        totalBytes -= entry.bytes
        return undefined
      }
      entries.set(key, entry)
      return entry.value
    },
    async set(key, value, ttlMs) {
      requireTtl(ttlMs)
      remove(key)
      const bytes = 2 * (key.length + value.length)
      if (bytes > maxBytes) return
      entries.set(key, { value, expiresAtMs: clock.now().getTime() + ttlMs, bytes })
      totalBytes += bytes
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries && totalBytes <= maxBytes) break
        remove(oldest)
      }
    },
    async delete(key) {
      remove(key)
    },
    async close() {
      entries.clear()
      totalBytes = 0
    },
  }
}
