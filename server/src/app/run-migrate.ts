import type { Config } from '../platform/config.ts'
import { createLogger } from '../platform/telemetry/index.ts'
import { lockDatabase, migrateServed, openDatabase } from './open-database.ts'

/** Migrates and leaves. With DATABASE_URL it must name the owner of the database. */
export async function runMigrate(config: Config): Promise<void> {
  const logger = createLogger({ level: 'warn', format: 'line' })
  if (config.DATABASE_URL) {
    const applied = await migrateServed(config.DATABASE_URL, logger)
    process.stdout.write(applied.length > 0 ? `Applied ${applied.join(', ')}.\n` : 'The schema is current.\n')
    return
  }
  const opened = await openDatabase(config, logger, await lockDatabase(config))
  await opened.close()
  process.stdout.write('The schema is current.\n')
}
