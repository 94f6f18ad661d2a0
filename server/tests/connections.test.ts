import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asSystem } from '../src/app/doctor/database/run-as.ts'
import { systemClock } from '../src/platform/clock.ts'
import { systemCaller } from '../src/platform/context.ts'
import type { Database } from '../src/platform/db/database.ts'
import { postgresDatabase } from '../src/platform/db/postgres-database.ts'
import { rowsOf, withTenant } from '../src/platform/db/transactions.ts'
import { newId } from '../src/platform/ids.ts'
import { createLogger } from '../src/platform/telemetry/index.ts'
import { createTestPostgres, type TestPostgres } from '../src/testing/postgres-template.ts'

const serverUrl = process.env.DATABASE_URL
const poolerUrl = process.env.PGBOUNCER_URL
const tenants = 50
const connections = 4
/** Enough to meet every order of what ends badly; the promise of 100,000 is kept with FREEHOLD_TEST_TRANSACTIONS. */
const transactions = Number(process.env.FREEHOLD_TEST_TRANSACTIONS ?? 10_000)

/** Straight to the server, and through PgBouncer in transaction mode: there a connection is another's after each commit. */
const ways = [
  {
    way: 'directly',
    needs: 'a PostgreSQL in DATABASE_URL',
    pooler: undefined,
    isThere: serverUrl !== undefined,
  },
  {
    way: 'through PgBouncer in transaction mode',
    needs: 'DATABASE_URL and PGBOUNCER_URL',
    pooler: poolerUrl,
    isThere: serverUrl !== undefined && poolerUrl !== undefined,
  },
]

for (const { way, needs, pooler, isThere } of ways) {
  describe.skipIf(!isThere)(`no context bleeds between connections, ${way} (needs ${needs})`, () => {
    let served: TestPostgres
    let database: Database
    const organizations = Array.from({ length: tenants }, () => newId())

    beforeAll(async () => {
      const logger = createLogger({ level: 'error', format: 'line' })
      served = await createTestPostgres(serverUrl ?? '', logger)
      // Behind the pooler four connections serve all of its clients: these take turns on them.
      database = postgresDatabase(
        pooler === undefined
          ? { url: served.url, poolSize: connections }
          : { url: throughPooler(pooler, served.url), directUrl: served.url, poolSize: 4 * connections },
        logger,
      )
      await asSystem(database, async (query) => {
        for (const id of organizations) {
          await query(`insert into freehold.organizations (id, name, slug, created_at, updated_at)
          values ('${id}', 'o', '${id}', now(), now())`)
          await query(`insert into freehold.collections (organization_id, id, name, created_at)
          values ('${id}', '${newId()}', 'c', now())`)
        }
      })
    })
    afterAll(async () => {
      await database?.close()
      await served?.drop()
    })

    const failures = [
      // By the database, by its time limit, by somebody who cancels, by the program.
      [sql`select 1 / 0`],
      [sql`select set_config('statement_timeout', '5', true)`, sql`select pg_sleep(1)`],
      [sql`select pg_cancel_backend(pg_backend_pid()), pg_sleep(1)`],
      [],
    ]

    /** A transaction that does not say whose it is; behind a pooler, the role of a connection cannot be pinned. */
    const unclaimed = { statements: 'select 1', single: true } as const
    const nobody = {
      role: pooler === undefined ? 'freehold_tenant' : 'freehold_app',
      claims: '',
      timeout: '0',
    }

    /** One transaction, and what it saw that it must not have seen. */
    async function one(place: number): Promise<string[]> {
      const organizationId = organizations[(place * 7919) % tenants] ?? ''
      const seen: string[] = []
      const work = withTenant(
        { database, clock: systemClock },
        systemCaller(organizationId, newId()),
        async ({ tx }) => {
          const rows = await rowsOf<{ id: string; role: string }>(
            tx,
            sql`select organization_id as id, current_user::text as role from freehold.collections`,
          )
          if (rows.length !== 1) seen.push(`${rows.length} rows`)
          for (const row of rows)
            if (row.id !== organizationId || row.role !== 'freehold_tenant')
              seen.push(`${row.id} as ${row.role}`)
          if (place % 20 !== 0) return
          for (const statement of failures[(place / 20) % failures.length] ?? []) await tx.execute(statement)
          throw new Error('the program failed')
        },
      )
      await work.catch(() => {
        if (place % 20 !== 0) seen.push('a failure that was not planned')
      })
      if (place % 20 !== 0) return seen
      // What comes next on a connection is nobody's.
      const after = await database.transaction(unclaimed, async (tx) => {
        const { rows } = (await tx.execute(
          sql`select current_user::text as role, coalesce(current_setting('request.jwt.claims', true), '') as claims,
            current_setting('statement_timeout') as timeout`,
        )) as unknown as { rows: unknown[] }
        return rows[0]
      })
      if (JSON.stringify(after) !== JSON.stringify(nobody)) seen.push(`left behind: ${JSON.stringify(after)}`)
      return seen
    }

    test(`${transactions} interleaved transactions of ${tenants} organizations over ${connections} connections, one in twenty ending badly`, {
      timeout: 600_000,
    }, async () => {
      const wrong: string[] = []
      let place = 0
      const worker = async () => {
        while (place < transactions) wrong.push(...(await one(place++)))
      }
      await Promise.all(Array.from({ length: 32 }, worker))
      expect(place).toBe(transactions)
      expect(wrong).toEqual([])
    })

    test('a notification arrives, past the pooler where there is one', async () => {
      const heard: string[] = []
      const end = await database.listen('of_tests', (payload) => void heard.push(payload))
      await database.query(`select pg_notify('of_tests', 'news')`)
      await expect.poll(() => heard, { timeout: 5_000 }).toEqual(['news'])
      await end()
    })
  })
}

/** The pooler's address and login, with the database of the test. */
function throughPooler(pooler: string, database: string): string {
  const url = new URL(pooler)
  url.pathname = new URL(database).pathname
  return url.href
}
