import { beforeAll, expect, test } from 'vitest'
import { tryOut } from '../../app/doctor/database/run-as.ts'
import type { Database } from '../../platform/db/database.ts'
import { sqlState } from '../../platform/db/transactions.ts'
import { newId } from '../../platform/ids.ts'
import { testDatabase } from '../../testing/test-database.ts'

let database: Database
beforeAll(async () => {
  database = await testDatabase()
})

const refused = '42501'

/** The state that the database refuses a statement with, tried as a tenant and as the server across organizations. */
async function refusals(statement: string): Promise<unknown[]> {
  const asServer = tryOut(database, ({ query }) => query(statement))
  const asTenant = tryOut(database, ({ asTenant: as }) =>
    as({ organizationId: newId() }, (query) => query(statement)),
  )
  return Promise.all([asServer, asTenant].map((done) => done.then(() => 'done', sqlState)))
}

test('P10: no role of the server deletes a usage record, or changes what a call was or cost', async () => {
  for (const statement of [
    'delete from freehold.usage_records',
    'truncate freehold.usage_records',
    'update freehold.usage_records set cost_nanos = 0',
    'update freehold.usage_records set prompt_tokens = 0, budgets = null',
    'delete from freehold.usage_adjustments',
    'update freehold.usage_adjustments set amount_nanos = 0',
    'delete from freehold.usage_seals',
    'update freehold.usage_seals set entries = people, digest = people',
    'update freehold.book_closings set closed_at = now()',
    'delete from freehold.book_closings',
  ])
    expect([statement, ...(await refusals(statement))]).toEqual([statement, refused, refused])
})

test('P10: what may change is who made a call, for a person whose account is deleted, and by no tenant', async () => {
  const rights = await database.query(
    `select attname as name, role, has_column_privilege(role, attrelid, attnum, 'update') as may
      from pg_attribute, unnest(array['freehold_app', 'freehold_tenant']) as role
      where attrelid = 'freehold.usage_records'::regclass and attnum > 0 and not attisdropped`,
  )
  const allowed = rights.filter(({ may }) => may === true).map(({ name, role }) => `${role} ${name}`)
  expect(rights.length).toBeGreaterThan(60)
  expect(allowed.toSorted()).toEqual(['freehold_app api_key_id', 'freehold_app user_id'])
})
