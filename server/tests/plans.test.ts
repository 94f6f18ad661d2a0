import { beforeAll, expect, test } from 'vitest'
import { type Catalog, type Query, readCatalog } from '../src/app/doctor/database/catalog.ts'
import { tryOut } from '../src/app/doctor/database/run-as.ts'
import { tenantTables } from '../src/app/doctor/database/tenancy.ts'
import type { Database } from '../src/platform/db/database.ts'
import { newId } from '../src/platform/ids.ts'
import { testDatabase } from '../src/testing/test-database.ts'

/** What a policy costs is decided by the plan: an index finds the organization, and its claim is read once a statement. */
let database: Database
let catalog: Catalog
beforeAll(async () => {
  database = await testDatabase()
  catalog = await readCatalog((text) => database.query(text))
})

async function planOf(query: Query, statement: string): Promise<string> {
  const lines = await query(`explain (costs off) ${statement}`)
  return lines.map((line) => String(line['QUERY PLAN'])).join('\n')
}

/** The plan as a tenant. The tables are empty, so a scan of all their rows is only taken where no index can serve. */
function tenantPlan(statement: string): Promise<string> {
  return tryOut(database, async ({ query, asTenant }) => {
    await query(`set local enable_seqscan = off`)
    return asTenant({ organizationId: newId() }, (ask) => planOf(ask, statement))
  })
}

/** The function of the claims is written out by the planner where it is asked for every row. */
const tooSlow = (plan: string) =>
  /Seq Scan/.test(plan) || /Filter:.*(app\.organization_id|current_setting)\(/.test(plan)

test('every tenant table is read by an index on its organization, and the claim is read once', async () => {
  const problems: string[] = []
  for (const { name } of tenantTables(catalog)) {
    const plan = await tenantPlan(`select 1 from freehold.${name}`)
    if (tooSlow(plan) || !plan.includes('InitPlan')) problems.push(`${name}:\n${plan}`)
  }
  expect(problems).toEqual([])
})

test('a policy that asks for every row, or finds no index, is found', async () => {
  const slow = await tryOut(database, async ({ query }) => {
    await query('set local enable_seqscan = off')
    return [
      await planOf(
        query,
        `select 1 from freehold.documents where (organization_id || '') = app.organization_id()::text`,
      ),
      await planOf(query, 'select 1 from freehold.documents where name = $$a$$'),
    ]
  })
  expect(slow.map(tooSlow)).toEqual([true, true])
})
