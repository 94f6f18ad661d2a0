import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLocalCallLimiter, type LocalCallLimiter, windowMs } from './call-limiter.ts'

const startMs = 1_750_000_000_000

interface Take {
  waitMs: number
  cost: number
}

/** Long runs of takes close together, and waits of about a window: where windows meet is what goes wrong. */
const takes = fc.array(
  fc.record({
    waitMs: fc.oneof(fc.nat(500), fc.integer({ min: 55_000, max: 62_000 }), fc.constant(0)),
    cost: fc.integer({ min: 1, max: 5 }),
  }),
  { maxLength: 120 },
)

/** The most that passed in any window of a run. */
function mostInAWindow(run: readonly Take[], admits: (nowMs: number, cost: number) => boolean): number {
  const passed: { atMs: number; cost: number }[] = []
  let nowMs = startMs
  let most = 0
  for (const { waitMs, cost } of run) {
    nowMs += waitMs
    if (!admits(nowMs, cost)) continue
    passed.push({ atMs: nowMs, cost })
    const inWindow = passed.filter(({ atMs }) => atMs > nowMs - windowMs)
    most = Math.max(
      most,
      inWindow.reduce((sum, one) => sum + one.cost, 0),
    )
  }
  return most
}

function onClock(): { limiter: LocalCallLimiter; set(ms: number): void } {
  let nowMs = startMs
  const limiter = createLocalCallLimiter({ now: () => new Date(nowMs) })
  return {
    limiter,
    set: (ms) => {
      nowMs = ms
    },
  }
}

const wish = (limit: number, cost: number) => ({ key: 'key', measure: 'window' as const, limit, cost })

describe('a window that slides', () => {
  test('never lets more pass in any sixty seconds than the limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), takes, (limit, run) => {
        const { limiter, set } = onClock()
        const most = mostInAWindow(run, (nowMs, cost) => {
          set(nowMs)
          return limiter.admit('call', [wish(limit, cost)]).admitted
        })
        expect(most).toBeLessThanOrEqual(limit)
      }),
    )
  })

  test('a counter that begins anew each minute does, which shows that this would be seen', () => {
    let minute = 0
    let count = 0
    const limit = 10
    const atTheTurn = Array.from({ length: 40 }, (_, index) => ({
      waitMs: index === 0 ? windowMs - (startMs % windowMs) - 1_000 : 100,
      cost: 1,
    }))
    const most = mostInAWindow(atTheTurn, (nowMs, cost) => {
      if (Math.floor(nowMs / windowMs) !== minute) {
        minute = Math.floor(nowMs / windowMs)
        count = 0
      }
      if (count + cost > limit) return false
      count += cost
      return true
    })
    expect(most).toBeGreaterThan(limit)
  })

  test('who waits as long as told passes, and a millisecond less is too early', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        takes,
        fc.integer({ min: 1, max: 40 }),
        (limit, run, cost) => {
          fc.pre(cost <= limit)
          const { limiter, set } = onClock()
          let nowMs = startMs
          for (const take of run) {
            nowMs += take.waitMs
            set(nowMs)
            limiter.admit('call', [wish(limit, take.cost)])
          }
          const [standing] = limiter.look([wish(limit, cost)])
          if (!standing || standing.allowed) return
          set(nowMs + standing.retryAfterMs - 1)
          expect(limiter.look([wish(limit, cost)])[0]?.allowed).toBe(false)
          set(nowMs + standing.retryAfterMs)
          expect(limiter.look([wish(limit, cost)])[0]?.allowed).toBe(true)
        },
      ),
    )
  })

  test('what a call came to takes the place of what it could, however calls overlap', () => {
    const calls = fc.array(
      fc.record({ bound: fc.integer({ min: 1, max: 100 }), used: fc.nat(100), waitMs: fc.nat(300) }),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(calls, (all) => {
        const { limiter, set } = onClock()
        let nowMs = startMs
        const running = all.map(({ bound, waitMs }) => {
          nowMs += waitMs
          set(nowMs)
          return limiter.admit('call', [wish(1_000_000, bound)])
        })
        running.forEach((call, index) => {
          call.end([all[index]?.used])
          call.end([0])
        })
        // Within a window of each other, all of them.
        expect(limiter.look([wish(1_000_000, 0)])[0]?.used).toBe(all.reduce((sum, { used }) => sum + used, 0))
      }),
    )
  })
})
