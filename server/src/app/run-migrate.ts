import type { Config } from '../platform/config.ts'
import { createLogger } from '../platform/telemetry/index.ts'
import { lockDatabase, migrateServed, openDatabase } from './open-database.ts'

/** Migrates and leaves. On a served database DATABASE_DIRECT_URL, or else DATABASE_URL, must name its owner. */
export async function runMigrate(config: Config): Promise<void> {
  const logger = createLogger({ level: 'warn', format: 'line' })
  const served = config.DATABASE_DIRECT_URL ?? config.DATABASE_URL
  if (served) {
    const applied = await migrateServed(served, logger)
    process.stdout.write(applied.length > 0 ? `Applied ${applied.join(', ')}.\n` : 'The schema is current.\n')
    return
  }
  const opened = await openDatabase(config, logger, await lockDatabase(config))
  await opened.close()
  process.stdout.write('The schema is current.\n')
}
