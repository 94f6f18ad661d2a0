import type { Config } from '../platform/config.ts'
import { createLogger } from '../platform/telemetry/logger.ts'
import { closeTracing } from './close-tracing.ts'
import { lockDatabase, openDatabase } from './open-database.ts'

/** Runs until SIGTERM or SIGINT, then stops gracefully; a second signal stops at once. */
export async function runServer(config: Config): Promise<void> {
  const beganAt = performance.now()
  closeTracing(process.env)
  const terminal = process.stdout.isTTY === true
  const logger = createLogger({
    level: config.FREEHOLD_LOG_LEVEL,
    format: terminal ? 'line' : 'json',
    colors: terminal && process.env.NO_COLOR === undefined,
  })
  // Loading modules holds this thread for half a second. Under the lock a new database is begun before that.
  const lock = await lockDatabase(config)
  const [opened, { startServer }, { dashboardIsBuilt }] = await Promise.all([
    openDatabase(config, logger, lock),
    import('./server.ts'),
    import('./pages.ts'),
  ])
  if (!dashboardIsBuilt()) logger.warn({}, 'the dashboard is not built: run "npm run build" to have it')
  const server = await startServer(config, logger, opened)
  let stopping = false
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) {
      logger.warn({ signal }, 'stopping at once')
      process.exit(1)
    }
    stopping = true
    logger.info({ signal }, 'stopping; requests and jobs under way may end')
    server.stop().then(
      () => {
        logger.info({}, 'stopped')
        process.exit(0)
      },
      (error: unknown) => {
        logger.error({ err: error }, 'stopping failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('unhandledRejection', (error) => {
    logger.error({ err: error }, 'an error was not handled')
  })
  // Last: who reads this line may send a signal at once.
  logger.info(
    {
      url: server.url,
      port: server.port,
      database: server.platform.database.kind,
      nodeId: server.platform.nodeId,
      readyMs: Math.round(performance.now() - beganAt),
    },
    `Freehold is ready at ${server.url}`,
  )
}
