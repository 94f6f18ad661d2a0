import { sql } from 'drizzle-orm'
import type { Database } from '../../../src/platform/db/database.ts'
import { rowsOf, sqlState } from '../../../src/platform/db/transactions.ts'
import type { Tx } from '../../../src/platform/db/types.ts'
import type { Query } from './catalog.ts'

/** Claims of an organization, claims that name none, or no claims at all. */
export type Claims = { organizationId: string } | 'without organization' | 'none'

class Undo extends Error {
  readonly value: unknown
  constructor(value: unknown) {
    super('undo')
    this.value = value
  }
}

/**
 * Runs statements as a tenant, in one transaction that is undone. It writes the settings itself instead of calling
 * `withTenant`, because the wall must hold for claims that the program would never send.
 */
export async function asTenant<T>(
  database: Database,
  claims: Claims,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  try {
    return await database.drizzle.transaction(async (raw) => {
      const tx = raw as unknown as Tx // the brand is for the program's own stores
      const query: Query = (text) => rowsOf(tx, sql.raw(text))
      const content = typeof claims === 'string' ? {} : { organization_id: claims.organizationId }
      const claim =
        claims === 'none'
          ? ''
          : `, set_config('request.jwt.claims', ${literal(JSON.stringify(content))}, true)`
      await query(`select set_config('role', 'freehold_tenant', true)${claim}`)
      throw new Undo(await work(query))
    })
  } catch (error) {
    // The value is what `work` returned a few lines above.
    if (error instanceof Undo) return error.value as T
    throw error
  }
}

/** Runs statements as the server, across organizations, and keeps what they did. */
export async function asSystem<T>(database: Database, work: (query: Query) => Promise<T>): Promise<T> {
  return database.drizzle.transaction(async (raw) => {
    const tx = raw as unknown as Tx // as above
    await rowsOf(tx, sql.raw(`select set_config('role', 'freehold_app', true)`))
    return work((text) => rowsOf(tx, sql.raw(text)))
  })
}

/** How many rows a statement gave, or the SQLSTATE with which it was refused. */
export type Outcome = { rows: number } | { refused: string }

export async function outcomeOf(run: () => Promise<unknown[]>): Promise<Outcome> {
  try {
    return { rows: (await run()).length }
  } catch (error) {
    const state = sqlState(error)
    if (state === undefined) throw error
    return { refused: state }
  }
}

export function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}
