import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { testsOnPostgres } from '../../testing/test-database.ts'
import { type Scope, systemCaller } from '../context.ts'
import { newId } from '../ids.ts'
import { createLogger } from '../telemetry/index.ts'
import { logsInAsApp } from './logs-in-as-app.ts'
import { postgresDatabase, postgresOwner } from './postgres-database.ts'
import { readTenant, rowsOf, sqlState, systemTx, withTenant } from './transactions.ts'

let on: TestApp
let ada: Actor
let eve: Actor

beforeAll(async () => {
  on = await createTestApp()
  ada = await signUp(on)
  eve = await signUp(on)
})

afterAll(async () => {
  await on.dispose()
})

function inTenant<T>(actor: { organizationId: string }, work: (scope: Scope) => Promise<T>): Promise<T> {
  return withTenant(on.platform, systemCaller(actor.organizationId, newId()), work)
}

const collections = (scope: Scope) =>
  rowsOf<{ organization_id: string; name: string }>(
    scope.tx,
    sql`select organization_id, name from freehold.collections`,
  )

function insertCollection(scope: Scope, organizationId: string, name: string) {
  return scope.tx.execute(
    sql`insert into freehold.collections (organization_id, id, name, created_at) values (${organizationId}, ${newId()}, ${name}, now())`,
  )
}

describe('a tenant transaction', () => {
  test('sees the rows of its own organization and no others', async () => {
    await inTenant(ada, (scope) => insertCollection(scope, ada.organizationId, 'of ada'))
    await inTenant(eve, (scope) => insertCollection(scope, eve.organizationId, 'of eve'))
    const seen = await inTenant(ada, collections)
    expect(seen.map((row) => row.name)).toContain('of ada')
    expect(new Set(seen.map((row) => row.organization_id))).toEqual(new Set([ada.organizationId]))
    const people = await inTenant(ada, (scope) =>
      rowsOf<{ id: string }>(scope.tx, sql`select id from freehold.users`),
    )
    expect(people.map((row) => row.id)).toEqual([ada.userId])
  })

  test('can write no row of another organization, nor move one there', async () => {
    const foreign = inTenant(ada, (scope) => insertCollection(scope, eve.organizationId, 'planted'))
    expect(sqlState(await foreign.catch((error: unknown) => error))).toBe('42501')
    const moved = inTenant(ada, (scope) =>
      scope.tx.execute(sql`update freehold.collections set organization_id = ${eve.organizationId}`),
    )
    expect(sqlState(await moved.catch((error: unknown) => error))).toBe('42501')
    await inTenant(ada, (scope) =>
      scope.tx.execute(sql`delete from freehold.collections where organization_id = ${eve.organizationId}`),
    )
    expect((await inTenant(eve, collections)).map((row) => row.name)).toContain('of eve')
  })

  test('sees nothing once its claims are gone', async () => {
    const seen = await inTenant(ada, async (scope) => {
      await scope.tx.execute(sql`select set_config('request.jwt.claims', '', true)`)
      return [await collections(scope), await rowsOf(scope.tx, sql`select id from freehold.organizations`)]
    })
    expect(seen).toEqual([[], []])
  })

  test('has no way into the tables that belong to the system', async () => {
    for (const table of [
      'freehold.sessions',
      'freehold.accounts',
      'freehold.refresh_tokens',
      'freehold.signing_keys',
      'freehold.nodes',
      'pgboss.job',
    ]) {
      const reading = inTenant(ada, (scope) => scope.tx.execute(sql.raw(`select * from ${table}`)))
      expect(sqlState(await reading.catch((error: unknown) => error)), table).toBe('42501')
    }
  })

  test('that fails leaves nothing behind, and its error is the one thrown', async () => {
    const failure = new Error('something after it')
    const failing = inTenant(ada, async (scope) => {
      await insertCollection(scope, ada.organizationId, 'half done')
      throw failure
    })
    await expect(failing).rejects.toBe(failure)
    expect((await inTenant(ada, collections)).map((row) => row.name)).not.toContain('half done')
  })

  test('takes its role and its claims with it, however it ends', async () => {
    // The next one, before it has said whose it is.
    const next = () =>
      on.platform.database.transaction({ statements: 'select 1', single: true }, async (tx) => {
        const { rows } = (await tx.execute(
          sql`select current_user::text as role, nullif(current_setting('request.jwt.claims', true), '') as claims`,
        )) as unknown as { rows: unknown[] }
        return rows[0]
      })
    const nobody = { role: testsOnPostgres ? 'freehold_tenant' : 'freehold_app', claims: null }
    await inTenant(ada, collections)
    expect(await next()).toEqual(nobody)
    await inTenant(ada, () => Promise.reject(new Error('over'))).catch(() => undefined)
    expect(await next()).toEqual(nobody)
    await readTenant(on.platform, systemCaller(ada.organizationId, newId()), collections)
    expect(await next()).toEqual(nobody)
  })

  test.each(['select 1 / 0', 'rollback; select 1 / 0'])(
    'whose beginning fails (%s) shows and changes nothing, although statements were sent behind it',
    async (statements) => {
      const seen: unknown[] = []
      const opening = { statements, single: false } as const
      const under = on.platform.database.transaction(opening, async (tx) => {
        const insert = sql`insert into freehold.collections (organization_id, id, name, created_at)
          values (${ada.organizationId}, ${newId()}, 'without a beginning', now())`
        const read = sql`select organization_id from freehold.collections`
        const [{ rows }] = (await Promise.all([tx.execute(read), tx.execute(insert)])) as unknown as [
          { rows: unknown[] },
        ]
        seen.push(...rows)
      })
      await expect(under).rejects.toThrow('division by zero')
      expect(seen).toEqual([])
      const names = (await inTenant(ada, collections)).map((row) => row.name)
      expect(names).not.toContain('without a beginning')
    },
  )

  test('is refused to a caller who acts in no organization', async () => {
    const nobody = { ...systemCaller(ada.organizationId, newId()), organizationId: null }
    await expect(withTenant(on.platform, nobody, collections)).rejects.toMatchObject({
      code: 'no_organization',
      status: 403,
    })
  })
})

