import { existsSync } from 'node:fs'
import path from 'node:path'
import { systemClock } from '../../platform/clock.ts'
import { type Config, dataDirectory } from '../../platform/config.ts'
import type { Platform } from '../../platform/platform.ts'
import { createLogger, type Logger } from '../../platform/telemetry/index.ts'
import { lockDatabase, openDatabase, openDatabaseAsItIs } from '../open-database.ts'
import { openPlatform } from '../open-platform.ts'

/** What a command's log is: warnings for a person, beside the answer and not in it. */
export function commandLogger(): Logger {
  return createLogger({
    level: 'warn',
    format: 'line',
    write: (line) => void process.stderr.write(line),
  })
}

/**
 * Opens the installation of the configuration for one command, and closes it. An embedded database is opened under its
 * lock, so a running server keeps commands out, by name.
 * @param options asItIs: the database is neither made nor migrated; it must be there and current
 */
export async function withPlatform<T>(
  config: Config,
  work: (platform: Platform) => Promise<T>,
  options: { asItIs?: boolean } = {},
): Promise<T> {
  const logger = commandLogger()
  if (options.asItIs) requireDatabase(config)
  const lock = await lockDatabase(config)
  const open = options.asItIs ? openDatabaseAsItIs : openDatabase
  const opened = await open(config, logger, lock)
  let platform: Platform | undefined
  try {
    platform = await openPlatform({
      config: { ...config, OTEL_EXPORTER_OTLP_ENDPOINT: undefined },
      clock: systemClock,
      logger,
      database: opened.database,
      publicUrl: () => config.FREEHOLD_URL ?? `http://localhost:${config.PORT}`,
    })
    return await work(platform)
  } finally {
    if (platform) {
      await Promise.all([platform.closeCachePorts(), platform.storage.close()])
      platform.mail.close()
      await platform.tracing.shutdown()
    }
    await opened.close()
  }
}

/** Looking for an embedded database must not make one. */
export function requireDatabase(config: Config): void {
  if (config.DATABASE_URL === undefined && !existsSync(path.join(dataDirectory(config), 'database'))) {
    throw new Error(
      `There is no database in ${dataDirectory(config)}. Set FREEHOLD_DATA_DIR or DATABASE_URL to those of the ` +
        'installation, or make one: freehold start',
    )
  }
}
