import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { OwnerConnection } from './database.ts'

const migrationName = /^\d{4}_[a-z0-9_]+\.sql$/
/** Any constant: the advisory lock that keeps two nodes from migrating at once. */
const migrationLock = 7_310_478_021

export interface Migration {
  name: string
  text: string
  checksum: string
}

/** The numbered SQL files of a folder, in order. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  const wrong = names.find((name) => !migrationName.test(name))
  if (wrong) throw new Error(`The migration ${wrong} is not named like 0001_what_it_does.sql.`)
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(path.join(folder, name), 'utf8')
      return { name, text, checksum: createHash('sha256').update(text).digest('hex') }
    }),
  )
}

/**
 * Brings a database to the newest schema. Each file runs in a transaction of its own; a file that has run may
 * never change afterwards.
 * @returns the names applied now
 */
export async function migrate(owner: OwnerConnection, migrations: readonly Migration[]): Promise<string[]> {
  await owner.query('select pg_advisory_lock($1)', [migrationLock])
  try {
    await owner.execute(`
      create schema if not exists app;
      create table if not exists app.migrations (
        name text primary key, checksum text not null, applied_at timestamptz not null default now()
      )`)
    const done = new Map(
      (await owner.query('select name, checksum from app.migrations')).map((row) => [row.name, row.checksum]),
    )
    const applied: string[] = []
    for (const migration of migrations) {
      const checksum = done.get(migration.name)
      if (checksum === migration.checksum) continue
      if (checksum !== undefined) {
        throw new Error(
          `The migration ${migration.name} has changed since it was applied. Restore the file; add a new one instead.`,
        )
      }
      await applyMigration(owner, migration)
      applied.push(migration.name)
    }
    return applied
  } finally {
    await owner.query('select pg_advisory_unlock($1)', [migrationLock])
  }
}

async function applyMigration(owner: OwnerConnection, migration: Migration): Promise<void> {
  await owner.execute('begin')
  try {
    await owner.execute(migration.text)
    await owner.query('insert into app.migrations (name, checksum) values ($1, $2)', [
      migration.name,
      migration.checksum,
    ])
    await owner.execute('commit')
  } catch (error) {
    await owner.execute('rollback')
    const message = error instanceof Error ? error.message : String(error)
    throw new Error(`The migration ${migration.name} failed: ${message}`, { cause: error })
  }
}

/** The names not yet applied; empty when the schema is current. Needs no rights beyond reading. */
export async function pendingMigrations(
  query: (text: string) => Promise<Record<string, unknown>[]>,
  migrations: readonly Migration[],
): Promise<string[]> {
  const exists = await query(`select to_regclass('app.migrations') is not null as found`)
  if (exists[0]?.found !== true) return migrations.map((migration) => migration.name)
  const done = new Set((await query('select name from app.migrations')).map((row) => row.name))
  return migrations.filter((migration) => !done.has(migration.name)).map((migration) => migration.name)
}
