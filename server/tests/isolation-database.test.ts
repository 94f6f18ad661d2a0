import type { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Catalog, readCatalog } from '../src/app/doctor/database/catalog.ts'
import {
  allCases,
  casesOf,
  type Proof,
  prepareProof,
  tryCases,
} from '../src/app/doctor/database/isolation-proof.ts'
import { rowSecurityIsForced } from '../src/app/doctor/database/schema-checks.ts'
import { proveSearch, searchSpace } from '../src/app/doctor/database/search-proof.ts'
import { tenantPolicy, tenantTables } from '../src/app/doctor/database/tenancy.ts'
import { systemClock } from '../src/platform/clock.ts'
import { systemCaller } from '../src/platform/context.ts'
import type { Database } from '../src/platform/db/database.ts'
import { pgliteDatabase } from '../src/platform/db/pglite-database.ts'
import { rowsOf, withTenant } from '../src/platform/db/transactions.ts'
import { newId } from '../src/platform/ids.ts'
import { openTestPglite } from '../src/testing/pglite-template.ts'
import { testDatabase } from '../src/testing/test-database.ts'

/** For what tries every case, on a machine that is busy. */
const longMs = 60_000

describe('the database alone keeps organizations apart', { timeout: longMs }, () => {
  let database: Database
  beforeAll(async () => {
    database = await testDatabase()
  })

  test('every table of the catalog, every statement, under another organization and under none', async () => {
    const catalog = await readCatalog((text) => database.query(text))
    const proof = prepareProof(database, catalog)
    const cases = allCases(proof)
    expect(new Set(cases.map((one) => one.table)).size).toBe(catalog.tables.length)
    expect(await tryCases(proof, cases)).toEqual([])
  })

  test('the search function shows no passage of another organization, and none without claims', async () => {
    expect((await proveSearch(database)).problems).toEqual([])
    const [left] = await database.query(
      'select count(*)::int as rows from freehold.passages where embedding_space = $1',
      [searchSpace],
    )
    expect(left).toEqual({ rows: 0 })
  })

  test('a tenant transaction has stepped down, and leaves nothing behind on its connection', async () => {
    const organizationId = newId()
    const inside = await withTenant(
      { database, clock: systemClock },
      systemCaller(organizationId, newId()),
      ({ tx }) => rowsOf(tx, sql`select current_user::text as role, app.organization_id() as organization`),
    )
    expect(inside).toEqual([{ role: 'freehold_tenant', organization: organizationId }])
    const after = await database.query(
      'select current_user::text as role, app.organization_id() as organization',
    )
    expect(after).toEqual([{ role: 'freehold_app', organization: null }])
  })
})

