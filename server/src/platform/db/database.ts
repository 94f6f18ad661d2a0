import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import type { Row } from './types.ts'

/** The part of Drizzle both drivers share. */
export type Drizzle = PgDatabase<PgQueryResultHKT, Record<string, never>>

/** How a transaction begins. */
export interface Opening {
  /** They run first, in one flight with the BEGIN; when they fail, nothing of the work counts. */
  readonly statements: string
  /** The work is one statement that changes nothing: all goes in one flight. A second statement is refused. */
  readonly single: boolean
  /** Transactions that name the same (an organization) have a part of the connections; the others of them wait for one another. */
  readonly share?: string
}

/**
 * A PostgreSQL, inside this process (PGlite) or served. Every statement runs as `freehold_app`, which owns
 * nothing and cannot bypass row-level security; tenant transactions step down further (`withTenant`).
 */
export interface Database {
  readonly kind: 'pglite' | 'postgres'
  readonly drizzle: Drizzle
  /** Runs `work` in one transaction; an error undoes it. */
  transaction<T>(opening: Opening, work: (tx: Drizzle) => Promise<T>): Promise<T>
  /** One statement outside a transaction, as the system. For health checks, jobs and listeners only. */
  query(text: string, parameters?: readonly unknown[]): Promise<Row[]>
  /** One or several statements with no parameters, as the system, on a connection of their own. */
  execute(text: string): Promise<Row[]>
  /** LISTEN; the returned function ends it. Survives a lost connection: `onReconnect` tells when to look again. */
  listen(
    channel: string,
    onMessage: (payload: string) => void,
    onReconnect?: () => void,
  ): Promise<() => Promise<void>>
  close(): Promise<void>
}

/** A connection as the owner of the schema, for migrations alone. */
export interface OwnerConnection {
  query(text: string, parameters?: readonly unknown[]): Promise<Row[]>
  execute(text: string): Promise<void>
  close(): Promise<void>
}
