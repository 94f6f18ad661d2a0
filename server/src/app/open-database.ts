import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Config } from '../platform/config.ts'
import { dataDirectory } from '../platform/config.ts'
import { type DataDirectoryLock, lockDataDirectory } from '../platform/db/data-directory-lock.ts'
import type { Database } from '../platform/db/database.ts'
import { logsInAsApp } from '../platform/db/logs-in-as-app.ts'
import { migrate, pendingMigrations, readMigrations } from '../platform/db/migrate.ts'
import type { PostgresSource } from '../platform/db/postgres-database.ts'
import type { Logger } from '../platform/telemetry/index.ts'
import { createDatabase } from './create-database.ts'
import { migrationsFolder } from './migrations-folder.ts'

export interface OpenedDatabase {
  database: Database
  close(): Promise<void>
}

/** Keeps other processes from an embedded database; a served one needs no lock. */
export async function lockDatabase(config: Config): Promise<DataDirectoryLock | undefined> {
  return config.DATABASE_URL ? undefined : lockDataDirectory(dataDirectory(config))
}

/**
 * Opens the database of the configuration, embedded or served, with the newest schema. The lock of an embedded one is
 * released with it, or when it cannot be opened.
 */
export async function openDatabase(
  config: Config,
  logger: Logger,
  lock: DataDirectoryLock | undefined,
): Promise<OpenedDatabase> {
  if (config.DATABASE_URL) return openServed(config, config.DATABASE_URL, logger)
  if (!lock) throw new Error('An embedded database is opened under its lock.')
  return openEmbedded(config, logger, lock)
}

async function openEmbedded(
  config: Config,
  logger: Logger,
  lock: DataDirectoryLock,
): Promise<OpenedDatabase> {
  try {
    const folder = path.join(dataDirectory(config), 'database')
    const [, { openPglite, pgliteDatabase, pgliteOwner }] = await Promise.all([
      existsSync(folder) ? undefined : createDatabase(folder),
      import('../platform/db/pglite-database.ts'),
    ])
    const pglite = await openPglite({ dataDir: folder })
    const applied = await migrate(pgliteOwner(pglite), await readMigrations(migrationsFolder))
    if (applied.length > 0) logger.info({ applied }, 'the database was migrated')
    const database = await pgliteDatabase(pglite)
    const close = async () => {
      await database.close()
      await lock.release()
    }
    return { database, close }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** As `openDatabase`, but neither makes a database nor migrates one. @throws when it is not at the newest schema */
export async function openDatabaseAsItIs(
  config: Config,
  logger: Logger,
  lock: DataDirectoryLock | undefined,
): Promise<OpenedDatabase> {
  const opened = await connect(config, logger, lock)
  try {
    const pending = await pendingOf(opened.database)
    if (pending.length === 0) return opened
    throw new Error(`The database lacks the migrations ${pending.join(', ')}. Run "freehold migrate" first.`)
  } catch (error) {
    await opened.close()
    throw error
  }
}

/** The migrations that a database lacks. */
export async function pendingOf(database: Database): Promise<string[]> {
  return pendingMigrations((text) => database.query(text), await readMigrations(migrationsFolder))
}

/** Opens the database in whatever state it is; an embedded one must be there. */
export async function connect(
  config: Config,
  logger: Logger,
  lock: DataDirectoryLock | undefined,
): Promise<OpenedDatabase> {
  if (config.DATABASE_URL) {
    const { postgresDatabase } = await import('../platform/db/postgres-database.ts')
    const database = postgresDatabase(sourceOf(config, config.DATABASE_URL), logger)
    return { database, close: () => database.close() }
  }
  try {
    const { openPglite, pgliteDatabase } = await import('../platform/db/pglite-database.ts')
    const database = await pgliteDatabase(
      await openPglite({ dataDir: path.join(dataDirectory(config), 'database') }),
    )
    const close = async () => {
      await database.close()
      await lock?.release()
    }
    return { database, close }
  } catch (error) {
    await lock?.release()
    throw error
  }
}

function sourceOf(config: Config, url: string): PostgresSource {
  return { url, directUrl: config.DATABASE_DIRECT_URL, poolSize: config.DATABASE_POOL_SIZE }
}

async function openServed(config: Config, url: string, logger: Logger): Promise<OpenedDatabase> {
  const { postgresDatabase } = await import('../platform/db/postgres-database.ts')
  const direct = config.DATABASE_DIRECT_URL ?? url
  if (!logsInAsApp(direct)) await migrateServed(direct, logger)
  const database = postgresDatabase(sourceOf(config, url), logger)
  const pending = await pendingOf(database)
  if (pending.length > 0) {
    await database.close()
    throw new Error(
      `The database lacks the migrations ${pending.join(', ')}, and freehold_app may not apply them. ` +
        'Run "freehold migrate" with DATABASE_URL, or DATABASE_DIRECT_URL, set to the owner of the database.',
    )
  }
  return { database, close: () => database.close() }
}

/** Migrates a served database as its owner. @returns the names applied now */
export async function migrateServed(url: string, logger: Logger): Promise<string[]> {
  const { postgresOwner } = await import('../platform/db/postgres-database.ts')
  const owner = await postgresOwner(url)
  try {
    const applied = await migrate(owner, await readMigrations(migrationsFolder))
    if (applied.length > 0) logger.info({ applied }, 'the database was migrated')
    return applied
  } finally {
    await owner.close()
  }
}
