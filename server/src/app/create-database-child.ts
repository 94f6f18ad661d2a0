import { migrate, readMigrations } from '../platform/db/migrate.ts'
import { openPglite, pgliteOwner } from '../platform/db/pglite-database.ts'
import { migrationsFolder } from './migrations-folder.ts'

/** Makes a database with the newest schema in the folder that the first argument names, and ends. */
try {
  const database = await openPglite({ dataDir: process.argv[2] ?? '' })
  await migrate(pgliteOwner(database), await readMigrations(migrationsFolder))
  await database.close()
} catch (error) {
  // The message alone: uncaught, the error would be printed with 60 kB of minified source.
  process.stderr.write(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
