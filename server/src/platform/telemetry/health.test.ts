import { expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { createHealth } from './health.ts'
import { createLogger } from './logger.ts'

function setUp() {
  const lines: string[] = []
  const log = createLogger({ level: 'warn', format: 'json', write: (line) => lines.push(line) })
  return { health: createHealth({ clock: systemClock, log }), lines }
}

test('ready when every check is well', async () => {
  const { health } = setUp()
  health.register({ name: 'database', check: async () => {} })
  expect(await health.ready()).toEqual({
    ready: true,
    status: 'ok',
    checks: { database: { status: 'ok', durationMs: expect.any(Number) } },
  })
})

test('one critical failure makes it not ready; the reason goes to the log, not to the answer', async () => {
  const { health, lines } = setUp()
  health.register({ name: 'cache', check: async () => {} })
  health.register({
    name: 'database',
    check: () => {
      throw new Error('host db.internal refused')
    },
  })
  const result = await health.ready()
  expect(result).toMatchObject({
    ready: false,
    status: 'failing',
    checks: { cache: { status: 'ok' }, database: { status: 'failed' } },
  })
  expect(JSON.stringify(result)).not.toContain('db.internal')
  expect(lines.join('')).toContain('db.internal')
})

test('a failure of what is not critical only degrades', async () => {
  const { health } = setUp()
  health.register({ name: 'cache', critical: false, check: () => Promise.reject(new Error('away')) })
  expect(await health.ready()).toMatchObject({ ready: true, status: 'degraded' })
})

test('a check that hangs is given up at its limit and told so', async () => {
  const { health } = setUp()
  let told = false
  health.register({
    name: 'database',
    timeoutMs: 20,
    check: (signal) =>
      new Promise(() => {
        signal.addEventListener('abort', () => {
          told = true
        })
      }),
  })
  expect(await health.ready()).toMatchObject({ ready: false, checks: { database: { status: 'timeout' } } })
  expect(told).toBe(true)
})

test('callers at the same time share one run; the next caller starts another', async () => {
  const { health } = setUp()
  let runs = 0
  health.register({
    name: 'database',
    check: async () => {
      runs++
    },
  })
  await Promise.all([health.ready(), health.ready(), health.ready()])
  expect(runs).toBe(1)
  await health.ready()
  expect(runs).toBe(2)
})

test('once stopping it is never ready again, and stays live', async () => {
  const { health } = setUp()
  health.stop()
  expect(await health.ready()).toEqual({ ready: false, status: 'stopping', checks: {} })
  expect(health.live()).toEqual({ status: 'ok' })
})

test('two checks of one name are a mistake of ours', () => {
  const { health } = setUp()
  health.register({ name: 'database', check: async () => {} })
  expect(() => health.register({ name: 'database', check: async () => {} })).toThrow('twice')
})
