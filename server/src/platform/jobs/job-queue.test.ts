import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { type Scope, systemCaller } from '../context.ts'
import { rowsOf, systemTx, withTenant } from '../db/transactions.ts'
import { newId } from '../ids.ts'
import { type AnyJob, createJobQueue, defineJob, type JobDefinition, type JobQueue } from './job-queue.ts'

/** There several servers share one database, and a silent one is given its time. */
const onPostgres = process.env.FREEHOLD_TEST_DATABASE === 'postgres'

let on: TestApp
let organizationId: string
const running: JobQueue[] = []

beforeAll(async () => {
  on = await createTestApp()
  organizationId = (await signUp(on)).organizationId
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((queue) => queue.stop(3_000)))
})

afterAll(async () => {
  await on.dispose()
})

const numbered = z.object({ number: z.number() })

function job(
  handle: JobDefinition<{ number: number }>['handle'],
  options: Partial<JobDefinition<{ number: number }>> = {},
): AnyJob {
  return defineJob({
    name: `test.${newId()}`,
    payload: numbered,
    concurrency: 1,
    retryLimit: 0,
    expireInSeconds: 60,
    handle,
    ...options,
  })
}

/** A queue of its own that runs these jobs. */
async function start(...jobs: AnyJob[]): Promise<JobQueue> {
  const queue = createJobQueue({ database: on.platform.database, logger: on.platform.logger })
  running.push(queue)
  await queue.start(jobs, true)
  return queue
}

function inTenant<T>(work: (scope: Scope) => Promise<T>): Promise<T> {
  return withTenant(on.platform, systemCaller(organizationId, newId()), work)
}

/** A job that notes the numbers it was called with. */
function noting(options: Partial<JobDefinition<{ number: number }>> = {}): { job: AnyJob; seen: number[] } {
  const seen: number[] = []
  return { job: job(async ({ number }) => void seen.push(number), options), seen }
}

describe('a job sent in a transaction', () => {
  test('that commits runs, once', async () => {
    const { job: noted, seen } = noting()
    const queue = await start(noted)
    await inTenant((scope) => queue.send(scope, noted, { number: 7 }))
    await expect.poll(() => seen, { timeout: 5_000 }).toEqual([7])
    await systemTx(on.platform, 'job', (tx) => queue.sendAsSystem(tx, noted, { number: 8 }))
    await expect.poll(() => seen, { timeout: 5_000 }).toEqual([7, 8])
  })

  test('that fails never runs', async () => {
    const { job: noted, seen } = noting()
    const queue = await start(noted)
    const failing = inTenant(async (scope) => {
      await queue.send(scope, noted, { number: 1 })
      throw new Error('something after it')
    })
    await expect(failing).rejects.toThrow('something after it')
    await inTenant((scope) => queue.send(scope, noted, { number: 2 }))
    await expect.poll(() => seen, { timeout: 5_000 }).toEqual([2])
    expect(
      await on.platform.database.query('select data from pgboss.job where name = $1', [noted.name]),
    ).toHaveLength(1)
  })

  test('leaves the rest of the transaction in its own organization', async () => {
    const { job: noted } = noting()
    const queue = await start(noted)
    const stranger = await signUp(on)
    const seen = await inTenant(async (scope) => {
      await queue.send(scope, noted, { number: 1 })
      return rowsOf<{ id: string; role: string }>(
        scope.tx,
        sql`select id, current_user as role from freehold.organizations`,
      )
    })
    expect(seen).toEqual([{ id: organizationId, role: 'freehold_tenant' }])
    expect(seen.map((row) => row.id)).not.toContain(stranger.organizationId)
  })

  test('that cannot be sent leaves the transaction in its own organization too', async () => {
    const queue = await start()
    const [row] = await inTenant(async (scope) => {
      await expect(queue.send(scope, { name: 'no.such-queue' }, {})).rejects.toThrow(
        'There is no job no.such-queue.',
      )
      return rowsOf(scope.tx, sql`select current_user as role`)
    })
    expect(row).toEqual({ role: 'freehold_tenant' })
  })
})