describe('a read of one statement', () => {
  const read = <T>(work: (scope: Scope) => Promise<T>) =>
    readTenant(on.platform, systemCaller(ada.organizationId, newId()), work)

  test('sees its own organization alone', async () => {
    const seen = await read(collections)
    expect(new Set(seen.map((row) => row.organization_id))).toEqual(new Set([ada.organizationId]))
  })

  test('is refused a second statement, and a change', async () => {
    const two = read(async (scope) => [await collections(scope), await collections(scope)])
    await expect(two).rejects.toMatchObject({ cause: { message: expect.stringContaining('one statement') } })
    const changing = read((scope) => insertCollection(scope, ada.organizationId, 'by a read'))
    expect(sqlState(await changing.catch((error: unknown) => error))).toBe('25006')
  })

  test('that fails tells its own error, and the connection serves on', async () => {
    const failing = read((scope) => scope.tx.execute(sql`select 1 / 0`))
    expect(sqlState(await failing.catch((error: unknown) => error))).toBe('22012')
    await expect(read(() => Promise.reject(new Error('before any')))).rejects.toThrow('before any')
    expect((await read(collections)).length).toBeGreaterThan(0)
  })
})

test('a system transaction sees every organization, and is not the owner of the schema', async () => {
  const seen = await systemTx(on.platform, 'operate', async (tx) => ({
    organizations: await rowsOf<{ id: string }>(tx, sql`select id from freehold.organizations`),
    rights: await rowsOf(
      tx,
      sql`select rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = current_user`,
    ),
  }))
  expect(seen.organizations.map((row) => row.id)).toEqual(
    expect.arrayContaining([ada.organizationId, eve.organizationId]),
  )
  expect(seen.rights).toEqual([{ rolsuper: false, rolbypassrls: false, rolcreaterole: false }])
})

