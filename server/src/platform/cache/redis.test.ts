import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../clock.ts'
import { newId } from '../ids.ts'
import { createLogger } from '../telemetry/logger.ts'
import { cacheSuite } from './cache.suite.ts'
import { pubSubSuite } from './pub-sub.suite.ts'
import { rateLimiterSuite } from './rate-limiter.suite.ts'
import { createMemoryRateLimiter } from './rate-limiter.ts'
import { createRedisCache } from './redis-cache.ts'
import { openRedisConnection } from './redis-connection.ts'
import { createRedisPubSub } from './redis-pub-sub.ts'
import { createRedisRateLimiter } from './redis-rate-limiter.ts'
import { startTcpProxy } from './tcp-proxy.fixture.ts'

const serverUrl = process.env.REDIS_URL
const described = serverUrl ? describe : describe.skip
const titled = (title: string) => (serverUrl ? title : `${title} (skipped: REDIS_URL is not set)`)

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function connect(url: string, prefix = `test-${newId()}`) {
  const lines: { level: number; msg: string }[] = []
  const log = createLogger({ level: 'info', format: 'json', write: (line) => lines.push(JSON.parse(line)) })
  const connection = await openRedisConnection({
    url,
    clock: systemClock,
    log,
    prefix,
    connectTimeoutMs: 500,
  })
  closers.push(connection.close)
  const cache = createRedisCache({ connection })
  const pubSub = createRedisPubSub({ connection, log, heartbeatMs: 50 })
  closers.push(pubSub.close)
  const fallback = createMemoryRateLimiter({ clock: systemClock })
  const limiter = createRedisRateLimiter({ connection, fallback })
  return { connection, cache, pubSub, limiter, lines, prefix }
}

/** A connection through a proxy that can be cut, stalled and restored. */
async function connectThroughProxy() {
  const target = new URL(serverUrl ?? '')
  const proxy = await startTcpProxy(target.hostname, Number(target.port || 6379))
  closers.push(proxy.cut)
  const url = new URL(target)
  url.host = `127.0.0.1:${proxy.port}`
  return { proxy, ...(await connect(url.href)) }
}

const pass = (milliseconds: number) => sleep(milliseconds)

described(titled('the Redis cache'), () => {
  cacheSuite(async () => ({ cache: (await connect(serverUrl ?? '')).cache, pass }))
})

described(titled('pub/sub over Redis'), () => {
  pubSubSuite(async () => {
    const one = await connect(serverUrl ?? '')
    const other = await connect(serverUrl ?? '', one.prefix)
    return [one.pubSub, other.pubSub]
  })
})

described(titled('limits in Redis'), () => {
  rateLimiterSuite(async () => ({ limiter: (await connect(serverUrl ?? '')).limiter, pass }))

  test('two nodes share an allowance, also after the server forgot the script', async () => {
    const one = await connect(serverUrl ?? '')
    const other = await connect(serverUrl ?? '', one.prefix)
    const rate = { limit: 2, windowMs: 86_400_000 }
    expect((await one.limiter.take('shared', rate)).remaining).toBe(1)
    await one.connection.run(
      (redis) => redis.script('FLUSH'),
      () => undefined,
    )
    expect((await other.limiter.take('shared', rate)).remaining).toBe(0)
    expect((await one.limiter.take('shared', rate)).allowed).toBe(false)
    expect(one.lines).toEqual([])
  })

  test('a key is gone from the server when its allowance is whole again', async () => {
    const { connection, limiter } = await connect(serverUrl ?? '')
    await limiter.take('short', { limit: 1, windowMs: 50 })
    await vi.waitFor(async () => {
      const left = await connection.run(
        (redis) => redis.exists(connection.key('limit', 'short:50')),
        () => 'away',
      )
      expect(left).toBe(0)
    })
  })
})

