import { PGlite } from '@electric-sql/pglite'

/** Makes an empty database in the folder that the first argument names, and ends. */
try {
  const database = await PGlite.create({ dataDir: process.argv[2] ?? '' })
  await database.close()
} catch (error) {
  // The message alone: uncaught, the error would be printed with 60 kB of minified source.
  process.stderr.write(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