describe.skipIf(!testsOnPostgres)('over a pool (PostgreSQL only)', () => {
  test('1,000 interleaved transactions of 20 organizations, some failing, never see a foreign row', async () => {
    const [row] = await on.platform.database.query('select current_database() as name')
    const url = new URL(process.env.DATABASE_URL ?? '')
    url.pathname = `/${row?.name}`
    const database = postgresDatabase(
      { url: url.toString(), poolSize: 4 },
      createLogger({ level: 'silent', format: 'json' }),
    )
    const organizations = Array.from({ length: 20 }, () => ({ organizationId: newId() }))
    await systemTx({ database }, 'operate', async (tx) => {
      for (const { organizationId } of organizations) {
        await tx.execute(sql`
          insert into freehold.organizations (id, name, slug, created_at, updated_at)
          values (${organizationId}, 'Pool', ${organizationId}, now(), now())`)
        await tx.execute(sql`
          insert into freehold.collections (organization_id, id, name, created_at)
          values (${organizationId}, ${newId()}, 'Library', now())`)
      }
    })
    let foreign = 0
    let seen = 0
    let failed = 0
    const transact = async (index: number) => {
      const own = organizations[index % 20]?.organizationId ?? ''
      const look = async (scope: Scope) => {
        const rows = await collections(scope)
        seen += rows.length
        foreign += rows.filter((found) => found.organization_id !== own).length
        if (index % 7 === 0) throw new Error('a failure of the program')
        if (index % 11 === 0) await scope.tx.execute(sql`select 1 / 0`)
      }
      const pooled = { database, clock: on.platform.clock }
      await withTenant(pooled, systemCaller(own, newId()), look).catch(() => {
        failed++
      })
    }
    // Forty at a time: more would wait longer for a connection than the pool lets them on a busy machine.
    const lanes = Array.from({ length: 40 }, async (_, lane) => {
      for (let index = lane; index < 1_000; index += 40) await transact(index)
    })
    await Promise.all(lanes)
    expect({ foreign, seen }).toEqual({ foreign: 0, seen: 1_000 })
    expect(failed).toBeGreaterThan(200)
    await database.close()
  })
})

describe.skipIf(!testsOnPostgres)('a read that comes again and again (PostgreSQL only)', () => {
  test('is planned once a connection, and survives that its table changes', async () => {
    const [row] = await on.platform.database.query('select current_database() as name')
    const url = new URL(process.env.DATABASE_URL ?? '')
    url.pathname = `/${row?.name}`
    const owner = await postgresOwner(url.toString())
    const logger = createLogger({ level: 'silent', format: 'json' })
    const database = postgresDatabase({ url: url.toString(), poolSize: 1 }, logger)
    try {
      await owner.execute(
        'create table public.changing (a int); insert into public.changing values (1); grant select on public.changing to freehold_tenant',
      )
      const pooled = { database, clock: on.platform.clock }
      const read = (text: string) =>
        readTenant(pooled, systemCaller(ada.organizationId, newId()), ({ tx }) =>
          rowsOf<{ a: unknown }>(tx, sql.raw(text)),
        )
      const changing = 'select * from public.changing'
      for (let use = 0; use < 4; use++) expect(await read(changing)).toEqual([{ a: 1 }])
      const statements = 'select count(*)::int as a from pg_prepared_statements'
      expect(await read(statements)).toEqual([{ a: 1 }])
      await owner.execute(`alter table public.changing alter column a type text using 'one'`)
      await read(changing).catch(() => undefined)
      expect(await read(changing)).toEqual([{ a: 'one' }])
    } finally {
      await owner.execute('drop table if exists public.changing')
      await owner.close()
      await database.close()
    }
  })
})

test('a URL that logs in as the server’s own role is told from an owner’s', () => {
  expect(logsInAsApp('postgres://freehold_app:secret@localhost/db')).toBe(true)
  expect(logsInAsApp('postgres://freehold_app.project:secret@pooler/db')).toBe(true)
  expect(logsInAsApp('postgres://freehold:secret@localhost/db')).toBe(false)
})
