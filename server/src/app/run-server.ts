import type { Config } from '../platform/config.ts'
import { createLogger } from '../platform/telemetry/index.ts'
import { dashboardIsBuilt } from './pages.ts'
import { startServer } from './server.ts'

/** Runs until SIGTERM or SIGINT, then stops gracefully; a second signal stops at once. */
export async function runServer(config: Config): Promise<void> {
  const beganAt = performance.now()
  const terminal = process.stdout.isTTY === true
  const logger = createLogger({
    level: config.FREEHOLD_LOG_LEVEL,
    format: terminal ? 'line' : 'json',
    colors: terminal && process.env.NO_COLOR === undefined,
  })
  if (!dashboardIsBuilt()) logger.warn({}, 'the dashboard is not built: run "npm run build" to have it')
  const server = await startServer(config, logger)
  logger.info(
    {
      url: server.url,
      database: server.platform.database.kind,
      nodeId: server.platform.nodeId,
      readyMs: Math.round(performance.now() - beganAt),
    },
    `Freehold is ready at ${server.url}`,
  )

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
}
