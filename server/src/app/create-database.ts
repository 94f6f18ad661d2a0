import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import manifest from '../../package.json' with { type: 'json' }
import { readMigrations } from '../platform/db/migrate.ts'
import { migrationsFolder } from './migrations-folder.ts'

const draftPrefix = 'new-database-'
const program = fileURLToPath(new URL('./create-database-child.ts', import.meta.url))
const cacheFolder = path.join(import.meta.dirname, '../../../node_modules/.cache/freehold')
const run = promisify(execFile)

/**
 * Makes an embedded database without data in `folder`, which must not exist; the caller holds the lock of the folder
 * around it. A copy of the prepared one where the installation has it, else from nothing. The database gets its name when
 * it is whole, so a first start that is killed leaves no half of one.
 * @throws Error with what PostgreSQL said
 */
export async function createDatabase(folder: string): Promise<void> {
  const prepared = await preparedDatabase()
  await whole(folder, (draft) =>
    existsSync(prepared) ? cpSync(prepared, draft, { recursive: true }) : initialize(draft),
  )
}

/** Makes the database that first starts copy, unless it is there: 5 s that every one of them is spared. */
export async function prepareDatabase(): Promise<void> {
  const prepared = await preparedDatabase()
  if (existsSync(prepared)) return
  await mkdir(path.dirname(prepared), { recursive: true })
  await whole(prepared, initialize)
}

/** Another PGlite may not read its files, and another schema is another database: both are in its name. */
async function preparedDatabase(): Promise<string> {
  const hash = createHash('sha256').update(manifest.dependencies['@electric-sql/pglite'])
  for (const { checksum } of await readMigrations(migrationsFolder)) hash.update(checksum)
  return path.join(cacheFolder, `database-${hash.digest('hex').slice(0, 16)}`)
}

/**
 * In a process of its own: making a database leaves some 500 MB that the server's process would keep (measured idle:
 * 880 MB against 350 MB).
 */
async function initialize(folder: string): Promise<void> {
  await run(process.execPath, [program, folder])
}

async function whole(folder: string, fill: (draft: string) => Promise<void> | void): Promise<void> {
  const around = path.dirname(folder)
  for (const name of readdirSync(around)) {
    if (name.startsWith(draftPrefix)) removeDraft(path.join(around, name))
  }
  const draft = mkdtempSync(path.join(around, draftPrefix))
  await fill(draft)
  await rename(draft, folder)
}

/** Again and again, because the process of a server that was killed may still be writing there. */
function removeDraft(draft: string): void {
  rmSync(draft, { recursive: true, force: true, maxRetries: 10 })
}
