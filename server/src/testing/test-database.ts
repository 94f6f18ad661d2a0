import type { Database } from '../platform/db/database.ts'
import { pgliteDatabase } from '../platform/db/pglite-database.ts'
import { createLogger } from '../platform/telemetry/index.ts'
import { openTestPglite } from './pglite-template.ts'
import { createTestPostgres } from './postgres-template.ts'

/**
 * One database a worker, shared by its test files: PGlite, or a real PostgreSQL where FREEHOLD_TEST_DATABASE says so.
 * Each test makes its own organization, so nothing is emptied in between.
 */
export const testsOnPostgres = process.env.FREEHOLD_TEST_DATABASE === 'postgres'

/** Kept on the global object, because a worker loads this module once a file. */
const shared = globalThis as typeof globalThis & { freeholdTestDatabase?: Promise<Database> }

export function testDatabase(): Promise<Database> {
  shared.freeholdTestDatabase ??= testsOnPostgres ? openServed() : openTestPglite().then(pgliteDatabase)
  return shared.freeholdTestDatabase
}

async function openServed(): Promise<Database> {
  const url = process.env.DATABASE_URL
  if (!url)
    throw new Error('FREEHOLD_TEST_DATABASE=postgres needs DATABASE_URL: eval "$(scripts/services env)"')
  const served = await createTestPostgres(url, createLogger({ level: 'error', format: 'line' }))
  return served.database
}
