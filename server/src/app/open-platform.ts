import path from 'node:path'
import type { Clock } from '../platform/clock.ts'
import { type Config, dataDirectory } from '../platform/config.ts'
import { createKeyRing, loadOrCreateMasterKey, parseMasterKeys } from '../platform/crypto/index.ts'
import type { Database } from '../platform/db/database.ts'
import { createGuardedFetch } from '../platform/fetch/index.ts'
import { newId } from '../platform/ids.ts'
import { createJobQueue } from '../platform/jobs/job-queue.ts'
import { createMail } from '../platform/mail/index.ts'
import type { Platform } from '../platform/platform.ts'
import { createHealth, createMetrics, type Logger, startTracing } from '../platform/telemetry/index.ts'
import { openCachePorts } from './open-cache-ports.ts'
import { openMailer } from './open-mailer.ts'
import { openStorage } from './open-storage.ts'
import { version } from './version.ts'

/** Opens every port on an open database. Nothing here knows a module. */
export async function openPlatform(input: {
  config: Config
  clock: Clock
  logger: Logger
  database: Database
  publicUrl: () => string
}): Promise<Platform> {
  const { config, clock, logger, database, publicUrl } = input
  const masterKeys = config.FREEHOLD_MASTER_KEY
    ? parseMasterKeys(config.FREEHOLD_MASTER_KEY)
    : await loadOrCreateMasterKey(path.join(dataDirectory(config), 'master.key'))
  const [{ checkStore, ...cachePorts }, storage, tracing] = await Promise.all([
    openCachePorts(config, clock, logger),
    openStorage(config),
    startTracing({ endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT, serviceName: 'freehold', version }),
  ])
  const health = createHealth({ clock, log: logger })
  health.register({ name: 'database', check: async () => void (await database.query('select 1')) })
  // Without its store a node goes on with limits of its own, so it stays ready.
  if (checkStore) health.register({ name: 'valkey', check: checkStore, critical: false })
  const jobs = createJobQueue({ database, logger })
  const keyRing = createKeyRing(masterKeys)
  return {
    config,
    version,
    clock,
    logger,
    database,
    jobs,
    mail: createMail(
      { jobs, keyRing, logger, ...cachePorts },
      openMailer({ config, database, clock, keyRing }),
    ),
    ...cachePorts,
    storage,
    keyRing,
    fetch: createGuardedFetch(),
    metrics: createMetrics({ processMetrics: true }),
    tracing,
    health,
    nodeId: newId(),
    publicUrl,
  }
}