described(titled('a server that goes away and comes back'), () => {
  test('two installations on one server do not see each other', async () => {
    const one = await connect(serverUrl ?? '')
    const other = await connect(serverUrl ?? '')
    await one.cache.set('key', 'value', 60_000)
    expect(await other.cache.get('key')).toBeUndefined()
  })

  test('while it is cut off everything answers at once without it, with one warning; then it is used again', async () => {
    const { proxy, cache, limiter, connection, lines } = await connectThroughProxy()
    const rate = { limit: 2, windowMs: 86_400_000 }
    await cache.set('kept', 'value', 60_000)
    await proxy.cut()

    const startedMs = performance.now()
    for (let index = 0; index < 50; index++) {
      expect(await cache.get('kept')).toBeUndefined()
      await cache.set('lost', 'value', 60_000)
    }
    const verdicts = []
    for (let index = 0; index < 3; index++) verdicts.push(await limiter.take('key', rate))
    // 103 commands that each waited would take 25 seconds.
    expect(performance.now() - startedMs).toBeLessThan(2_000)
    expect(verdicts.map(({ allowed }) => allowed)).toEqual([true, true, false])
    await expect(connection.check()).rejects.toThrow()

    await proxy.restore()
    await vi.waitFor(async () => expect(await cache.get('kept')).toBe('value'), 5_000)
    await connection.check()
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
      [40, 'Valkey is away; going on without it.'],
      [30, 'Valkey is back.'],
    ])
  })

  test('one that hangs costs one wait and then none, and is used again after it recovers', async () => {
    const { proxy, cache } = await connectThroughProxy()
    await cache.set('kept', 'value', 60_000)
    proxy.freeze()
    const startedMs = performance.now()
    for (let index = 0; index < 20; index++) expect(await cache.get('kept')).toBeUndefined()
    // One wait of 250 ms, and another at most if a second passes meanwhile; twenty would take five seconds.
    expect(performance.now() - startedMs).toBeLessThan(2_000)
    await proxy.restore()
    await vi.waitFor(async () => expect(await cache.get('kept')).toBe('value'), 8_000)
  }, 15_000)

  test('subscriptions are restored, also those made meanwhile, and listeners hear of the gap', async () => {
    const { proxy, pubSub, prefix } = await connectThroughProxy()
    const steady = await connect(serverUrl ?? '', prefix)
    const heard: string[] = []
    pubSub.onGap(() => heard.push('gap'))
    await pubSub.subscribe('before', (message) => heard.push(message))
    await proxy.cut()
    await pubSub.subscribe('meanwhile', (message) => heard.push(message))
    await steady.pubSub.publish('before', 'lost')
    await proxy.restore()
    await vi.waitFor(() => expect(heard).toEqual(['gap']), 5_000)
    await steady.pubSub.publish('before', 'one')
    await steady.pubSub.publish('meanwhile', 'two')
    await vi.waitFor(() => expect(heard).toEqual(['gap', 'one', 'two']))
  })

  test('a connection that died without closing is found and renewed', async () => {
    const { proxy, pubSub, prefix } = await connectThroughProxy()
    const steady = await connect(serverUrl ?? '', prefix)
    const heard: string[] = []
    pubSub.onGap(() => heard.push('gap'))
    await pubSub.subscribe('news', (message) => heard.push(message))
    proxy.freeze()
    await sleep(100)
    await steady.pubSub.publish('news', 'lost')
    await sleep(100)
    await proxy.restore()
    await vi.waitFor(() => expect(heard).toContain('gap'), 8_000)
    await steady.pubSub.publish('news', 'found')
    await vi.waitFor(() => expect(heard.at(-1)).toBe('found'))
  }, 15_000)

  test('what could not be published is heard at home, and every other node learns that it missed something', async () => {
    const { proxy, pubSub, prefix } = await connectThroughProxy()
    const steady = await connect(serverUrl ?? '', prefix)
    const heard: string[] = []
    await pubSub.subscribe('news', (message) => heard.push(`home ${message}`))
    await steady.pubSub.subscribe('news', (message) => heard.push(`away ${message}`))
    steady.pubSub.onGap(() => heard.push('away gap'))
    await proxy.cut()
    await pubSub.publish('news', 'lost')
    expect(heard).toEqual(['home lost'])
    await proxy.restore()
    await vi.waitFor(() => expect(heard).toContain('away gap'), 5_000)
  })
})

test('a server that was never there does not stop the start, nor anything else', async () => {
  const secret = 'hunter2hunter2'
  const { cache, pubSub, limiter, connection, lines } = await connect(`redis://:${secret}@127.0.0.1:1`)
  const heard: string[] = []
  const end = await pubSub.subscribe('news', (message) => heard.push(message))
  await pubSub.publish('news', 'at home')
  await cache.set('key', 'value', 60_000)
  await cache.delete('key')
  expect(await cache.get('key')).toBeUndefined()
  expect((await limiter.take('key', { limit: 1, windowMs: 60_000 })).allowed).toBe(true)
  expect((await limiter.take('key', { limit: 1, windowMs: 60_000 })).allowed).toBe(false)
  await expect(connection.check()).rejects.toThrow('not connected')
  await end()
  expect(heard).toEqual(['at home'])
  expect(lines).toHaveLength(1)
  expect(JSON.stringify(lines)).not.toContain(secret)
})
