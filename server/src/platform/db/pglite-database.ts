import { PGlite, type PGliteOptions } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import { drizzle, type PgliteDatabase } from 'drizzle-orm/pglite/driver'
import type { Database, Drizzle, OwnerConnection } from './database.ts'
import { createFairShare } from './fair-share.ts'
import { singleStatement } from './single-statement.ts'
import type { Row } from './types.ts'

export interface PgliteSource {
  /** A folder, or undefined for memory. The caller holds the folder's lock. */
  dataDir?: string
  /** A dump to begin from (tests). */
  loadDataDir?: Blob
}

/**
 * Opens PostgreSQL inside this process. One connection: a statement outside a transaction waits for the
 * transaction to end, so code inside `withTenant` or `systemTx` uses its `tx` and nothing else.
 */
export async function openPglite(source: PgliteSource): Promise<PGlite> {
  const options: PGliteOptions = {
    extensions: { vector },
    // Smaller buffers: the file cache of the operating system is right behind them. Saves about 150 MB.
    startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'],
    relaxedDurability: false,
  }
  if (source.dataDir) options.dataDir = source.dataDir
  if (source.loadDataDir) options.loadDataDir = source.loadDataDir
  return PGlite.create(options)
}

export function pgliteOwner(pglite: PGlite): OwnerConnection {
  return {
    query: async (text, parameters) =>
      (await pglite.query<Row>(text, parameters ? [...parameters] : undefined)).rows,
    execute: async (text) => {
      await pglite.exec(text)
    },
    // The connection is the database itself, which lives on.
    close: async () => {},
  }
}

/** The two drivers differ in the type of raw results only; `rowsOf` evens that out. */
const typed = (db: PgliteDatabase<Record<string, never>>) => db as unknown as Drizzle

/** Steps down to `freehold_app` for the rest of the process's life and hands the database over. */
export async function pgliteDatabase(pglite: PGlite): Promise<Database> {
  await pglite.exec('set role freehold_app')
  // One waits for the connection, and not all of an organization's: it goes round among organizations.
  const shares = createFairShare(1)
  return {
    kind: 'pglite',
    drizzle: typed(drizzle(pglite)),
    transaction({ statements, single, share }, work) {
      const run = () =>
        pglite.transaction(async (tx) => {
          await tx.exec(single ? `set transaction read only; ${statements}` : statements)
          // The driver takes a transaction for a client, which it is in all that is used of it.
          return work(typed(drizzle((single ? singleStatement(tx) : tx) as unknown as PGlite)))
        })
      return share === undefined ? run() : shares.run(share, run)
    },
    query: async (text, parameters) =>
      (await pglite.query<Row>(text, parameters ? [...parameters] : undefined)).rows,
    execute: async (text) => (await pglite.exec(text)).flatMap((result) => result.rows as Row[]), // exec types rows loosely
    listen: async (channel, onMessage, onReconnect) => {
      const unlisten = await pglite.listen(channel, onMessage)
      onReconnect?.()
      return async () => unlisten()
    },
    close: () => pglite.close(),
  }
}
