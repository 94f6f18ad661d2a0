import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCatalog } from '../src/app/doctor/database/catalog.ts'
import { allCases, prepareProof, tryCases } from '../src/app/doctor/database/isolation-proof.ts'
import { proveSearch } from '../src/app/doctor/database/search-proof.ts'
import { tenantTables } from '../src/app/doctor/database/tenancy.ts'
import { proveSchema } from '../src/app/doctor/prove-schema.ts'
import { overall } from '../src/app/doctor/report.ts'
import type { Database } from '../src/platform/db/database.ts'
import { migrate, readMigrations } from '../src/platform/db/migrate.ts'
import { postgresDatabase, postgresOwner } from '../src/platform/db/postgres-database.ts'
import { newId } from '../src/platform/ids.ts'
import { createLogger } from '../src/platform/telemetry/index.ts'
import { migrationsFolder } from '../src/testing/pglite-template.ts'

/**
 * A database as Supabase hands it out: the owner is no superuser but bypasses row-level security and makes roles, `anon`,
 * `authenticated` and `service_role` hold whatever comes into `public`, and PostgREST logs in as `authenticator`, which
 * becomes the role its token names, with the token's claims in `request.jwt.claims`.
 */
const serverUrl = process.env.DATABASE_URL
const run = `${process.pid}_${Math.random().toString(36).slice(2, 8)}`
const databaseName = `freehold_supabase_${run}`
const owner = `supabase_owner_${run}`
const authenticator = `supabase_authenticator_${run}`
const apiRoles = ['anon', 'authenticated', 'service_role'] as const

