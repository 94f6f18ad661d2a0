import { newId } from '../../../platform/ids.ts'
import type { Catalog, Table } from './catalog.ts'
import { insertOf, makeRow, type RowPlan, withColumn } from './make-rows.ts'
import { type Claims, literal, type Outcome } from './run-as.ts'
import { organizationColumn, outsideTheWall, tenantRightsOutside, tenantTables } from './tenancy.ts'

/** One statement, tried by a stranger, and what must come of it. */
export interface Case {
  table: string
  what: string
  claims: Claims
  text: string
  expected: Outcome
}

/** Two organizations with a row each in every tenant table. */
export interface Parties {
  /** The victim. */
  a: RowPlan
  /** More rows of the victim, with ids that nobody else has. */
  aMore: RowPlan
  /** The stranger. Its ids are those of the victim wherever the organization alone tells rows apart. */
  b: RowPlan
}

const denied: Outcome = { refused: '42501' }
/** Enough to see that a wall is open, and little enough to hold where it is. */
const mostRows = 100
const counted = (change: string) =>
  `with changed as (${change} returning 1) select 1 from changed limit ${mostRows}`
const foreignKeyViolation: Outcome = { refused: '23503' }

/** A tenant table: four statements without a condition under four kinds of claims, a move, and what keys would tell. */
export function casesOfTable(catalog: Catalog, { a, aMore, b }: Parties, table: Table): Case[] {
  const { name } = table
  const target = `freehold.${name}`
  const may = (privilege: string) =>
    catalog.grants.some(
      (one) => one.table === name && one.grantee === 'freehold_tenant' && one.privilege === privilege,
    )
  let made = 1
  /** A plan whose keys no row has yet; its parents are those of the plan. */
  const fresh = (plan: RowPlan): RowPlan => {
    made += 1
    return {
      ...plan,
      ids: idsOfParents(catalog, table, plan.ids),
      mark: `${made}. ${plan.mark}`,
      count: made,
    }
  }
  const insert = (plan: RowPlan) => insertOf(name, makeRow(catalog, table, plan))
  const rows = (privilege: string, count: number) => (may(privilege) ? { rows: count } : denied)

  const stranger = { organizationId: b.organizationId }
  const everybody: [Claims, number][] = [
    [stranger, 1],
    [{ organizationId: newId() }, 0],
    ['without organization', 0],
    ['none', 0],
  ]
  const cases = everybody.flatMap(([claims, visible]) => {
    const touch = `update ${target} set ${organizationColumn} = ${organizationColumn}`
    const tried = (what: string, text: string, expected: Outcome): Case => ({
      table: name,
      what,
      claims,
      text,
      expected,
    })
    return [
      tried('select', `select 1 from ${target} limit ${mostRows}`, rows('select', visible)),
      tried('update', counted(touch), rows('update', visible)),
      tried('delete', counted(`delete from ${target}`), rows('delete', visible)),
      tried("insert of another's row", insert(fresh(aMore)), denied),
      tried("insert over another's row", `${insert(aMore)} on conflict do nothing`, denied),
    ]
  })
  const own = (what: string, text: string, expected: Outcome): Case => ({
    table: name,
    what,
    claims: stranger,
    text,
    expected,
  })
  if (may('update')) {
    cases.push(
      own('move to another', `update ${target} set ${organizationColumn} = '${a.organizationId}'`, denied),
    )
  }
  if (may('insert') && hasKeyOfItsOwn(catalog, table)) {
    cases.push(own('insert of an own row', `${insert(fresh(b))} returning 1`, { rows: 1 }))
    for (const { parent, column, parentColumn } of keysToTenants(catalog, name)) {
      // Pointing at a row of the other must fail exactly as pointing at nothing does.
      const theirs = aMore.ids.get(`${parent}.${parentColumn}`)
      // Where the other has one row alone, the stranger has one with the same id.
      const foreign = theirs === b.ids.get(`${parent}.${parentColumn}`) ? undefined : theirs
      for (const id of [foreign ?? newId(), newId()]) {
        const child = withColumn(catalog, name, makeRow(catalog, table, fresh(b)), column, literal(id))
        cases.push(own(`pointing ${column} at ${parent}`, insertOf(name, child), foreignKeyViolation))
      }
    }
  }
  return cases
}

