import { expect, test, vi } from 'vitest'
import type { CallLimiter, Wish } from './call-limiter.ts'

const patiently = { timeout: 20_000, interval: 20 }

/** What every limiter of calls promises. `open` gives two nodes: of one process in memory, of two over a network. */
export function callLimiterSuite(open: () => Promise<[CallLimiter, CallLimiter]>): void {
  const requests = (key: string, limit: number): Wish => ({ key, measure: 'window', limit, cost: 1 })
  const tokens = (key: string, limit: number, cost: number): Wish => ({ key, measure: 'window', limit, cost })
  const places = (key: string, limit: number): Wish => ({ key, measure: 'places', limit, cost: 1 })

  test('of many at once on two nodes exactly the limit pass', async () => {
    const nodes = await open()
    const asked = Array.from({ length: 100 }, (_, index) =>
      (index % 2 === 0 ? nodes[0] : nodes[1]).admit(`call ${index}`, [requests('rush', 20)]),
    )
    expect((await Promise.all(asked)).filter(({ admitted }) => admitted)).toHaveLength(20)
  })

  test('who is refused by one limit takes nothing of another', async () => {
    const [one, other] = await open()
    await one.admit('first', [requests('small', 1)])
    const refused = await other.admit('second', [requests('large', 10), requests('small', 1)])
    expect(refused.admitted).toBe(false)
    expect(refused.standings.map(({ allowed }) => allowed)).toEqual([true, false])
    expect(refused.standings[1]?.retryAfterMs).toBeGreaterThan(0)
    expect(refused.standings[1]?.retryAfterMs).toBeLessThanOrEqual(60_000)
    expect((await one.look([requests('large', 10)]))[0]?.used).toBe(0)
  })

  test('tokens count at their bound until the call has ended, and then as they were', async () => {
    const [one, other] = await open()
    const call = await one.admit('call', [tokens('tokens', 1_000, 900)])
    expect((await other.admit('next', [tokens('tokens', 1_000, 101)])).admitted).toBe(false)
    call.end([100])
    // Nobody waits for it to be told.
    await vi.waitFor(
      async () => expect((await other.look([tokens('tokens', 1_000, 1)]))[0]?.used).toBe(100),
      patiently,
    )
    expect((await other.admit('next', [tokens('tokens', 1_000, 900)])).admitted).toBe(true)
    expect((await other.admit('last', [tokens('tokens', 1_000, 1)])).admitted).toBe(false)
  })

  test('what is larger than the limit never passes, and is told so', async () => {
    const [one] = await open()
    const { admitted, standings } = await one.admit('call', [tokens('never', 5, 6)])
    expect(admitted).toBe(false)
    expect(standings[0]?.retryAfterMs).toBe(Number.POSITIVE_INFINITY)
  })

  test('a place is free again when its call ends, once', async () => {
    const [one, other] = await open()
    const first = await one.admit('first', [places('places', 2)])
    const second = await other.admit('second', [places('places', 2)])
    expect((await one.admit('third', [places('places', 2)])).admitted).toBe(false)
    first.end([undefined])
    first.end([undefined])
    await vi.waitFor(
      async () => expect((await other.look([places('places', 2)]))[0]?.used).toBe(1),
      patiently,
    )
    expect((await other.admit('fourth', [places('places', 2)])).admitted).toBe(true)
    expect((await one.admit('fifth', [places('places', 2)])).admitted).toBe(false)
    second.end([undefined])
  })

  test('looking takes nothing', async () => {
    const [one] = await open()
    const wishes = [requests('looked', 1), places('looked places', 1)]
    await one.look(wishes)
    await one.look(wishes)
    expect((await one.admit('call', wishes)).admitted).toBe(true)
  })
}
