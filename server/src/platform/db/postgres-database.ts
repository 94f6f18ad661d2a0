import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres/driver'
import pg from 'pg'
import type { Logger } from '../telemetry/logger.ts'
import type { Database, Drizzle, Opening, OwnerConnection } from './database.ts'
import { asSeenByCaller } from './database-away.ts'
import { createFairShare } from './fair-share.ts'
import { appRole, logsInAsApp } from './logs-in-as-app.ts'
import { namedStatements } from './named-statements.ts'
import { singleStatement } from './single-statement.ts'
import { createStatementNames, type StatementNames } from './statement-names.ts'
import { sqlState } from './transactions.ts'
import type { Row } from './types.ts'

export interface PostgresSource {
  url: string
  /** Where a pooler in transaction mode stands before `url`: the way past it, for what needs a connection that stays. */
  directUrl?: string | undefined
  /** Connections in the pool. */
  poolSize: number
}

const tenantRole = 'freehold_tenant'

function clientConfig(url: string, role = appRole): pg.ClientConfig {
  // Startup options pin the role for the whole connection. A pooler in transaction mode drops them; there
  // DATABASE_URL names freehold_app itself, and every transaction sets its role anyway.
  const options = logsInAsApp(url) ? {} : { options: `-c role=${role}` }
  return { connectionString: url, application_name: 'freehold', ...options }
}

/** The drivers differ in the type of raw results only. */
const typed = (db: NodePgDatabase<Record<string, never>>) => db as unknown as Drizzle

/**
 * Opens a PostgreSQL server: a pool for transactions, and one for the system's single statements. A transaction's connection
 * begins as the role that can do nothing without claims, so statements may be sent behind a BEGIN whose success is not known
 * yet: had it failed, they could neither see nor change a row. Where the role cannot be pinned, behind a pooler, there is one
 * pool, and every transaction waits for its beginning.
 */
export function postgresDatabase(source: PostgresSource, logger: Logger): Database {
  const poolOf = (config: pg.PoolConfig): pg.Pool => {
    const pool = new pg.Pool({
      ...config,
      max: source.poolSize,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 30_000,
    })
    // Without a listener an idle connection's loss would end the process.
    pool.on('error', (error) => logger.warn({ err: error }, 'an idle database connection was lost'))
    // Nor does the pool listen while a connection is in use: lost between two statements, it fails the next one.
    pool.on('connect', (client) => client.on('error', () => {}))
    return pool
  }
  const pool = poolOf(clientConfig(source.url))
  const aheadPool = logsInAsApp(source.url)
    ? undefined
    : poolOf({ ...clientConfig(source.url, tenantRole), pipeline: true })
  const run = async (text: string, parameters?: readonly unknown[]): Promise<Row[]> => {
    // Several statements give an array of results; node-postgres types only the single one.
    const result = (await pool.query(text, parameters ? [...parameters] : undefined)) as
      | pg.QueryResult<Row>
      | pg.QueryResult<Row>[]
    return Array.isArray(result) ? result.flatMap((one) => one.rows) : result.rows
  }
  // Whatever one organization sends at once, the other half of the pool is for the others.
  const shares = createFairShare(Math.max(1, Math.ceil(source.poolSize / 2)))
  const names = createStatementNames()
  return {
    kind: 'postgres',
    drizzle: typed(drizzle(pool)),
    transaction: (opening, work) =>
      opening.share === undefined
        ? transact(opening, work)
        : shares.run(opening.share, () => transact(opening, work)),
    query: run,
    execute: (text) => run(text),
    listen: (channel, onMessage, onReconnect) =>
      keepListening(clientConfig(source.directUrl ?? source.url), channel, onMessage, onReconnect, logger),
    async close() {
      await Promise.all([pool.end(), aheadPool?.end()])
    },
  }

  async function transact<T>(opening: Opening, work: (tx: Drizzle) => Promise<T>): Promise<T> {
    const client = await (aheadPool ?? pool).connect().catch((error: unknown) => {
      throw asSeenByCaller(error)
    })
    let broken: Error | undefined
    try {
      if (aheadPool) return await transactAhead(client, opening, names, work)
      await client.query(beginning(opening))
      const result = await work(typed(drizzle(opening.single ? singleStatement(client) : client)))
      await client.query('commit')
      return result
    } catch (error) {
      // A connection that cannot even roll back is of no use to the next one.
      await client.query('rollback').catch((second: Error) => {
        broken = second
      })
      // A named statement whose table has changed fails on this connection for ever.
      if (error instanceof Error && staleStatement.has(sqlState(error))) broken = error
      throw asSeenByCaller(error)
    } finally {
      client.release(broken)
    }
  }
}