describe('the proof fails when the wall has a hole', { timeout: longMs }, () => {
  let pglite: PGlite
  let catalog: Catalog
  let proof: Proof
  let twin: Database
  const read = () => readCatalog(async (text) => (await pglite.query<Record<string, unknown>>(text)).rows)

  beforeAll(async () => {
    pglite = await openTestPglite()
    twin = await pgliteDatabase(pglite)
    catalog = await read()
    proof = prepareProof(twin, catalog)
  })
  afterAll(() => pglite.close())

  /** Breaks the wall as its owner, runs, and mends it. */
  async function withHole<T>(hole: string, mend: string, run: () => Promise<T>): Promise<T> {
    await pglite.exec(`reset role; ${hole}; set role freehold_app`)
    try {
      return await run()
    } finally {
      await pglite.exec(`reset role; ${mend}; set role freehold_app`)
    }
  }

  test('and holds while it has none', async () => {
    expect(await tryCases(proof, allCases(proof))).toEqual([])
    expect((await proveSearch(twin)).problems).toEqual([])
  })

  test('with the policy of any table replaced, one after another', async () => {
    const survived: string[] = []
    for (const table of tenantTables(catalog)) {
      const on = `tenant on freehold.${table.name}`
      const mend = `drop policy tenant on freehold.${table.name};
        create policy ${on} for all to freehold_tenant using ${tenantPolicy} with check ${tenantPolicy}`
      const holes = {
        'lets everything through': `alter policy ${on} using (true) with check (true)`,
        'shows everything': `alter policy ${on} using (true)`,
        'writes everything': `alter policy ${on} with check (true)`,
        'compares nothing without claims': `alter policy ${on} using (app.organization_id() is null or ${tenantPolicy})`,
        'shows nothing': `drop policy ${on}; create policy ${on} for all to freehold_tenant using (false)`,
      }
      for (const [what, hole] of Object.entries(holes)) {
        const problems = await withHole(hole, mend, () => tryCases(proof, casesOf(proof, table), 1))
        if (problems.length === 0) survived.push(`${table.name}: a policy that ${what}`)
      }
    }
    // Where tenants have no right to write, what a policy checks on writing cannot be reached.
    const may = (name: string) =>
      catalog.grants.some(
        (one) => one.table === name && one.privilege === 'insert' && one.grantee === 'freehold_tenant',
      )
    expect(
      survived.filter((one) => !one.endsWith('writes everything') || may(one.split(':')[0] ?? '')),
    ).toEqual([])
  })

  test('with row-level security off on any table, one after another', async () => {
    for (const table of tenantTables(catalog)) {
      const toggle = (state: string) => `alter table freehold.${table.name} ${state} row level security`
      const problems = await withHole(toggle('disable'), toggle('enable'), () =>
        tryCases(proof, casesOf(proof, table), 1),
      )
      expect(problems, table.name).not.toEqual([])
      const unforced = await withHole(toggle('no force'), toggle('force'), read)
      expect(rowSecurityIsForced(unforced)).toEqual([
        `${table.name} does not force row-level security on its owner`,
      ])
    }
  })

  test.each([
    [
      'a second, wider policy',
      'messages',
      'create policy wide on freehold.messages using (true)',
      'drop policy wide on freehold.messages',
    ],
    [
      'a tenant role that bypasses policies',
      'documents',
      'alter role freehold_tenant bypassrls',
      'alter role freehold_tenant nobypassrls',
    ],
    [
      'organizations that anybody sees',
      'organizations',
      'alter policy tenant on freehold.organizations using (true)',
      'alter policy tenant on freehold.organizations using (id = (select app.organization_id()))',
    ],
    [
      'people that anybody sees',
      'users',
      'alter policy tenant on freehold.users using (true)',
      'alter policy tenant on freehold.users using (id in (select user_id from freehold.memberships))',
    ],
    [
      'a right to read sessions',
      'sessions',
      'grant select on freehold.sessions to freehold_tenant',
      'revoke select on freehold.sessions from freehold_tenant',
    ],
    [
      'a key that points across organizations',
      'passages',
      `alter table freehold.passages drop constraint passages_organization_id_document_id_fkey`,
      `alter table freehold.passages add constraint passages_organization_id_document_id_fkey
         foreign key (organization_id, document_id) references freehold.documents on delete cascade`,
    ],
  ])('with %s', async (_what, table, hole, mend) => {
    const cases = allCases(proof).filter((one) => one.table === table)
    expect(await withHole(hole, mend, () => tryCases(proof, cases, 1))).not.toEqual([])
  })

  test('with claims that fall back to some organization', async () => {
    const claimed = (
      fallback: string,
    ) => `create or replace function app.organization_id() returns uuid language sql stable parallel safe
      return coalesce((nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'organization_id')::uuid, ${fallback})`
    const hole = claimed(`'${proof.parties.a.organizationId}'::uuid`)
    expect(await withHole(hole, claimed('null'), () => tryCases(proof, allCases(proof), 1))).not.toEqual([])
  })

  test('with any of the filters of the search function left out', async () => {
    const [row] = (
      await pglite.query<{ text: string }>(
        `select pg_get_functiondef('app.search_passages'::regproc) as text`,
      )
    ).rows
    const definition = row?.text ?? ''
    const filter = /[pd]\.organization_id = \(select app\.organization_id\(\)\)/g
    const filters = [...definition.matchAll(filter)]
    expect(filters.length).toBeGreaterThanOrEqual(3)
    for (const found of filters) {
      const hole = `${definition.slice(0, found.index)}true${definition.slice(found.index + found[0].length)}`
      expect(
        await withHole(hole, definition, async () => (await proveSearch(twin)).problems),
        `without the filter at ${found.index}`,
      ).not.toEqual([])
    }
  })

  test('and holds again once every hole is mended', async () => {
    expect(await tryCases(proof, allCases(proof))).toEqual([])
    expect((await proveSearch(twin)).problems).toEqual([])
  })
})
