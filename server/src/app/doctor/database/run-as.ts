import { sql } from 'drizzle-orm'
import type { Database } from '../../../platform/db/database.ts'
import { rowsOf, sqlState } from '../../../platform/db/transactions.ts'
import type { Tx } from '../../../platform/db/types.ts'
import type { Query } from './catalog.ts'

/** Claims of an organization, claims that name none, or no claims at all. */
export type Claims = { organizationId: string } | 'without organization' | 'none'

/** A transaction of the server that is undone at its end, whatever happened in it: nobody else ever sees its rows. */
export interface Trial {
  /** As the server, across organizations: what the tenants of this trial then find. */
  query: Query
  /** As a tenant. What it did is undone at once, so that each statement finds the same rows. */
  asTenant<T>(claims: Claims, work: (query: Query) => Promise<T>): Promise<T>
}

class Undo extends Error {
  readonly value: unknown
  constructor(value: unknown) {
    super('undo')
    this.value = value
  }
}

/** A wall with a hole could make a statement touch every row of an installation: it is cut off. */
const limits = `set_config('statement_timeout', '20s', true), set_config('lock_timeout', '5s', true)`

/**
 * Runs a trial. It writes role and claims itself instead of calling `withTenant`, because the wall must hold for claims
 * that the program would never send.
 */
export async function tryOut<T>(database: Database, work: (trial: Trial) => Promise<T>): Promise<T> {
  try {
    return await database.drizzle.transaction(async (raw) => {
      const tx = raw as unknown as Tx // the brand is for the program's own stores
      const query: Query = (text) => rowsOf(tx, sql.raw(text))
      await query(`select set_config('role', 'freehold_app', true), ${limits}`)
      let saved = false
      const asTenant: Trial['asTenant'] = async (claims, run) => {
        if (!saved) await query('savepoint before_tenant')
        saved = true
        const content = typeof claims === 'string' ? {} : { organization_id: claims.organizationId }
        const claim =
          claims === 'none'
            ? ''
            : `, set_config('request.jwt.claims', ${literal(JSON.stringify(content))}, true)`
        try {
          await query(`select set_config('role', 'freehold_tenant', true)${claim}`)
          return await run(query)
        } finally {
          // Takes the role and the claims back too.
          await query('rollback to savepoint before_tenant')
        }
      }
      throw new Undo(await work({ query, asTenant }))
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