/** What stands outside the wall: an organization's own row, its members' names, and nothing else. */
export function casesOutside(catalog: Catalog, { a, b }: Parties): Case[] {
  const stranger = { organizationId: b.organizationId }
  const people = `select id from freehold.users where id in ('${a.userId}', '${b.userId}')`
  const organizations = 'freehold.organizations'
  const one = (claims: Claims, table: string, text: string, expected: Outcome): Case => ({
    table,
    what: text.slice(0, 60),
    claims,
    text,
    expected,
  })
  return [
    one(stranger, 'organizations', `select 1 from ${organizations} limit 100`, { rows: 1 }),
    one('none', 'organizations', `select 1 from ${organizations} limit 100`, { rows: 0 }),
    one('without organization', 'organizations', `select 1 from ${organizations} limit 100`, { rows: 0 }),
    one(stranger, 'organizations', counted(`update ${organizations} set name = name`), { rows: 1 }),
    one('none', 'organizations', counted(`update ${organizations} set name = name`), { rows: 0 }),
    one(stranger, 'organizations', `update ${organizations} set id = '${a.organizationId}'`, denied),
    one(stranger, 'users', people, { rows: 1 }),
    one(stranger, 'users', `${people} and id = '${a.userId}'`, { rows: 0 }),
    one('none', 'users', people, { rows: 0 }),
    ...Object.keys(outsideTheWall).flatMap((name) => closedCases(catalog, stranger, name)),
  ]
}

/** What a tenant has no right to is refused, whatever the claims. */
function closedCases(catalog: Catalog, stranger: Claims, name: string): Case[] {
  const first = catalog.tables.find((table) => table.name === name)?.columns[0]?.name ?? 'id'
  const statements = {
    select: `select * from freehold.${name} limit 1`,
    insert: `insert into freehold.${name} default values`,
    update: `update freehold.${name} set ${first} = ${first}`,
    delete: `delete from freehold.${name}`,
  }
  return Object.entries(statements)
    .filter(([what]) => !tenantRightsOutside[name]?.includes(what))
    .flatMap(([what, text]) =>
      [stranger, 'none' as const].map((claims) => ({ table: name, what, claims, text, expected: denied })),
    )
}

/**
 * The ids of a plan without those that the table makes itself, so that a new row has a key of its own. Where a table
 * points at itself, the new row points at itself too.
 */
function idsOfParents(catalog: Catalog, table: Table, ids: ReadonlyMap<string, string>): Map<string, string> {
  const parents = new Set(keysToTenants(catalog, table.name).map((key) => key.parent))
  parents.delete(table.name)
  return new Map([...ids].filter(([id]) => parents.has(id.split('.')[0] ?? '')))
}

/** The columns with which a table points at others behind the wall, the organization aside. */
function keysToTenants(catalog: Catalog, table: string) {
  const behind = new Set(tenantTables(catalog).map((one) => one.name))
  return catalog.constraints.flatMap((one) => {
    const parent = one.otherTable
    if (one.kind !== 'f' || one.table !== table || parent === null || !behind.has(parent)) return []
    return one.columns.flatMap((column, place) =>
      column === organizationColumn
        ? []
        : [{ parent, column, parentColumn: one.otherColumns[place] ?? column }],
    )
  })
}

/** Whether a second row of the same organization and person can be made: its key is no fixed word and nothing that stands already. */
export function hasKeyOfItsOwn(catalog: Catalog, table: Table): boolean {
  const given = (column: string) =>
    column === organizationColumn ||
    catalog.constraints.some(
      (one) =>
        one.table === table.name &&
        one.columns.includes(column) &&
        (one.kind === 'f' || (one.kind === 'c' && /'::text/.test(one.definition))),
    )
  return !catalog.uniqueIndexes.some((index) => index.table === table.name && index.columns.every(given))
}
