import { describe, expect, test } from 'vitest'
import { newId } from '../ids.ts'
import { cacheSuite } from './cache.suite.ts'
import { organizationKey } from './cache.ts'
import { createMemoryCache } from './memory-cache.ts'

function setUp(bounds: { maxEntries?: number; maxBytes?: number } = {}) {
  let nowMs = Date.UTC(2026, 0, 1)
  const cache = createMemoryCache({ clock: { now: () => new Date(nowMs) }, ...bounds })
  const pass = async (milliseconds: number) => {
    nowMs += milliseconds
  }
  return { cache, pass }
}

describe('the memory cache', () => {
  cacheSuite(async () => setUp())

  test('keeps to its number of entries and forgets what was longest unused', async () => {
    const { cache } = setUp({ maxEntries: 3 })
    for (const key of ['a', 'b', 'c']) await cache.set(key, key, 60_000)
    await cache.get('a')
    await cache.set('d', 'd', 60_000)
    const values = await Promise.all(['a', 'b', 'c', 'd'].map((key) => cache.get(key)))
    expect(values).toEqual(['a', undefined, 'c', 'd'])
  })

  test('keeps to its bytes, whatever is set, replaced, deleted and expired', async () => {
    const { cache, pass } = setUp({ maxBytes: 2_000 })
    for (let round = 0; round < 20; round++) {
      await cache.set('same', 'x'.repeat(400), 1_000)
      await cache.set(`key ${round}`, 'x'.repeat(300), 10)
      await pass(20)
      await cache.get(`key ${round}`)
      await cache.delete('never there')
    }
    // A count that drifted up would have no room left for this; one that drifted down would keep everything.
    await cache.set('last', 'y'.repeat(500), 1_000)
    expect([await cache.get('same'), await cache.get('last')]).toEqual(['x'.repeat(400), 'y'.repeat(500)])
    await cache.set('more', 'z'.repeat(500), 1_000)
    expect(await cache.get('same')).toBeUndefined()
  })

  test('a value larger than all of it is not kept, and drives nothing else out', async () => {
    const { cache } = setUp({ maxBytes: 1_000 })
    await cache.set('small', 'x', 60_000)
    await cache.set('big', 'x'.repeat(1_000), 60_000)
    expect([await cache.get('small'), await cache.get('big')]).toEqual(['x', undefined])
  })
})

describe('the key of an organization', () => {
  const [one, other] = [newId(), newId()]

  test('differs between organizations and between lists of parts', () => {
    const keys = [
      organizationKey(one, 'a', 'b'),
      organizationKey(one, 'a:b'),
      organizationKey(one, 'a', '', 'b'),
      organizationKey(one, 'a%3Ab'),
      organizationKey(one),
      organizationKey(other, 'a', 'b'),
    ]
    expect(new Set(keys).size).toBe(keys.length)
    for (const key of keys.slice(0, 5)) expect(key.startsWith(`org:${one}`)).toBe(true)
  })

  test('is refused without an organization', () => {
    for (const id of ['', 'undefined', `${one}:x`, '*'])
      expect(() => organizationKey(id, 'a')).toThrow(TypeError)
  })
})
