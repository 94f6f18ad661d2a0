import { expect, test } from 'vitest'
import type { Cache } from './cache.ts'

export interface OpenCache {
  cache: Cache
  /** Lets time pass for this cache. */
  pass(milliseconds: number): Promise<void>
}

/** What every cache promises. */
export function cacheSuite(open: () => Promise<OpenCache>): void {
  test('what was set is there, also when it is empty or not ASCII', async () => {
    const { cache } = await open()
    for (const value of ['one', '', 'zwei – 二 – 🎉', 'a\0b\r\n', 'x'.repeat(100_000)]) {
      await cache.set('key', value, 60_000)
      expect(await cache.get('key')).toBe(value)
    }
  })

  test('what was not set is undefined', async () => {
    const { cache } = await open()
    expect(await cache.get('nothing')).toBeUndefined()
  })

  test('what was deleted is gone, and nothing else', async () => {
    const { cache } = await open()
    await cache.set('one', '1', 60_000)
    await cache.set('two', '2', 60_000)
    await cache.delete('one')
    await cache.delete('never there')
    expect([await cache.get('one'), await cache.get('two')]).toEqual([undefined, '2'])
  })

  test('a value is gone when its time is over, and its time starts anew with each set', async () => {
    const { cache, pass } = await open()
    await cache.set('short', '1', 100)
    await cache.set('renewed', '1', 100)
    await cache.set('renewed', '2', 60_000)
    await pass(120)
    expect(await cache.get('short')).toBeUndefined()
    expect(await cache.get('renewed')).toBe('2')
  })

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'a time to live of %s is refused',
    async (ttlMs) => {
      const { cache } = await open()
      await expect(cache.set('key', 'value', ttlMs)).rejects.toThrow(RangeError)
    },
  )
}