test('ten jobs of one worker are done one after another without waiting for the next look', async () => {
  const { job: noted, seen } = noting()
  const queue = await start(noted)
  const startedAt = performance.now()
  // Sent together they wake the worker once.
  await inTenant(async (scope) => {
    for (let number = 0; number < 10; number++) await queue.send(scope, noted, { number })
  })
  await expect.poll(() => seen.length, { timeout: 18_000, interval: 20 }).toBe(10)
  expect(seen.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(performance.now() - startedAt).toBeLessThan(10_000)
})

test('what one organization sends waits for itself: another’s one job comes after the first, and nobody waits for ever', async () => {
  const order: string[] = []
  const noted = job(async ({ number }) => void order.push(number < 100 ? 'many' : `one ${number}`))
  const sender = createJobQueue({ database: on.platform.database, logger: on.platform.logger })
  running.push(sender)
  await sender.start([noted], false)
  const other = (await signUp(on, 'Grace')).organizationId
  const send = (id: string, number: number) =>
    withTenant(on.platform, systemCaller(id, newId()), (scope) => sender.send(scope, noted, { number }))
  for (let number = 0; number < 30; number++) await send(organizationId, number)
  await send(other, 100)
  // An hour of waiting later, those that wait stand before what is sent then.
  await on.platform.database.query('update pgboss.job set priority = priority + 3600 where name = $1', [
    noted.name,
  ])
  await send((await signUp(on, 'Mary')).organizationId, 101)
  await start(noted)
  await expect.poll(() => order.length, { timeout: 18_000 }).toBe(32)
  expect(order.indexOf('one 100')).toBe(1)
  expect(order.indexOf('one 101')).toBe(31)
})

test('jobs that were waiting before anybody worked are done', async () => {
  const { job: noted, seen } = noting({ concurrency: 2 })
  const sender = createJobQueue({ database: on.platform.database, logger: on.platform.logger })
  running.push(sender)
  await sender.start([noted], false)
  for (let number = 0; number < 5; number++) await inTenant((scope) => sender.send(scope, noted, { number }))
  expect(await sender.stats()).toEqual([{ queue: noted.name, waiting: 5, active: 0, failed: 0 }])
  expect(seen).toEqual([])
  await start(noted)
  await expect.poll(() => seen.toSorted(), { timeout: 8_000 }).toEqual([0, 1, 2, 3, 4])
})

test('of a job that failed neither the queue nor the log keeps the values it worked on', async () => {
  const values = `canary${newId()}`
  const failing = job(async () => {
    await inTenant((scope) => scope.tx.execute(sql`select ${values} || (1 / ${0}::int)::text`))
  })
  const queue = await start(failing)
  await inTenant((scope) => queue.send(scope, failing, { number: 3 }))
  await expect
    .poll(() => queue.stats(), { timeout: 12_000 })
    .toEqual([{ queue: failing.name, waiting: 0, active: 0, failed: 1 }])
  const kept = await on.platform.database.query(
    'select output::text as output from pgboss.job where output is not null',
  )
  expect(kept.length).toBeGreaterThan(0)
  expect(JSON.stringify(kept)).toContain('Failed query')
  expect(JSON.stringify(kept)).not.toContain(values)
  expect(on.platform.logged.join()).toContain('a job failed')
  expect(on.platform.logged.join()).not.toContain(values)
})

test('a job that fails is tried again, and after its last try lies with the dead letters', async () => {
  const tries: number[] = []
  const failing = job(
    async ({ number }) => {
      tries.push(number)
      throw new Error('not today')
    },
    { retryLimit: 1 },
  )
  const queue = await start(failing)
  await inTenant((scope) => queue.send(scope, failing, { number: 3 }))
  await expect.poll(() => tries, { timeout: 12_000 }).toEqual([3, 3])
  await expect
    .poll(() => queue.stats(), { timeout: 5_000 })
    .toEqual([{ queue: failing.name, waiting: 0, active: 0, failed: 1 }])
  const dead = await on.platform.database.query(
    `select data from pgboss.job where name = 'dead-letters' and data->>'number' = '3'`,
  )
  expect(dead.length).toBeGreaterThan(0)
  expect(on.platform.logged.join()).toContain('not today')
}, 25_000)

test.skipIf(onPostgres)(
  'a job that an embedded server had begun when it was killed is begun again by the next',
  async () => {
    const { job: noted, seen } = noting({ retryLimit: 1 })
    const sender = createJobQueue({ database: on.platform.database, logger: on.platform.logger })
    running.push(sender)
    await sender.start([noted], false)
    await inTenant((scope) => sender.send(scope, noted, { number: 9 }))
    await on.platform.database.query(
      `update pgboss.job set state = 'active', started_on = now() where name = $1`,
      [noted.name],
    )
    await start(noted)
    await expect.poll(() => seen, { timeout: 5_000 }).toEqual([9])
  },
)

test('a payload that does not fit its schema never reaches the handler', async () => {
  const { job: noted, seen } = noting()
  const queue = await start(noted)
  await inTenant((scope) => queue.send(scope, noted, { number: 'seven' }))
  await expect.poll(async () => (await queue.stats())[0]?.failed, { timeout: 5_000 }).toBe(1)
  expect(seen).toEqual([])
})

test('stopping waits for the job that runs', async () => {
  let finish: () => void = () => {}
  let done = false
  const slow = job(async () => {
    await new Promise<void>((resolve) => {
      finish = resolve
    })
    done = true
  })
  const queue = await start(slow)
  await inTenant((scope) => queue.send(scope, slow, { number: 1 }))
  await expect.poll(async () => (await queue.stats())[0]?.active, { timeout: 5_000 }).toBe(1)
  const stopped = queue.stop(10_000).then(() => done)
  setTimeout(() => finish(), 50)
  expect(await stopped).toBe(true)
})

test('a job that does not end in its time is told to', async () => {
  let told: unknown
  const endless = job(async (_payload, { signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    told = signal.reason
  })
  const queue = await start(endless)
  await inTenant((scope) => queue.send(scope, endless, { number: 1 }))
  await expect.poll(async () => (await queue.stats())[0]?.active, { timeout: 5_000 }).toBe(1)
  await queue.stop(2_500)
  expect(told).toBeInstanceOf(Error)
})
