import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rateLimiterSuite } from './rate-limiter.suite.ts'
import { createMemoryRateLimiter, takeFromBucket } from './rate-limiter.ts'

function setUp(maxKeys?: number) {
  let nowMs = Date.UTC(2026, 0, 1)
  const clock = { now: () => new Date(nowMs) }
  const limiter = createMemoryRateLimiter({ clock, ...(maxKeys !== undefined && { maxKeys }) })
  const pass = async (milliseconds: number) => {
    nowMs += milliseconds
  }
  return { limiter, pass }
}

describe('limits in memory', () => {
  rateLimiterSuite(async () => setUp())

  test('beyond the bound the keys longest untouched are forgotten', async () => {
    const { limiter } = setUp(2)
    const rate = { limit: 1, windowMs: 60_000 }
    for (const key of ['a', 'b', 'a', 'c']) await limiter.take(key, rate)
    expect((await limiter.take('a', rate)).allowed).toBe(false)
    expect((await limiter.take('b', rate)).allowed).toBe(true)
  })
})

const rates = fc.record({
  limit: fc.integer({ min: 1, max: 1_000_000 }),
  windowMs: fc.integer({ min: 1, max: 86_400_000 }),
})

describe('the bucket', () => {
  test('over any stretch of time lets at most the limit and its even refill pass', () => {
    const steps = fc.array(fc.record({ waitMs: fc.nat(200), cost: fc.integer({ min: 1, max: 20 }) }), {
      maxLength: 200,
    })
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 5_000 }),
        steps,
        (limit, windowMs, takes) => {
          let state: Parameters<typeof takeFromBucket>[0]
          let nowMs = 1_750_000_000_000
          const startMs = nowMs
          let passed = 0
          for (const { waitMs, cost } of takes) {
            nowMs += waitMs
            const taken = takeFromBucket(state, nowMs, { limit, windowMs, cost })
            state = taken.state
            if (taken.verdict.allowed) passed += cost
            expect(taken.verdict.remaining).toBeGreaterThanOrEqual(0)
            expect(passed * windowMs).toBeLessThanOrEqual(limit * windowMs + (nowMs - startMs) * limit)
          }
        },
      ),
    )
  })

  test('who comes back exactly when told passes, who comes a millisecond earlier does not', () => {
    fc.assert(
      fc.property(rates, fc.integer({ min: 1, max: 1_000 }), ({ limit, windowMs }, cost) => {
        fc.pre(cost <= limit)
        const nowMs = 1_750_000_000_000
        const full = takeFromBucket(undefined, nowMs, { limit, windowMs, cost: limit })
        const { verdict } = takeFromBucket(full.state, nowMs, { limit, windowMs, cost })
        expect(verdict.allowed).toBe(false)
        const at = (laterMs: number) =>
          takeFromBucket(full.state, nowMs + laterMs, { limit, windowMs, cost }).verdict.allowed
        expect(at(verdict.retryAfterMs)).toBe(true)
        expect(at(verdict.retryAfterMs - 1)).toBe(false)
      }),
    )
  })

  test('after the reset time the full limit is there', () => {
    fc.assert(
      fc.property(rates, fc.nat(1_000_000), ({ limit, windowMs }, taken) => {
        fc.pre(taken <= limit)
        const nowMs = 1_750_000_000_000
        const { state, verdict } = takeFromBucket(undefined, nowMs, { limit, windowMs, cost: taken })
        const later = takeFromBucket(state, nowMs + verdict.resetMs, { limit, windowMs, cost: limit })
        expect(later.verdict.allowed).toBe(true)
      }),
    )
  })

  test('a clock that goes back neither fills nor empties it', () => {
    const rate = { limit: 2, windowMs: 1_000, cost: 1 }
    const first = takeFromBucket(undefined, 10_000, rate)
    const second = takeFromBucket(first.state, 5_000, rate)
    expect(second.verdict).toMatchObject({ allowed: true, remaining: 0 })
    expect(takeFromBucket(second.state, 5_000, rate).verdict.allowed).toBe(false)
  })
})
