import { expect, test } from 'vitest'
import type { RateLimiter } from './rate-limiter.ts'

export interface OpenRateLimiter {
  limiter: RateLimiter
  /** Lets time pass for this limiter. */
  pass(milliseconds: number): Promise<void>
}

// Long windows: real time that passes during a test refills less than one take.
const day = 24 * 60 * 60 * 1000

/** What every rate limiter promises. */
export function rateLimiterSuite(open: () => Promise<OpenRateLimiter>): void {
  test('a burst of the limit passes and not one more', async () => {
    const { limiter } = await open()
    for (const limit of [1, 3, 7, 60]) {
      const verdicts = []
      for (let index = 0; index < limit + 5; index++)
        verdicts.push(await limiter.take(`burst ${limit}`, { limit, windowMs: day }))
      expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(limit)
      expect(verdicts.slice(0, limit).map(({ remaining }) => remaining)).toEqual(
        Array.from({ length: limit }, (_, index) => limit - 1 - index),
      )
    }
  })

  test('of many at once exactly the limit pass', async () => {
    const { limiter } = await open()
    const takes = Array.from({ length: 200 }, () => limiter.take('rush', { limit: 20, windowMs: day }))
    expect((await Promise.all(takes)).filter(({ allowed }) => allowed)).toHaveLength(20)
  })

  test('a verdict says what is left, when it is whole again and when to come back', async () => {
    const { limiter } = await open()
    const first = await limiter.take('told', { limit: 2, windowMs: day })
    expect(first).toMatchObject({ allowed: true, limit: 2, remaining: 1, retryAfterMs: 0 })
    expect(Math.abs(first.resetMs - day / 2)).toBeLessThan(5_000)
    await limiter.take('told', { limit: 2, windowMs: day })
    const third = await limiter.take('told', { limit: 2, windowMs: day })
    expect(third).toMatchObject({ allowed: false, limit: 2, remaining: 0 })
    expect(Math.abs(third.retryAfterMs - day / 2)).toBeLessThan(5_000)
    expect(Math.abs(third.resetMs - day)).toBeLessThan(5_000)
  })

  test('it refills evenly: who waits as long as told passes, and no second one does', async () => {
    const { limiter, pass } = await open()
    const rate = { limit: 2, windowMs: 2_000 }
    await limiter.take('waits', { ...rate, cost: 2 })
    const { allowed, retryAfterMs } = await limiter.take('waits', rate)
    expect(allowed).toBe(false)
    expect(retryAfterMs).toBeLessThanOrEqual(1_000)
    await pass(retryAfterMs)
    expect((await limiter.take('waits', rate)).allowed).toBe(true)
    expect((await limiter.take('waits', rate)).allowed).toBe(false)
  })

  test('a cost takes that many, and a refused one takes nothing', async () => {
    const { limiter } = await open()
    const rate = { limit: 100, windowMs: day }
    expect(await limiter.take('cost', { ...rate, cost: 70 })).toMatchObject({ allowed: true, remaining: 30 })
    expect(await limiter.take('cost', { ...rate, cost: 31 })).toMatchObject({ allowed: false, remaining: 30 })
    expect(await limiter.take('cost', { ...rate, cost: 0 })).toMatchObject({ allowed: true, remaining: 30 })
    expect(await limiter.take('cost', { ...rate, cost: 30 })).toMatchObject({ allowed: true, remaining: 0 })
  })

  test('what costs more than the limit never passes and is told so', async () => {
    const { limiter } = await open()
    expect(await limiter.take('never', { limit: 5, windowMs: day, cost: 6 })).toMatchObject({
      allowed: false,
      remaining: 5,
      retryAfterMs: Number.POSITIVE_INFINITY,
    })
  })

  test('keys do not share an allowance, nor does one key under two windows', async () => {
    const { limiter } = await open()
    for (const [key, windowMs] of [
      ['a', day],
      ['b', day],
      ['a', day / 2],
    ] as const) {
      expect((await limiter.take(key, { limit: 1, windowMs })).allowed).toBe(true)
      expect((await limiter.take(key, { limit: 1, windowMs })).allowed).toBe(false)
    }
  })

  test('large limits are counted exactly', async () => {
    const { limiter } = await open()
    const rate = { limit: 10_000_000, windowMs: day }
    await limiter.take('tokens', { ...rate, cost: 9_999_999 })
    expect((await limiter.take('tokens', { ...rate, cost: 200_000 })).allowed).toBe(false)
    // A second of real time refills 115 of these.
    expect((await limiter.take('tokens', { ...rate, cost: 1 })).allowed).toBe(true)
  })

  test.each([
    { limit: 0, windowMs: 1_000 },
    { limit: 1.5, windowMs: 1_000 },
    { limit: 1, windowMs: 0 },
    { limit: 1, windowMs: 1_000, cost: -1 },
    { limit: Number.MAX_SAFE_INTEGER, windowMs: 1_000 },
    { limit: Number.NaN, windowMs: 1_000 },
  ])('%j is no limit', async (rate) => {
    const { limiter } = await open()
    await expect(limiter.take('bad', rate)).rejects.toThrow(RangeError)
  })
}
