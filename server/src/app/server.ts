import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../platform/clock.ts'
import { systemClock } from '../platform/clock.ts'
import type { Config } from '../platform/config.ts'
import { createEventRelay } from '../platform/events/event-relay.ts'
import { createHttpApp, type HttpApp } from '../platform/http/app.ts'
import { createHttpServer } from '../platform/http/http-server.ts'
import { createRequestQuota } from '../platform/http/request-quota.ts'
import { createRepeatGuard, repeatJob } from '../platform/idempotency/index.ts'
import type { FreeholdModule } from '../platform/module.ts'
import { createNodeRegistry } from '../platform/nodes/node-registry.ts'
import type { Platform } from '../platform/platform.ts'
import type { Logger } from '../platform/telemetry/index.ts'
import { firstStart } from './first-start.ts'
import { composeModules } from './modules.ts'
import type { OpenedDatabase } from './open-database.ts'
import { openPlatform } from './open-platform.ts'
import { operationsRoutes } from './operations-routes.ts'
import { mountPages } from './pages.ts'

/**
 * A running Freehold.
 *
 * States: opening → recovering → ready → stopping → stopped.
 * - opening: database, ports, modules. Nothing listens yet.
 * - recovering: what dead processes left half-done is finished, and goes on being looked for every ten seconds.
 * - stopping: not ready, no new connections; requests and jobs under way get their time to end, streams are told.
 */
export interface RunningServer {
  readonly url: string
  /** Where this process listens; undefined when it answers nobody. */
  readonly port: number | undefined
  readonly platform: Platform
  readonly app: HttpApp
  stop(): Promise<void>
}

/** Requests, and jobs beside them; together below the 30 seconds that container platforms give. */
const requestGraceMs = 15_000
const jobGraceMs = 6_000
const recoverEveryMs = 10_000

/** Starts on an open database, which it closes when it stops or cannot start. */
export async function startServer(
  config: Config,
  logger: Logger,
  opened: OpenedDatabase,
  clock: Clock = systemClock,
): Promise<RunningServer> {
  let port: number | undefined
  let url = config.FREEHOLD_URL ?? `http://localhost:${config.PORT}`
  const platform = await openPlatform({
    config,
    clock,
    logger,
    database: opened.database,
    publicUrl: () => url,
  }).catch(async (error: unknown) => {
    await opened.close()
    throw error
  })
  const { modules, identity } = composeModules(platform)
  const stopping = new AbortController()
  const app = buildApp(platform, modules, stopping.signal)
  const nodes = createNodeRegistry(platform, platform.nodeId)
  const relay = createEventRelay(
    platform,
    modules.flatMap((module) => module.subscriptions ?? []),
  )
  let recovery: NodeJS.Timeout | undefined
  let listening: { server: Server; port: number } | undefined

  async function begin(): Promise<void> {
    await nodes.join()
    await platform.jobs.start(
      [platform.mail.job, repeatJob(platform), ...modules.flatMap((module) => module.jobs ?? [])],
      config.FREEHOLD_ROLE !== 'api',
    )
    const recover = async () => {
      const alive = await nodes.aliveNodeIds()
      for (const module of modules) await module.recover?.(alive)
    }
    await recover()
    recovery = setInterval(() => {
      recover().catch((error: unknown) => logger.warn({ err: error }, 'recovering failed; it is tried again'))
    }, recoverEveryMs)
    recovery.unref()
    await firstStart(platform, identity)
    for (const module of modules) await module.start?.()
    await relay.start()
    if (config.FREEHOLD_ROLE !== 'worker') listening = await listen(app, config)
    port = listening?.port
    if (listening && config.FREEHOLD_URL === undefined) url = `http://localhost:${listening.port}`
  }

  async function stop(): Promise<void> {
    platform.health.stop()
    clearInterval(recovery)
    const closed = listening ? closeServer(listening.server) : Promise.resolve()
    const jobsStopped = platform.jobs.stop(jobGraceMs)
    // Answers end first, so that their readers see how.
    for (const module of modules) await module.beginStop?.()
    stopping.abort(new Error('The server is stopping.'))
    await Promise.all([closed, jobsStopped])
    for (const module of [...modules].reverse()) await module.stop?.()
    await relay.stop()
    await nodes.leave()
    await Promise.all([platform.closeCachePorts(), platform.storage.close()])
    platform.mail.close()
    await platform.tracing.shutdown()
    await opened.close()
  }

  try {
    await begin()
  } catch (error) {
    // What is open would keep a process alive that serves nobody.
    await stop().catch((second: unknown) =>
      logger.warn({ err: second }, 'closing after a failed start failed'),
    )
    throw error
  }
  let stopped: Promise<void> | undefined
  return {
    get port() {
      return port
    },
    get url() {
      return url
    },
    platform,
    app,
    stop() {
      stopped ??= stop()
      return stopped
    },
  }
}

/** The web application over a platform: what tests call without a socket. */
export function buildApp(
  platform: Platform,
  modules: readonly FreeholdModule[],
  stopping: AbortSignal,
): HttpApp {
  const app = createHttpApp({
    routes: [...modules.flatMap((module) => module.routes ?? []), ...operationsRoutes(platform)],
    authenticators: modules.flatMap((module) => module.authenticators ?? []),
    clock: platform.clock,
    logger: platform.logger,
    metrics: platform.metrics,
    tracing: platform.tracing,
    publicUrl: platform.publicUrl,
    allowedOrigins: (platform.config.FREEHOLD_ALLOWED_ORIGINS ?? '')
      .split(',')
      .map((origin) => origin.trim())
      .filter(Boolean),
    trustProxy: platform.config.FREEHOLD_TRUST_PROXY,
    version: platform.version,
    stopping,
    quota: createRequestQuota({
      clock: platform.clock,
      rateLimiter: platform.rateLimiter,
      requestsPerMinute: platform.config.FREEHOLD_REQUESTS_PER_MINUTE,
    }),
    repeats: createRepeatGuard({
      ...platform,
      aliveNodeIds: () => createNodeRegistry(platform, platform.nodeId).aliveNodeIds(),
    }),
  })
  mountPages(app)
  return app
}

async function listen(app: HttpApp, config: Config): Promise<{ server: Server; port: number }> {
  return new Promise((resolve, reject) => {
    const server = createHttpServer(app, { stalledReaderMs: config.FREEHOLD_STALLED_READER_MS })
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, config)))
    server.requestTimeout = 300_000
    server.headersTimeout = 20_000
    server.keepAliveTimeout = 65_000
    server.listen(config.PORT, config.HOST, () =>
      // Of a server that listens on a port.
      resolve({ server, port: (server.address() as AddressInfo).port }),
    )
  })
}

function listenError(error: NodeJS.ErrnoException, config: Config): Error {
  if (error.code === 'EADDRINUSE') {
    return new Error(
      `Port ${config.PORT} is in use. Stop what uses it, or set another: PORT=${config.PORT + 1} npm start`,
      { cause: error },
    )
  }
  if (error.code === 'EACCES') {
    return new Error(
      `Port ${config.PORT} needs rights this process does not have. Set one above 1023: PORT=3000 npm start`,
      { cause: error },
    )
  }
  return error
}

/** No new connections; those under way get their time, then are cut. */
async function closeServer(server: Server): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), requestGraceMs)
  // A connection is idle again once its request has ended, and its client would keep it open.
  const sweep = setInterval(() => server.closeIdleConnections(), 100)
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  clearInterval(sweep)
  clearTimeout(cut)
}
