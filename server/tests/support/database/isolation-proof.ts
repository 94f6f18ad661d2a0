import type { Database } from '../../../src/platform/db/database.ts'
import { newId } from '../../../src/platform/ids.ts'
import type { Catalog, Table } from './catalog.ts'
import { type Case, casesOfTable, casesOutside, type Parties } from './isolation-cases.ts'
import { inOrderOfKeys, insertOf, makeRow, type RowPlan } from './make-rows.ts'
import { asSystem, asTenant, literal, outcomeOf } from './run-as.ts'
import { tenantTables } from './tenancy.ts'

/**
 * The proof that the database alone keeps organizations apart. Two organizations each own a row in every tenant
 * table, with the same ids where only the organization makes them different; then every statement is tried as the
 * one on what belongs to the other.
 */
export interface Proof {
  readonly database: Database
  readonly catalog: Catalog
  readonly parties: Parties
}

/** Makes both organizations and their rows. */
export async function prepareProof(database: Database, catalog: Catalog): Promise<Proof> {
  const a = planOf('victim', new Map())
  const b = planOf('stranger', a.ids)
  const aMore = { ...a, ids: new Map<string, string>(), mark: `${a.mark} once more` }
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
      await query(`${insertOf(table.name, makeRow(catalog, table, aMore))} on conflict do nothing`)
    }
  })
  return { database, catalog, parties: { a, aMore, b } }
}

function planOf(name: string, ids: Map<string, string>): RowPlan {
  const organizationId = newId()
  return { organizationId, userId: newId(), mark: `canary of the ${name} ${organizationId}`, ids, count: 1 }
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

/** Tries the cases one after another, up to `most` problems. @returns what is wrong; empty when the wall stands */
export async function tryCases(
  { database }: Proof,
  cases: readonly Case[],
  most = Infinity,
): Promise<string[]> {
  const problems: string[] = []
  for (const { table, what, claims, text, expected } of cases) {
    const outcome = await outcomeOf(() => asTenant(database, claims, (query) => query(text)))
    if (JSON.stringify(outcome) === JSON.stringify(expected)) continue
    const under = typeof claims === 'string' ? `claims ${claims}` : 'claims of an organization'
    problems.push(
      `${table}: ${what} under ${under} gave ${JSON.stringify(outcome)}, not ${JSON.stringify(expected)}`,
    )
    if (problems.length >= most) break
  }
  return problems
}