/** A cached plan that would give other columns; a statement that is not there. */
const staleStatement: ReadonlySet<string | undefined> = new Set(['0A000', '26000'])

const beginning = ({ single, statements }: Opening) => `begin${single ? ' read only' : ''}; ${statements}`

/** A transaction that does not wait for its beginning before its first statement, nor with a single one for its end. */
async function transactAhead<T>(
  client: pg.PoolClient,
  opening: Opening,
  names: StatementNames,
  work: (tx: Drizzle) => Promise<T>,
): Promise<T> {
  batchWrites(client)
  const opened = client.query(beginning(opening))
  // Its failure is told below; until then it fails whatever stands behind it.
  opened.catch(() => {})
  let ended: Promise<unknown> | undefined
  const commit = () => {
    ended = client.query('commit')
    ended.catch(() => {})
  }
  const under = namedStatements(client, names)
  let result: T
  try {
    result = await work(typed(drizzle(opening.single ? singleStatement(under, commit) : under)))
  } catch (error) {
    await opened
    throw error
  }
  await opened
  if (ended === undefined) commit()
  await ended
  return result
}

/** What a client writes in this turn of the event loop goes out as one packet. */
function batchWrites(client: pg.PoolClient): void {
  // The typings know the connection of a client, but not that it is there.
  const { stream } = (client as unknown as { connection: pg.Connection }).connection
  stream.cork()
  process.nextTick(() => stream.uncork())
}

export async function postgresOwner(url: string): Promise<OwnerConnection> {
  const client = new pg.Client({ connectionString: url, application_name: 'freehold-migrate' })
  await client.connect()
  return {
    query: async (text, parameters) =>
      (await client.query<Row>(text, parameters ? [...parameters] : undefined)).rows,
    execute: async (text) => {
      await client.query(text)
    },
    close: () => client.end(),
  }
}

/**
 * LISTEN on a connection of its own, reconnecting with back-off.
 * States: connecting → listening → (lost) → waiting → connecting; closed ends it from any state.
 */
async function keepListening(
  config: pg.ClientConfig,
  channel: string,
  onMessage: (payload: string) => void,
  onReconnect: (() => void) | undefined,
  logger: Logger,
): Promise<() => Promise<void>> {
  let closed = false
  let client: pg.Client | undefined
  let retry: NodeJS.Timeout | undefined
  let attempt = 0

  async function connect(): Promise<void> {
    const next = new pg.Client(config)
    next.on('notification', (message) => onMessage(message.payload ?? ''))
    next.on('error', (error) => logger.warn({ err: error }, 'the listening database connection failed'))
    next.on('end', () => {
      if (!closed) schedule()
    })
    await next.connect()
    await next.query(`listen ${pg.escapeIdentifier(channel)}`)
    client = next
    attempt = 0
    onReconnect?.()
  }

  function schedule(): void {
    clearTimeout(retry)
    const delayMs = Math.min(5_000, 100 * 2 ** attempt++)
    retry = setTimeout(() => {
      connect().catch((error: unknown) => {
        logger.warn({ err: error }, 'listening again failed')
        if (!closed) schedule()
      })
    }, delayMs)
    retry.unref()
  }

  await connect()
  return async () => {
    closed = true
    clearTimeout(retry)
    await client?.end()
  }
}
