import { afterEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../clock.ts'
import { newId } from '../ids.ts'
import { createLogger } from '../telemetry/logger.ts'
import { callLimiterSuite } from './call-limiter.suite.ts'
import { createRedisCallLimiter } from './redis-call-limiter.ts'
import { openRedisConnection } from './redis-connection.ts'
import { startTcpProxy } from './tcp-proxy.fixture.ts'

const serverUrl = process.env.REDIS_URL ?? ''
const described = serverUrl ? describe : describe.skip
const titled = (title: string) => (serverUrl ? title : `${title} (skipped: REDIS_URL is not set)`)

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function connect(url: string, prefix = `test-${newId()}`) {
  const log = createLogger({ level: 'silent', format: 'json' })
  // Long, so that a busy machine is no server that is away.
  const commandTimeoutMs = 5_000
  const connection = await openRedisConnection({ url, clock: systemClock, log, prefix, commandTimeoutMs })
  const limiter = createRedisCallLimiter({ connection, clock: systemClock })
  closers.push(connection.close, limiter.close)
  return { connection, limiter, prefix }
}

described(titled('limits of calls in Redis'), () => {
  callLimiterSuite(async () => {
    const one = await connect(serverUrl)
    const other = await connect(serverUrl, one.prefix)
    return [one.limiter, other.limiter]
  })

  const request = { key: 'key', measure: 'window', limit: 3, cost: 1 } as const
  const place = { key: 'place', measure: 'places', limit: 2, cost: 1 } as const

  test('a node that died gives its places back when its lease ends, and one that lives keeps its own', async () => {
    const one = await connect(serverUrl)
    const other = await connect(serverUrl, one.prefix)
    await one.limiter.admit('of the dead', [place])
    await other.limiter.admit('of the living', [place])
    await one.limiter.close()
    // Time goes by for the dead one alone: as if its lease had been given half a minute ago.
    const key = one.connection.key('limit', 'place')
    await one.connection.run(
      (redis) => redis.zadd(key, 'XX', Date.now() - 1_000, 'of the dead'),
      () => undefined,
    )
    expect((await other.limiter.admit('next', [place])).admitted).toBe(true)
    expect((await other.limiter.admit('one too many', [place])).admitted).toBe(false)
  })

  test('with the server away the limit holds on each node, with what it has let in before', async () => {
    const target = new URL(serverUrl)
    const proxy = await startTcpProxy(target.hostname, Number(target.port || 6379))
    closers.push(proxy.cut)
    const url = new URL(target)
    url.host = `127.0.0.1:${proxy.port}`
    const { limiter } = await connect(url.href)
    await limiter.admit('first', [request, place])
    await proxy.cut()
    const admitted = []
    for (let index = 0; index < 5; index++)
      admitted.push((await limiter.admit(`call ${index}`, [request])).admitted)
    expect(admitted).toEqual([true, true, false, false, false])
  })

  test('a server that forgot everything lets no node pass its limit, and has the places back in a moment', async () => {
    const one = await connect(serverUrl)
    const other = await connect(serverUrl, one.prefix)
    for (const id of ['a', 'b', 'c']) expect((await one.limiter.admit(id, [request])).admitted).toBe(true)
    await one.limiter.admit('under way', [{ ...place, limit: 1 }])
    const keys = ['key', 'place'].map((key) => one.connection.key('limit', key))
    await one.connection.run(
      (redis) => redis.del(...keys),
      () => undefined,
    )
    expect((await one.limiter.admit('d', [request])).admitted).toBe(false)
    await vi.waitFor(async () => expect((await other.limiter.look([place]))[0]?.used).toBe(1), {
      timeout: 20_000,
      interval: 100,
    })
    expect((await other.limiter.admit('elsewhere', [{ ...place, limit: 1 }])).admitted).toBe(false)
  })
})
