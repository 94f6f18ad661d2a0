import type { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Catalog, readCatalog } from '../src/app/doctor/database/catalog.ts'
import * as checks from '../src/app/doctor/database/schema-checks.ts'
import { tenantTables } from '../src/app/doctor/database/tenancy.ts'
import type { Row } from '../src/platform/db/types.ts'
import { openTestPglite } from '../src/testing/pglite-template.ts'
import { testDatabase } from '../src/testing/test-database.ts'
import {
  type DeclaredTable,
  disagreements,
  readDeclaredTables,
} from './support/database/drizzle-agreement.ts'

let catalog: Catalog
let declared: DeclaredTable[]
/** A database of its own, in which each defect is planted and rolled back. */
let twin: PGlite

beforeAll(async () => {
  const database = await testDatabase()
  catalog = await readCatalog((text, parameters) => database.query(text, parameters))
  declared = await readDeclaredTables()
  twin = await openTestPglite()
})
afterAll(() => twin.close())

async function catalogWith(defect: string): Promise<Catalog> {
  await twin.exec('begin')
  try {
    await twin.exec(defect)
    return await readCatalog(async (text) => (await twin.query<Row>(text)).rows)
  } finally {
    await twin.exec('rollback')
  }
}

/** A check that holds for the database, and the defects it must find when they are planted. */
function guard(name: string, check: checks.SchemaCheck, defects: Readonly<Record<string, string>>) {
  describe(name, () => {
    test('holds', async () => {
      expect(check(catalog)).toEqual([])
      expect(check(await catalogWith('')), 'the twin without a defect').toEqual([])
    })
    test.each(Object.entries(defects))('finds %s', async (_defect, sql) => {
      expect(check(await catalogWith(sql))).not.toEqual([])
    })
  })
}

test('the catalog is read: the tables of the slice are among the tenant tables', () => {
  const names = tenantTables(catalog).map((table) => table.name)
  expect(names).toEqual(
    expect.arrayContaining(['memberships', 'api_keys', 'usage_records', 'passages', 'messages']),
  )
  expect(catalog.policies.length).toBeGreaterThan(2 * names.length)
})

guard('every table belongs to an organization or says why not', checks.tablesNameTheirOrganization, {
  'a new table without an organization': 'create table freehold.notes (id uuid primary key)',
  'a nullable organization': 'create table freehold.notes (organization_id uuid, id uuid primary key)',
  'an exception for a table that is gone': 'drop table freehold.nodes',
})

guard('the program has no tables elsewhere', checks.nothingStandsElsewhere, {
  'a table in another schema': 'create table public.notes (organization_id uuid not null)',
})

guard('tenants reach no table elsewhere', checks.tenantsReachNothingElse, {
  'a table they may read':
    'create table public.notes (organization_id uuid); grant select on public.notes to freehold_tenant',
  'a table that everybody may write':
    'create table public.notes (organization_id uuid); grant insert on public.notes to public',
})

test('a table elsewhere that tenants have no right to may stand', async () => {
  const made =
    'create schema other; create table other.notes (id uuid); grant usage on schema other to public'
  expect(checks.tenantsReachNothingElse(await catalogWith(made))).toEqual([])
})

guard('row-level security is on and forced', checks.rowSecurityIsForced, {
  'a table without it': 'alter table freehold.documents disable row level security',
  'a table whose owner it does not bind': 'alter table freehold.documents no force row level security',
  'organizations without it': 'alter table freehold.organizations disable row level security',
  'people without it': 'alter table freehold.users no force row level security',
})

guard('one policy lets tenants in, by their claims', checks.tenantPoliciesCompareTheClaims, {
  'a dropped policy': 'drop policy tenant on freehold.documents',
  'a policy for all rows': 'alter policy tenant on freehold.documents using (true)',
  'a policy that checks nothing written': 'alter policy tenant on freehold.documents with check (true)',
  'a policy evaluated for each row': `alter policy tenant on freehold.documents
     using (organization_id = app.organization_id()) with check (organization_id = app.organization_id())`,
  'a second policy for tenants':
    'create policy more on freehold.documents for select to freehold_tenant using (true)',
  'a policy for everybody': 'create policy more on freehold.documents for select using (true)',
  'a wider view of people': 'alter policy tenant on freehold.users using (true)',
  'a way in to sessions':
    'create policy tenant on freehold.sessions for select to freehold_tenant using (true)',
  'a new table without a policy':
    'create table freehold.notes (organization_id uuid not null); alter table freehold.notes enable row level security',
})

guard('other policies are for the server and the owner of a definer function', checks.otherPoliciesAreKnown, {
  'a policy for another role':
    'create role reporting; create policy reporting on freehold.documents for select to reporting using (true)',
  'an owner policy that writes': `drop policy search on freehold.documents;
     create policy search on freehold.documents for all to current_user using (true)`,
  'an owner policy elsewhere':
    'create policy search on freehold.messages for select to current_user using (true)',
})

