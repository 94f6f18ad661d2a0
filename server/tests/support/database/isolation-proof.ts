import type { Database } from '../../../src/platform/db/database.ts'
import { newId } from '../../../src/platform/ids.ts'
import type { Catalog, Table } from './catalog.ts'
import { inOrderOfKeys, insertOf, makeRow, type RowPlan } from './make-rows.ts'
import { asSystem, asTenant, type Claims, literal, outcomeOf } from './run-as.ts'
import { organizationColumn, outsideTheWall, tenantRightsOutside, tenantTables } from './tenancy.ts'

/**
 * The proof that the database alone keeps organizations apart. Two organizations each own a row in every tenant
 * table, with the same ids where only the organization makes them different; then every statement is tried as the
 * one on what belongs to the other.
 */
export interface Proof {
  readonly database: Database
  readonly catalog: Catalog
  /** The victim. `own` are rows whose ids nobody else has. */
  readonly a: { plan: RowPlan; own: RowPlan }
  /** The stranger. */
  readonly b: { plan: RowPlan }
}

const denied = '42501'
const foreignKeyViolation = '23503'
const actions = ['select', 'insert', 'update', 'delete'] as const

/** Makes both organizations and their rows. */
export async function prepareProof(database: Database, catalog: Catalog): Promise<Proof> {
  const a = planOf('victim', new Map())
  // B's ids are those of A; its texts, its people and its secrets are its own.
  const b = planOf('stranger', a.ids)
  const own = { ...a, ids: new Map<string, string>(), mark: `${a.mark} once more` }
  await asSystem(database, async (query) => {
    for (const plan of [a, b]) {
      await query(`insert into freehold.organizations (id, name, slug, created_at, updated_at)
        values ('${plan.organizationId}', ${literal(plan.mark)}, '${plan.organizationId}', now(), now())`)
      await query(`insert into freehold.users (id, email, name, created_at, updated_at)
        values ('${plan.userId}', '${plan.userId}@example.com', ${literal(plan.mark)}, now(), now())`)
    }
    for (const table of inOrderOfKeys(catalog)) {
      for (const plan of [a, b]) await query(insertOf(table.name, makeRow(catalog, table, plan)))
      // A table whose only key is the person or the organization holds one row of each.
      await query(`${insertOf(table.name, makeRow(catalog, table, own))} on conflict do nothing`)
    }
  })
  return { database, catalog, a: { plan: a, own }, b: { plan: b } }
}

function planOf(name: string, ids: Map<string, string>): RowPlan {
  const organizationId = newId()
  return { organizationId, userId: newId(), mark: `canary of the ${name} ${organizationId}`, ids, count: 1 }
}

/** Everything, over every table of the catalog. @returns what is wrong, empty when the wall stands */
export async function proveIsolation(proof: Proof): Promise<string[]> {
  const problems: string[] = []
  for (const table of tenantTables(proof.catalog)) problems.push(...(await proveTable(proof, table)))
  problems.push(...(await proveOrganizations(proof)))
  problems.push(...(await provePeople(proof)))
  for (const name of Object.keys(outsideTheWall)) problems.push(...(await proveClosed(proof, name)))
  return problems
}

/** One tenant table: four statements, a move and a foreign key, under another organization and under none. */
export async function proveTable(proof: Proof, table: Table): Promise<string[]> {
  const { database, catalog, a, b } = proof
  const { name } = table
  const may = (privilege: string) =>
    catalog.grants.some(
      (one) => one.table === name && one.grantee === 'freehold_tenant' && one.privilege === privilege,
    )
  const mine = `${organizationColumn} = '${b.plan.organizationId}'`
  const [{ own = 0 } = {}] = (await asSystem(database, (query) =>
    query(`select count(*)::int as own from freehold.${name} where ${mine}`),
  )) as { own?: number }[] // count(*)::int
  const problems: string[] = own > 0 ? [] : [`${name}: the stranger owns no row, so nothing would be proved`]
  let made = 1
  /** A plan whose keys no row has yet; its parents are those of the plan. */
  const fresh = (plan: RowPlan): RowPlan => {
    made += 1
    return { ...plan, ids: freshKey(catalog, table, plan.ids), mark: `${plan.mark} no. ${made}`, count: made }
  }

  const attempt = async (
    claims: Claims,
    what: string,
    text: string,
    expected: { rows: number } | { refused: string },
  ) => {
    const outcome = await outcomeOf(() => asTenant(database, claims, (query) => query(text)))
    if (JSON.stringify(outcome) === JSON.stringify(expected)) return
    const under = typeof claims === 'string' ? `claims ${claims}` : "another organization's claims"
    problems.push(
      `${name}: ${what} under ${under} gave ${JSON.stringify(outcome)}, not ${JSON.stringify(expected)}`,
    )
  }

  const strangers: [Claims, number][] = [
    [{ organizationId: b.plan.organizationId }, own],
    [{ organizationId: newId() }, 0],
    ['without organization', 0],
    ['none', 0],
  ]
  for (const [claims, visible] of strangers) {
    const rows = (privilege: string, count: number) =>
      may(privilege) ? { rows: count } : { refused: denied }
    // Without a condition: whatever is visible is touched.
    await attempt(claims, 'select', `select 1 from freehold.${name}`, rows('select', visible))
    await attempt(
      claims,
      'update',
      `update freehold.${name} set ${organizationColumn} = ${organizationColumn} returning 1`,
      rows('update', visible),
    )
    await attempt(claims, 'delete', `delete from freehold.${name} returning 1`, rows('delete', visible))
    await attempt(claims, 'insert', insertOf(name, makeRow(catalog, table, fresh(a.own))), {
      refused: denied,
    })
    const upsert = `${insertOf(name, makeRow(catalog, table, a.own))} on conflict do nothing`
    await attempt(claims, 'insert over a row of the other', upsert, { refused: denied })
  }
  const claims = { organizationId: b.plan.organizationId }
  if (may('update')) {
    const move = `update freehold.${name} set ${organizationColumn} = '${a.plan.organizationId}' where ${mine}`
    await attempt(claims, 'moving a row to the other', move, { refused: denied })
  }
  if (may('insert') && hasKeyOfItsOwn(catalog, table)) {
    await attempt(
      claims,
      'inserting a row of its own',
      `${insertOf(name, makeRow(catalog, table, fresh(b.plan)))} returning 1`,
      { rows: 1 },
    )
    for (const parent of parentsOf(catalog, name)) {
      // Pointing at a row of the other must fail exactly as pointing at nothing does.
      for (const ids of [a.own.ids, new Map<string, string>()]) {
        const plan = fresh(b.plan)
        const child = { ...plan, ids: new Map([...plan.ids, ...idsOf(ids, parent)]) }
        const text = insertOf(name, makeRow(catalog, table, child))
        await attempt(claims, `pointing at ${parent}`, text, { refused: foreignKeyViolation })
      }
    }
  }
  return problems
}

