import type { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCatalog } from '../src/app/doctor/database/catalog.ts'
import { schemaHash } from '../src/app/doctor/database/schema-hash.ts'
import { tenantTables } from '../src/app/doctor/database/tenancy.ts'
import { createPerson } from '../src/app/doctor/http/person.ts'
import { openProofApp } from '../src/app/doctor/http/proof-app.ts'
import { proveIsolation } from '../src/app/doctor/prove-isolation.ts'
import { proveSchema } from '../src/app/doctor/prove-schema.ts'
import { overall, reportText } from '../src/app/doctor/report.ts'
import { removeThrowAways } from '../src/app/doctor/throw-away.ts'
import { pgliteDatabase } from '../src/platform/db/pglite-database.ts'
import { createMemoryPlatform, type TestPlatform } from '../src/testing/memory-platform.ts'
import { openTestPglite } from '../src/testing/pglite-template.ts'

/** A database of its own: the proof counts what it leaves, and holes are made in its wall. */
let pglite: PGlite
let platform: TestPlatform
beforeAll(async () => {
  pglite = await openTestPglite()
  platform = await createMemoryPlatform(await pgliteDatabase(pglite))
})
afterAll(async () => {
  await platform.dispose()
  await pglite.close()
})

const catalogNow = () => readCatalog((text) => platform.database.query(text))
const prove = (signal = new AbortController().signal) =>
  proveIsolation(platform, { signal, progress: () => {} })

/** Rows of people and organizations, and files: what a proof must leave as it was. */
async function everything(): Promise<number[]> {
  const [row] = await platform.database.query(`select (select count(*)::int from freehold.users) as users,
    (select count(*)::int from freehold.organizations) as organizations,
    (select count(*)::int from freehold.outbox_mails) as mails`)
  const files = []
  for await (const file of platform.storage.list('org/')) files.push(file)
  return [Number(row?.users), Number(row?.organizations), Number(row?.mails), files.length]
}

/** The tables in which any column of any row, vectors and sealed texts included, holds a text. */
async function tablesThatHold(text: string): Promise<string[]> {
  const found: string[] = []
  for (const { name } of (await catalogNow()).tables) {
    const rows = await platform.database.query(
      `select 1 from freehold.${name} t where t::text like '%' || $1 || '%' limit 1`,
      [text],
    )
    if (rows.length > 0) found.push(name)
  }
  return found
}

