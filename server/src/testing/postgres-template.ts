import { createHash } from 'node:crypto'
import pg from 'pg'
import type { Database } from '../platform/db/database.ts'
import { migrate, readMigrations } from '../platform/db/migrate.ts'
import { postgresDatabase, postgresOwner } from '../platform/db/postgres-database.ts'
import type { Logger } from '../platform/telemetry/index.ts'
import { migrationsFolder } from './pglite-template.ts'

export interface TestPostgres {
  /** As the owner: for a second server process, or to look behind the policies. */
  url: string
  database: Database
  drop(): Promise<void>
}

/**
 * A new database on the server of DATABASE_URL, copied from a migrated template that is made once for each state of
 * the migrations.
 */
export async function createTestPostgres(serverUrl: string, logger: Logger): Promise<TestPostgres> {
  const template = await ensureTemplate(serverUrl)
  const name = `freehold_test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`
  await asOwner(serverUrl, (client) => client.query(`create database ${name} template ${template}`))
  const url = withDatabase(serverUrl, name)
  const database = postgresDatabase({ url, poolSize: 10 }, logger)
  return {
    url,
    database,
    async drop() {
      await database.close()
      await asOwner(serverUrl, (client) => client.query(`drop database if exists ${name} with (force)`))
    },
  }
}

async function ensureTemplate(serverUrl: string): Promise<string> {
  const migrations = await readMigrations(migrationsFolder)
  const hash = createHash('sha256')
    .update(migrations.map((one) => one.checksum).join())
    .digest('hex')
    .slice(0, 12)
  const name = `freehold_template_${hash}`
  await asOwner(serverUrl, async (client) => {
    // Several workers may come at once; the lock belongs to this connection.
    await client.query('select pg_advisory_lock(7310478022)')
    await dropAbandoned(client)
    const found = await client.query('select 1 from pg_database where datname = $1', [name])
    if (found.rowCount) return
    const draft = `${name}_draft`
    await client.query(`drop database if exists ${draft} with (force)`)
    await client.query(`create database ${draft}`)
    const owner = await postgresOwner(withDatabase(serverUrl, draft))
    await migrate(owner, migrations)
    await owner.close()
    await client.query(`alter database ${draft} rename to ${name}`)
  })
  return name
}

/** Databases of test processes that are gone: a worker has no last moment in which it could drop its own. */
async function dropAbandoned(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ datname: string }>(
    `select datname from pg_database where datname like 'freehold\\_test\\_%'`,
  )
  for (const { datname } of rows) {
    const processId = Number(datname.split('_')[2])
    if (!isRunning(processId)) await client.query(`drop database if exists ${datname} with (force)`)
  }
}

function isRunning(processId: number): boolean {
  try {
    return process.kill(processId, 0)
  } catch {
    return false
  }
}

async function asOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function withDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.toString()
}