/** The ids of a plan without those that the table itself makes, so that a new row has a key of its own. */
function freshKey(catalog: Catalog, table: Table, ids: ReadonlyMap<string, string>): Map<string, string> {
  const borrowed = new Set(parentsOf(catalog, table.name))
  return new Map(
    [...ids].filter(([id]) => borrowed.has(id.split('.')[0] ?? '') || !id.startsWith(`${table.name}.`)),
  )
}

function idsOf(ids: ReadonlyMap<string, string>, table: string): [string, string][] {
  const found = [...ids].filter(([id]) => id.startsWith(`${table}.`))
  return found.length > 0 ? found : [[`${table}.id`, newId()]]
}

function parentsOf(catalog: Catalog, table: string): string[] {
  const behind = new Set(tenantTables(catalog).map((one) => one.name))
  return catalog.constraints.flatMap((one) =>
    one.kind === 'f' && one.table === table && one.otherTable !== null && behind.has(one.otherTable)
      ? [one.otherTable]
      : [],
  )
}

/** Whether a second row of the same organization and person can be made. */
function hasKeyOfItsOwn(catalog: Catalog, table: Table): boolean {
  return !catalog.uniqueIndexes.some(
    (index) =>
      index.table === table.name &&
      index.columns.every((column) => {
        if (column === organizationColumn) return true
        const constraints = catalog.constraints.filter(
          (one) => one.table === table.name && one.columns.includes(column),
        )
        return constraints.some(
          (one) =>
            (one.kind === 'f' && one.otherTable === 'users') ||
            (one.kind === 'c' && /'::text/.test(one.definition)),
        )
      }),
  )
}

/** A tenant sees and changes its own organization's row and no other. */
async function proveOrganizations({ database, a, b }: Proof): Promise<string[]> {
  const problems: string[] = []
  const expect = async (claims: Claims, text: string, expected: object) => {
    const outcome = await outcomeOf(() => asTenant(database, claims, (query) => query(text)))
    if (JSON.stringify(outcome) !== JSON.stringify(expected)) {
      problems.push(`organizations: ${text} gave ${JSON.stringify(outcome)}, not ${JSON.stringify(expected)}`)
    }
  }
  const claims = { organizationId: b.plan.organizationId }
  await expect(claims, 'select 1 from freehold.organizations', { rows: 1 })
  await expect('none', 'select 1 from freehold.organizations', { rows: 0 })
  await expect('without organization', 'select 1 from freehold.organizations', { rows: 0 })
  await expect(claims, 'update freehold.organizations set name = name returning 1', { rows: 1 })
  await expect('none', 'update freehold.organizations set name = name returning 1', { rows: 0 })
  await expect(claims, `update freehold.organizations set id = '${a.plan.organizationId}'`, {
    refused: denied,
  })
  return problems
}

/** A tenant sees the names of its own members and nothing else of people. */
async function provePeople({ database, a, b }: Proof): Promise<string[]> {
  const problems: string[] = []
  for (const [claims, visible] of [
    [{ organizationId: b.plan.organizationId }, [b.plan.userId]],
    ['none', []],
  ] as [Claims, string[]][]) {
    // a list of pairs, which TypeScript reads as arrays of a union
    const seen = await asTenant(database, claims, (query) =>
      query(`select id from freehold.users where id in ('${a.plan.userId}', '${b.plan.userId}')`),
    )
    const ids = seen.map((row) => row.id)
    if (ids.join() !== visible.join())
      problems.push(`users: ${ids.length} people seen under ${JSON.stringify(claims)}`)
  }
  return problems
}

/** What a tenant has no right to is refused, whatever the claims. */
async function proveClosed({ database, catalog, b }: Proof, name: string): Promise<string[]> {
  const problems: string[] = []
  const columns = catalog.tables.find((table) => table.name === name)?.columns ?? []
  const first = columns[0]?.name ?? 'id'
  const statements = {
    select: `select * from freehold.${name}`,
    insert: `insert into freehold.${name} default values`,
    update: `update freehold.${name} set ${first} = ${first}`,
    delete: `delete from freehold.${name}`,
  }
  for (const action of actions) {
    if (tenantRightsOutside[name]?.includes(action)) continue
    for (const claims of [{ organizationId: b.plan.organizationId }, 'none'] as const) {
      const outcome = await outcomeOf(() => asTenant(database, claims, (query) => query(statements[action])))
      if ('refused' in outcome && outcome.refused === denied) continue
      problems.push(`${name}: ${action} gave ${JSON.stringify(outcome)}, not a refusal`)
    }
  }
  return problems
}
