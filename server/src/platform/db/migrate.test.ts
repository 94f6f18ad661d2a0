import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrationsFolder } from '../../testing/pglite-template.ts'
import { testsOnPostgres } from '../../testing/test-database.ts'
import { newId } from '../ids.ts'
import type { OwnerConnection } from './database.ts'
import { type Migration, migrate, pendingMigrations, readMigrations } from './migrate.ts'
import { openPglite, pgliteOwner } from './pglite-database.ts'
import { postgresOwner } from './postgres-database.ts'

/** An empty database, and as many connections to it as its owner wants. */
interface EmptyDatabase {
  connect(): Promise<OwnerConnection>
  drop(): Promise<void>
}

async function emptyPglite(): Promise<EmptyDatabase> {
  const pglite = await openPglite({})
  return { connect: async () => pgliteOwner(pglite), drop: () => pglite.close() }
}

async function emptyPostgres(): Promise<EmptyDatabase> {
  const name = `freehold_empty_${newId().replaceAll('-', '')}`
  const url = new URL(process.env.DATABASE_URL ?? '')
  const asOwner = async (text: string) => {
    const client = new pg.Client({ connectionString: process.env.DATABASE_URL })
    await client.connect()
    await client.query(text)
    await client.end()
  }
  await asOwner(`create database ${name}`)
  url.pathname = `/${name}`
  return {
    connect: () => postgresOwner(url.toString()),
    drop: () => asOwner(`drop database ${name} with (force)`),
  }
}

let empty: EmptyDatabase
let owner: OwnerConnection

beforeAll(async () => {
  empty = testsOnPostgres ? await emptyPostgres() : await emptyPglite()
  owner = await empty.connect()
})

afterAll(async () => {
  await owner.close()
  await empty.drop()
})

const migrationOf = (name: string, text: string, checksum = name): Migration => ({ name, text, checksum })

const query = (text: string) => owner.query(text)

async function tableExists(name: string): Promise<boolean> {
  const [row] = await owner.query(`select to_regclass($1) is not null as found`, [name])
  return row?.found === true
}

// In this order: each begins with what the one before left.
describe('migrating', () => {
  test('brings an empty database to the newest schema, and nothing is pending then', async () => {
    const migrations = await readMigrations(migrationsFolder)
    expect(await pendingMigrations(query, migrations)).toEqual(migrations.map((migration) => migration.name))
    expect(await migrate(owner, migrations)).toEqual(migrations.map((migration) => migration.name))
    expect(await pendingMigrations(query, migrations)).toEqual([])
  })

  test('a second time does nothing', async () => {
    expect(await migrate(owner, await readMigrations(migrationsFolder))).toEqual([])
  })

  test('refuses a file that has changed since it was applied, and applies nothing behind it', async () => {
    const [first] = await readMigrations(migrationsFolder)
    if (!first) throw new Error('There is no migration.')
    const changed = { ...first, checksum: 'another' }
    const next = migrationOf('9001_next.sql', 'create table app.next (id int)')
    await expect(migrate(owner, [changed, next])).rejects.toThrow(
      `The migration ${first.name} has changed since it was applied.`,
    )
    expect(await tableExists('app.next')).toBe(false)
  })

  test('leaves nothing of a file that fails, keeps those before it, and goes on from there', async () => {
    const good = migrationOf('9002_good.sql', 'create table app.good (id int)')
    const bad = migrationOf(
      '9003_bad.sql',
      'create table app.half (id int); insert into app.nothing values (1)',
    )
    await expect(migrate(owner, [good, bad])).rejects.toThrow(/9003_bad\.sql failed: .*app\.nothing/)
    expect([await tableExists('app.good'), await tableExists('app.half')]).toEqual([true, false])
    const mended = migrationOf('9003_bad.sql', 'create table app.half (id int)')
    expect(await migrate(owner, [good, mended])).toEqual(['9003_bad.sql'])
  })

  test.skipIf(!testsOnPostgres)('by two nodes at once applies each file once (PostgreSQL only)', async () => {
    const fresh = await emptyPostgres()
    const owners = await Promise.all([fresh.connect(), fresh.connect(), fresh.connect()])
    const migrations = await readMigrations(migrationsFolder)
    const applied = await Promise.all(owners.map((one) => migrate(one, migrations)))
    expect(applied.map((names) => names.length).toSorted()).toEqual([0, 0, migrations.length])
    await Promise.all(owners.map((one) => one.close()))
    await fresh.drop()
  })
})

test('a file that is not named like a migration is refused by its name', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'freehold-migrations-'))
  await writeFile(path.join(folder, '0001_fine.sql'), 'select 1')
  await writeFile(path.join(folder, 'notes.md'), 'not SQL')
  expect((await readMigrations(folder)).map((migration) => migration.name)).toEqual(['0001_fine.sql'])
  await writeFile(path.join(folder, '2-quick fix.sql'), 'select 1')
  await expect(readMigrations(folder)).rejects.toThrow('2-quick fix.sql')
  await rm(folder, { recursive: true })
})