describe.skipIf(serverUrl === undefined)('on Supabase (needs a PostgreSQL in DATABASE_URL)', () => {
  let superuser: pg.Client
  let database: Database
  /** PostgREST's connection. */
  let api: pg.Client

  beforeAll(async () => {
    const server = await connect(serverUrl ?? '')
    for (const role of apiRoles) await makeRole(server, role)
    await server.query('alter role service_role bypassrls')
    for (const role of ['freehold_app', 'freehold_tenant']) await makeRole(server, role)
    await server.query(`create role ${owner} login password 'supabase' createrole bypassrls`)
    await server.query(`create role ${authenticator} login noinherit password 'supabase'`)
    await server.query(`grant ${apiRoles.join(', ')} to ${authenticator}`)
    // There it would have made them itself; on this server another database may have been first.
    await server.query(`grant freehold_app, freehold_tenant to ${owner} with admin option`)
    await server.query(`create database ${databaseName} owner ${owner}`)
    await server.end()
    superuser = await connect(urlFor())
    await superuser.query(`create extension vector;
      grant usage on schema public to ${apiRoles.join(', ')};
      alter default privileges for role ${owner} in schema public grant all on tables to ${apiRoles.join(', ')};
      alter default privileges for role ${owner} in schema public grant all on functions to ${apiRoles.join(', ')}`)
    const migrating = await postgresOwner(urlFor(owner))
    await migrate(migrating, await readMigrations(migrationsFolder))
    await migrating.close()
    const logger = createLogger({ level: 'error', format: 'line' })
    database = postgresDatabase({ url: urlFor(owner), poolSize: 2 }, logger)
    api = await connect(urlFor(authenticator))
  })

  afterAll(async () => {
    await Promise.all([api?.end(), superuser?.end(), database?.close()])
    const server = await connect(serverUrl ?? '')
    await server.query(`drop database if exists ${databaseName} with (force)`)
    // What the owner granted as its admin goes with it; the roles of Supabase belong to the server and stay.
    await server.query(`drop owned by ${owner} cascade`)
    await server.query(`revoke freehold_app, freehold_tenant from ${owner} cascade`)
    await server.query(`drop role ${owner}, ${authenticator}`)
    await server.end()
  })

  function urlFor(user?: string): string {
    const url = new URL(serverUrl ?? '')
    url.pathname = `/${databaseName}`
    if (user !== undefined) {
      url.username = user
      url.password = 'supabase'
    }
    return url.toString()
  }

  /** A request of PostgREST: one transaction, the role of the token, its claims. Undone at the end. */
  async function asPostgrest<T>(
    role: string,
    claims: Record<string, unknown>,
    work: (query: (text: string) => Promise<pg.QueryResult>) => Promise<T>,
  ): Promise<T> {
    await api.query('begin')
    try {
      await api.query(`select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)`, [
        role,
        JSON.stringify({ role, ...claims }),
      ])
      return await work((text) => api.query(text))
    } finally {
      await api.query('rollback')
    }
  }

  const catalogNow = () => readCatalog((text) => database.query(text))

  test('the schema installs as an owner that is no superuser, and its wall is whole', async () => {
    const checks = proveSchema(await catalogNow())
    expect(checks.filter((check) => check.findings.length > 0)).toEqual([])
    expect(overall(checks)).toBe('pass')
  })

  test('every statement on every table is kept apart by the same policies', async () => {
    const proof = prepareProof(database, await catalogNow())
    expect(await tryCases(proof, allCases(proof))).toEqual([])
    expect((await proveSearch(database)).problems).toEqual([])
  })

  test.each(apiRoles)('%s has nothing: no schema, table, sequence or function of ours', async (role) => {
    const { rows } = await superuser.query<{ found: string }>(
      `select 'schema ' || n.nspname as found from pg_namespace n
         where n.nspname in ('freehold', 'app', 'pgboss') and has_schema_privilege($1, n.oid, 'usage, create')
       union all
       select 'table ' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname in ('freehold', 'app', 'pgboss')
           and case when c.relkind in ('r', 'p', 'v', 'm') then
             has_any_column_privilege($1, c.oid, 'select, insert, update, references')
               or has_table_privilege($1, c.oid, 'delete, truncate, trigger') end
       union all
       select 'sequence ' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname in ('freehold', 'app', 'pgboss')
           and case when c.relkind = 'S' then has_sequence_privilege($1, c.oid, 'usage, select, update') end
       union all
       select 'function ' || p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         where n.nspname in ('freehold', 'app', 'pgboss') and has_schema_privilege($1, n.oid, 'usage')
           and has_function_privilege($1, p.oid, 'execute')
       union all
       select 'membership ' || r from unnest(array['freehold_app', 'freehold_tenant']) r where pg_has_role($1, r, 'member')`,
      [role],
    )
    expect(rows).toEqual([])
    const { tables } = await catalogNow()
    const organization_id = newId()
    for (const { name } of tables) {
      for (const text of [
        `select 1 from freehold.${name}`,
        `delete from freehold.${name}`,
        `insert into freehold.${name} default values`,
      ])
        await expect(
          asPostgrest(role, { organization_id }, (query) => query(text)),
          `${role}: ${text}`,
        ).rejects.toMatchObject({ code: '42501' })
    }
    await expect(
      asPostgrest(role, { organization_id }, (query) =>
        query(`select * from app.search_passages('words', null, '', null, null, 10)`),
      ),
    ).rejects.toMatchObject({ code: '42501' })
  })

  test.each(apiRoles)('%s cannot become the server or a tenant', async (role) => {
    for (const other of ['freehold_app', 'freehold_tenant'])
      await expect(asPostgrest(role, {}, (query) => query(`set local role ${other}`))).rejects.toMatchObject({
        code: '42501',
      })
  })

  test('a token that names freehold_tenant is refused until the operator lets PostgREST use it', async () => {
    await expect(asPostgrest('freehold_tenant', {}, async () => {})).rejects.toMatchObject({ code: '42501' })
  })

  describe('once freehold_tenant is granted to the authenticator', () => {
    const [mine, theirs] = [newId(), newId()]
    beforeAll(async () => {
      await superuser.query(`grant freehold_tenant to ${authenticator} with inherit false, set true`)
      for (const id of [mine, theirs]) {
        await superuser.query(
          `insert into freehold.organizations (id, name, slug, created_at, updated_at) values ($1, 'o', $2, now(), now())`,
          [id, id],
        )
        await superuser.query(
          `insert into freehold.collections (organization_id, id, name, created_at) values ($1, $2, 'c', now())`,
          [id, newId()],
        )
      }
    })

    const seen = (claims: Record<string, unknown>) =>
      asPostgrest('freehold_tenant', claims, async (query) =>
        (await query('select organization_id from freehold.collections')).rows.map(
          (row) => row.organization_id,
        ),
      )

    test('it sees the organization of its claims, and nothing else', async () => {
      expect(await seen({ organization_id: mine })).toEqual([mine])
      expect(await seen({ organization_id: theirs })).toEqual([theirs])
      const tables = tenantTables(await catalogNow()).map((table) => table.name)
      for (const name of tables) {
        const foreign = await asPostgrest('freehold_tenant', { organization_id: mine }, (query) =>
          query(`select 1 from freehold.${name} where organization_id = '${theirs}'`).catch(
            (error: unknown) => error,
          ),
        )
        if (foreign instanceof Error) expect(foreign, name).toMatchObject({ code: '42501' })
        else expect(foreign, name).toMatchObject({ rowCount: 0 })
      }
    })

    test.each([
      ['no organization', {}],
      ['an organization that does not exist', { organization_id: newId() }],
      ['an organization under another name', { org_id: mine, user_metadata: { organization_id: mine } }],
      ['an empty organization', { organization_id: null }],
    ])('it sees nothing with claims of %s', async (_what, claims) => {
      expect(await seen(claims)).toEqual([])
    })

    test('it writes nothing into another organization', async () => {
      for (const text of [
        `insert into freehold.collections (organization_id, id, name, created_at) values ('${theirs}', '${newId()}', 'x', now())`,
        `update freehold.collections set organization_id = '${theirs}'`,
      ])
        await expect(
          asPostgrest('freehold_tenant', { organization_id: mine }, (query) => query(text)),
        ).rejects.toMatchObject({ code: '42501' })
      const touched = await asPostgrest('freehold_tenant', { organization_id: mine }, (query) =>
        query(`delete from freehold.collections where organization_id = '${theirs}'`),
      )
      expect(touched.rowCount).toBe(0)
    })

    test('the next request of the same connection knows nothing of it', async () => {
      await seen({ organization_id: mine })
      await expect(
        asPostgrest('anon', {}, (query) => query('select 1 from freehold.collections')),
      ).rejects.toMatchObject({ code: '42501' })
      expect(await seen({})).toEqual([])
    })
  })
})

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
}

/** Roles belong to the server, where another database may have made them already. */
async function makeRole(server: pg.Client, name: string): Promise<void> {
  await server
    .query(`create role ${name} nologin nosuperuser nocreatedb nocreaterole nobypassrls`)
    .catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && ['42710', '23505'].includes(String(error.code))))
        throw error
    })
}