guard('rights are the listed ones', checks.grantsAreKnown, {
  'truncate, which no policy sees': 'grant truncate on freehold.documents to freehold_tenant',
  'references, which answers whether a row exists':
    'grant references on freehold.documents to freehold_tenant',
  'a right to read sessions': 'grant select on freehold.sessions to freehold_tenant',
  'a right to read more of people': 'grant select (image) on freehold.users to freehold_tenant',
  'a right to make organizations': 'grant insert on freehold.organizations to freehold_tenant',
  'a right of everybody': 'grant select on freehold.documents to public',
  'a way into the job queue': 'grant usage on schema pgboss to freehold_tenant',
})

guard("the server's roles own nothing and bypass nothing", checks.rolesAreHarmless, {
  'a superuser': 'alter role freehold_app superuser',
  'a role that bypasses policies': 'alter role freehold_tenant bypassrls',
  'a role that makes roles': 'alter role freehold_app createrole',
  'an owner': 'alter table freehold.documents owner to freehold_app',
  'a membership': 'grant pg_read_all_data to freehold_tenant',
  'rights that come without asking': 'grant freehold_tenant to freehold_app with inherit true',
})

guard('foreign keys carry the organization', checks.foreignKeysCarryTheOrganization, {
  'a key on the id alone': `alter table freehold.documents add unique (id);
     alter table freehold.passages add foreign key (document_id) references freehold.documents (id)`,
  'a key from outside': `alter table freehold.nodes add organization_id uuid, add document_id uuid,
     add foreign key (organization_id, document_id) references freehold.documents`,
  'a table that outlives its organization':
    'alter table freehold.audit_entries drop constraint audit_entries_organization_id_fkey',
})

guard('uniqueness is per organization', checks.uniquenessIsPerOrganization, {
  'a unique name across organizations': 'create unique index on freehold.collections (name)',
  'a unique expression across organizations': 'create unique index on freehold.collections (lower(name))',
  'a unique partial index': 'create unique index on freehold.api_keys (prefix) where revoked_at is null',
  'an organization that comes second': 'create unique index on freehold.collections (name, organization_id)',
  'a table without a key': 'alter table freehold.holds drop constraint holds_pkey',
})

guard('views ask as their caller', checks.viewsAskAsTheCaller, {
  'a view with the rights of its owner': 'create view freehold.names as select name from freehold.documents',
  'a materialized view': 'create materialized view freehold.names as select name from freehold.documents',
})

test('a view with security_invoker may stand', async () => {
  const made =
    'create view freehold.names with (security_invoker = true) as select name from freehold.documents'
  expect(checks.viewsAskAsTheCaller(await catalogWith(made))).toEqual([])
})

guard('functions ask as their caller', checks.functionsAskAsTheCaller, {
  'a function with the rights of its owner': `create function app.peek() returns bigint language sql security definer set search_path = pg_catalog, pg_temp
     as 'select count(*) from freehold.documents'`,
  'such a function that another schema has': `create function public.peek() returns bigint language sql security definer as 'select count(*) from freehold.documents'`,
  'a search_path that is open': 'alter function app.search_passages reset search_path',
  'a search_path with temporary tables first':
    'alter function app.search_passages set search_path = pg_temp, pg_catalog',
  'a search for everybody': 'grant execute on function app.search_passages to public',
  'a leakproof function': `create function app.same(a text, b text) returns boolean language sql leakproof as 'select a = b'`,
})

guard('money is whole nano-dollars', checks.moneyIsWhole, {
  'a numeric amount': 'alter table freehold.budgets alter limit_nanos type numeric',
  'a floating price': 'alter table freehold.usage_records add rate double precision',
  'an integer that overflows at two dollars': 'alter table freehold.budgets alter held_nanos type integer',
  'an amount without its unit': 'alter table freehold.usage_records add cost bigint',
})

guard('times have a zone', checks.timesHaveAZone, {
  'a timestamp without one': 'alter table freehold.documents add seen_at timestamp',
  'a time of day': 'alter table freehold.documents add opens time',
  'a time kept as text': 'alter table freehold.documents add closed_at text',
})

guard('the Drizzle tables agree with the database', (found) => disagreements(found, declared), {
  'a table nobody declares': 'create table freehold.notes (organization_id uuid not null)',
  'a column nobody declares': 'alter table freehold.documents add colour text',
  'a column that is gone': 'alter table freehold.documents drop column page_count',
  'another type': 'alter table freehold.budgets alter limit_nanos type numeric',
  'a column that has become nullable': 'alter table freehold.documents alter name drop not null',
  'a column that has become not null': 'alter table freehold.documents alter page_count set not null',
  'a default that is gone': 'alter table freehold.budgets alter held_nanos drop default',
  'another key':
    'alter table freehold.holds drop constraint holds_pkey, add primary key (organization_id, node_id, request_id)',
})
