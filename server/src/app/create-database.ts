import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const draftPrefix = 'new-database-'
const program = fileURLToPath(new URL('./create-database-child.ts', import.meta.url))
const repository = path.join(import.meta.dirname, '../../..')
const run = promisify(execFile)

/**
 * Makes an empty embedded database in `folder`, which must not exist; the caller holds the lock of the folder around it.
 * A copy of the prepared one where the installation has it, else from nothing. The database gets its name when it is
 * whole, so a first start that is killed leaves no half of one.
 * @throws Error with what PostgreSQL said
 */
export async function createDatabase(folder: string): Promise<void> {
  const prepared = preparedDatabase()
  await whole(folder, (draft) =>
    existsSync(prepared) ? cpSync(prepared, draft, { recursive: true }) : initialize(draft),
  )
}

/** Makes the empty database that first starts copy, unless it is there: 5 s that every one of them is spared. */
export async function prepareDatabase(): Promise<void> {
  const prepared = preparedDatabase()
  if (existsSync(prepared)) return
  await mkdir(path.dirname(prepared), { recursive: true })
  await whole(prepared, initialize)
}

/** Named after PGlite's version, whose files another version may not read. */
function preparedDatabase(): string {
  const main = fileURLToPath(import.meta.resolve('@electric-sql/pglite'))
  const manifest = path.join(path.dirname(main), '../package.json')
  // A package's manifest has a version.
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  return path.join(repository, 'node_modules/.cache/freehold', `empty-database-${version}`)
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