describe('freehold doctor isolation', { timeout: 120_000 }, () => {
  test('passes on an installation whose wall stands, and leaves it as it was', async () => {
    const before = await everything()
    const report = await prove()
    expect(report.checks.filter((check) => check.findings.length > 0)).toEqual([])
    expect(report).toMatchObject({ verdict: 'pass', version: '0.0.0-test', leftoversRemoved: { people: 0 } })
    expect(report.counts.tenantTables).toBe(tenantTables(await catalogNow()).length)
    expect(report.counts.statements).toBeGreaterThan(20 * report.counts.tenantTables)
    expect(report.counts.requests).toBeGreaterThan(10 * report.counts.operations)
    expect(report.removed.organizations).toBeGreaterThanOrEqual(2)
    expect(await everything()).toEqual(before)
    expect(await tablesThatHold('canary-'), 'what the removed organizations had written').toEqual([])
    const text = reportText(report)
    for (const { title } of report.checks) expect(text).toContain(title)
    expect(text).toContain(`sha256:${report.schemaHash}`)
    expect(text).toMatch(/^PASS: /m)
  })

  test('removes what it has made when it is interrupted', async () => {
    const before = await everything()
    const interrupted = new AbortController()
    const running = proveIsolation(platform, {
      signal: interrupted.signal,
      progress: (sentence) => {
        if (sentence.includes('everybody')) setTimeout(() => interrupted.abort(new Error('enough')), 300)
      },
    })
    await expect(running).rejects.toThrow('enough')
    expect(await everything()).toEqual(before)
  })

  test('removes what an earlier run has left, and nothing of anybody else', async () => {
    const before = await everything()
    const killed = await openProofApp(platform)
    const left = await createPerson(killed, 'left over')
    await platform.storage.put(`org/${left.organizationId}/documents/x/original`, new Uint8Array([1]))
    // A person whose organization has somebody of the outside in it: that one stays.
    await platform.database.query(
      `insert into freehold.users (id, email, name, created_at, updated_at)
       values ('0190a000-0000-7000-8000-000000000001', 'real@example.com', 'Real', now(), now())`,
    )
    const shared = await createPerson(killed, 'shared')
    await platform.database.query(
      `insert into freehold.memberships (organization_id, user_id, role, joined_at)
       values ($1, '0190a000-0000-7000-8000-000000000001', 'owner', now())`,
      [shared.organizationId],
    )
    expect(await removeThrowAways(platform, [killed.runId])).toEqual({
      people: 0,
      organizations: 0,
      files: 0,
    })
    expect(await removeThrowAways(platform, [])).toEqual({ people: 2, organizations: 1, files: 1 })
    const [users = 0, organizations = 0, mails, files] = before
    expect(await everything()).toEqual([users + 1, organizations + 1, mails, files])
    await platform.database.query(`delete from freehold.organizations where id = $1`, [shared.organizationId])
    await platform.database.query(`delete from freehold.users where email = 'real@example.com'`)
    await killed.close()
    expect(await everything()).toEqual(before)
  })

  test('says what the breach is and how to see it again, and what it found left over', async () => {
    await createPerson(await openProofApp(platform), 'of a process that was killed')
    await pglite.exec(
      `reset role; alter policy tenant on freehold.documents using (true); set role freehold_app`,
    )
    const mend = () =>
      pglite.exec(
        `reset role; alter policy tenant on freehold.documents using (organization_id = (select app.organization_id()));
         set role freehold_app`,
      )
    const report = await prove().finally(mend)
    expect(report.verdict).toBe('breach')
    expect(report.leftoversRemoved).toMatchObject({ people: 1, organizations: 1 })
    const breached = report.checks.filter((check) => check.verdict === 'breach').map((check) => check.title)
    expect(breached).toEqual(
      expect.arrayContaining([
        'One policy lets tenants in, and it compares with their claims',
        'No statement crosses the wall',
        'Another organization’s ids in a path do not exist',
      ]),
    )
    expect(reportText(report)).toMatch(/again: begin; select set_config\('role', 'freehold_tenant'/)
    expect(reportText(report)).toMatch(/^BREACH: /m)
  })
})

describe('what the database says of itself is a breach', () => {
  /** The verdict with a defect that is planted and taken back. */
  async function verdictWith(defect: string): Promise<string> {
    await pglite.exec(`reset role; begin; ${defect}`)
    try {
      return overall(
        proveSchema(
          await readCatalog(async (text) => (await pglite.query<Record<string, unknown>>(text)).rows),
        ),
      )
    } finally {
      await pglite.exec('rollback; set role freehold_app')
    }
  }

  test('never, as it is', async () => {
    expect(await verdictWith('')).toBe('pass')
  })

  test('when any one of its policies is dropped, one after another', async () => {
    const { policies } = await catalogNow()
    const survived: string[] = []
    for (const { table, name } of policies.filter((policy) => policy.name === 'tenant')) {
      const verdict = await verdictWith(`drop policy ${name} on freehold.${table}`)
      if (verdict !== 'breach') survived.push(`${name} on ${table}`)
    }
    expect(survived).toEqual([])
    expect(policies.length).toBeGreaterThan(30)
  })

  test.each([
    [
      'a view of any tenant table reads with its owner’s rights',
      (table: string) => `create view freehold.peek as select * from freehold.${table}`,
    ],
    [
      'a function outside the list reads any tenant table with its owner’s rights',
      (table: string) =>
        `create function app.peek() returns bigint language sql security definer set search_path = pg_catalog, pg_temp
       as 'select count(*) from freehold.${table}'`,
    ],
  ])('when %s', async (_what, defect) => {
    const tables = tenantTables(await catalogNow()).map((table) => table.name)
    const survived: string[] = []
    for (const table of tables) if ((await verdictWith(defect(table))) !== 'breach') survived.push(table)
    expect(survived).toEqual([])
  })

  test('and the hash of the schema changes with it, and not with other things in the database', async () => {
    const hashWith = async (defect: string) => {
      await pglite.exec(`reset role; begin; ${defect}`)
      try {
        return schemaHash(
          await readCatalog(async (text) => (await pglite.query<Record<string, unknown>>(text)).rows),
        )
      } finally {
        await pglite.exec('rollback; set role freehold_app')
      }
    }
    const plain = await hashWith('')
    expect(await hashWith('')).toBe(plain)
    expect(await hashWith('create schema other; create table other.things (id uuid)')).toBe(plain)
    expect(await hashWith('alter policy tenant on freehold.documents using (true)')).not.toBe(plain)
    expect(await hashWith('grant truncate on freehold.documents to freehold_tenant')).not.toBe(plain)
  })
})
