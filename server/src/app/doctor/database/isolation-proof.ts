import type { Database } from '../../../platform/db/database.ts'
import { newId } from '../../../platform/ids.ts'
import type { Catalog, Table } from './catalog.ts'
import { type Case, casesOfTable, casesOutside, hasKeyOfItsOwn, type Parties } from './isolation-cases.ts'
import { inOrderOfKeys, insertOf, makeRow, type RowPlan } from './make-rows.ts'
import { literal, outcomeOf, type Trial, tryOut } from './run-as.ts'
import { tenantTables } from './tenancy.ts'

/**
 * The proof that the database alone keeps organizations apart. Two organizations each own a row in every tenant
 * table, with the same ids where only the organization makes them different; then every statement is tried as the
 * one on what belongs to the other. All of it in transactions that are undone, one for each table, so that a busy
 * installation sees nothing of it and none of them lasts long.
 */
export interface Proof {
  readonly database: Database
  readonly catalog: Catalog
  readonly parties: Parties
  /** Both organizations and their people. */
  readonly ground: readonly string[]
  /** What makes the rows of each tenant table, parents before children. */
  readonly rows: ReadonlyMap<string, readonly string[]>
}

export function prepareProof(database: Database, catalog: Catalog): Proof {
  const a = planOf('victim', new Map())
  const b = planOf('stranger', a.ids)
  const aMore = { ...a, ids: new Map<string, string>(), mark: `more ${a.mark}` }
  const ground = [a, b].flatMap((plan) => [
    `insert into freehold.organizations (id, name, slug, created_at, updated_at)
      values ('${plan.organizationId}', ${literal(plan.mark)}, '${plan.organizationId}', now(), now())`,
    `insert into freehold.users (id, email, name, created_at, updated_at)
      values ('${plan.userId}', '${plan.userId}@example.com', ${literal(plan.mark)}, now(), now())`,
  ])
  const rows = inOrderOfKeys(catalog).map((table): [string, string[]] => {
    const insert = (plan: RowPlan) => insertOf(table.name, makeRow(catalog, table, plan))
    // A table whose only key is the person or the organization holds one row of each.
    const texts = [insert(a), insert(b), `${insert(aMore)} on conflict do nothing`]
    // What points at its second row, which is not made there, points at the first.
    if (!hasKeyOfItsOwn(catalog, table))
      for (const [id, value] of a.ids) if (id.startsWith(`${table.name}.`)) aMore.ids.set(id, value)
    return [table.name, texts]
  })
  return { database, catalog, parties: { a, aMore, b }, ground, rows: new Map(rows) }
}

function planOf(name: string, ids: Map<string, string>): RowPlan {
  const organizationId = newId()
  return { organizationId, userId: newId(), mark: `${name} ${organizationId}`, ids, count: 1 }
}

/** Everything, over every table of the catalog. */
export function allCases({ catalog, parties }: Proof): Case[] {
  return [
    ...casesOutside(catalog, parties),
    ...tenantTables(catalog).flatMap((table) => casesOfTable(catalog, parties, table)),
  ]
}

export function casesOf({ catalog, parties }: Proof, table: Table): Case[] {
  return casesOfTable(catalog, parties, table)
}

/** A case that came out otherwise than it must. */
export interface Breach {
  sentence: string
  /** How to see it again: claims and statement, in SQL. */
  reproduce: string
}

/** Tries cases, up to `most` breaches. @returns what is wrong; empty when the wall stands */
export async function tryCases(
  proof: Proof,
  cases: readonly Case[],
  most = Infinity,
  signal?: AbortSignal,
): Promise<Breach[]> {
  const breaches: Breach[] = []
  for (const [table, ofTable] of Map.groupBy(cases, (one) => one.table)) {
    if (breaches.length >= most) break
    signal?.throwIfAborted()
    await tryOut(proof.database, async (trial) => {
      await makeRows(proof, table, trial)
      for (const one of ofTable) {
        const breach = await tryCase(trial, one)
        if (breach) breaches.push(breach)
        if (breaches.length >= most) break
      }
    })
  }
  return breaches
}

/** The rows of a table and of all it points at; what stands outside the wall is looked at from behind every table. */
async function makeRows({ catalog, ground, rows }: Proof, name: string, { query }: Trial): Promise<void> {
  const needed = new Set<string>()
  const add = (table: string): void => {
    if (needed.has(table) || !rows.has(table)) return
    needed.add(table)
    for (const key of catalog.constraints) {
      if (key.kind === 'f' && key.table === table && key.otherTable !== null) add(key.otherTable)
    }
  }
  if (rows.has(name)) add(name)
  else for (const table of rows.keys()) add(table)
  for (const text of ground) await query(text)
  for (const [table, texts] of rows) if (needed.has(table)) for (const text of texts) await query(text)
}

async function tryCase(
  trial: Trial,
  { table, what, claims, text, expected }: Case,
): Promise<Breach | undefined> {
  const outcome = await outcomeOf(() => trial.asTenant(claims, (query) => query(text)))
  if (JSON.stringify(outcome) === JSON.stringify(expected)) return undefined
  const under = typeof claims === 'string' ? `claims ${claims}` : 'claims of an organization'
  const content =
    typeof claims === 'string' ? '{}' : JSON.stringify({ organization_id: claims.organizationId })
  return {
    sentence: `${table}: ${what} under ${under} gave ${JSON.stringify(outcome)}, not ${JSON.stringify(expected)}`,
    reproduce: `begin; select set_config('role', 'freehold_tenant', true)${
      claims === 'none' ? '' : `, set_config('request.jwt.claims', '${content}', true)`
    }; ${text}; rollback`,
  }
}
