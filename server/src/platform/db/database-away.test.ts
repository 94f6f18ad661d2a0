import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestPostgres, type TestPostgres } from '../../testing/postgres-template.ts'
import { testsOnPostgres } from '../../testing/test-database.ts'
import { startTcpProxy, type TcpProxy } from '../cache/tcp-proxy.fixture.ts'
import { systemClock } from '../clock.ts'
import { systemCaller } from '../context.ts'
import { newId } from '../ids.ts'
import { createLogger } from '../telemetry/index.ts'
import type { Database } from './database.ts'
import { asSeenByCaller } from './database-away.ts'
import { postgresDatabase } from './postgres-database.ts'
import { rowsOf, systemTx, withTenant } from './transactions.ts'

describe('a failure of the database', () => {
  test.each([
    Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' }),
    new Error('Failed query', { cause: new Error('Connection terminated unexpectedly') }),
    new Error('Failed query', {
      cause: Object.assign(new Error('terminating connection'), { code: '57P01' }),
    }),
  ])('that it is away is told as such: %s', (error) => {
    expect(asSeenByCaller(error)).toMatchObject({ code: 'unavailable', status: 503, cause: error })
  })

  test.each([
    Object.assign(new Error('duplicate key'), { code: '23505' }),
    Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' }),
    new Error('anything else'),
    'no error at all',
  ])('of another kind stays what it is: %s', (error) => {
    expect(asSeenByCaller(error)).toBe(error)
  })
})

describe.skipIf(!testsOnPostgres)('with PostgreSQL away (needs FREEHOLD_TEST_DATABASE=postgres)', () => {
  let served: TestPostgres
  let proxy: TcpProxy
  let database: Database

  beforeAll(async () => {
    const url = process.env.DATABASE_URL ?? ''
    const logger = createLogger({ level: 'silent', format: 'json' })
    served = await createTestPostgres(url, logger)
    const { hostname, port } = new URL(url)
    proxy = await startTcpProxy(hostname, Number(port || 5432))
    const proxied = new URL(served.url)
    proxied.hostname = '127.0.0.1'
    proxied.port = String(proxy.port)
    database = postgresDatabase({ url: proxied.toString(), poolSize: 2 }, logger)
  })
  afterAll(async () => {
    await proxy?.restore()
    await database?.close()
    await served?.drop()
  })

  const one = sql`select 1 as one`
  const on = () => ({ database, clock: systemClock })

  test('a transaction under way and one that begins are refused with 503, and later ones work again', async () => {
    const caller = systemCaller(newId(), newId())
    const away = { code: 'unavailable', status: 503 }
    const cutInBetween = systemTx(on(), 'operate', async (tx) => {
      await rowsOf(tx, one)
      await proxy.cut()
      return rowsOf(tx, one)
    })
    await expect(cutInBetween).rejects.toMatchObject(away)
    await expect(withTenant(on(), caller, ({ tx }) => rowsOf(tx, one))).rejects.toMatchObject(away)
    await proxy.restore()
    await expect
      .poll(() => withTenant(on(), caller, ({ tx }) => rowsOf(tx, one)).catch(() => undefined), {
        timeout: 20_000,
      })
      .toEqual([{ one: 1 }])
  })
})
