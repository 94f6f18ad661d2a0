import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  createMemoryCache,
  createMemoryCallLimiter,
  createMemoryPubSub,
  createMemoryRateLimiter,
} from '../platform/cache/index.ts'
import { type Config, parseConfig } from '../platform/config.ts'
import { createKeyRing, parseMasterKeys } from '../platform/crypto/index.ts'
import type { Database } from '../platform/db/database.ts'
import { createGuardedFetch } from '../platform/fetch/index.ts'
import { newId } from '../platform/ids.ts'
import { createJobQueue } from '../platform/jobs/job-queue.ts'
import type { Platform } from '../platform/platform.ts'
import { createDiskStorage } from '../platform/storage/index.ts'
import { createHealth, createLogger, createMetrics, startTracing } from '../platform/telemetry/index.ts'
import { createMemoryMail, type MemoryMail } from './memory-mail.ts'
import { createTestClock, type TestClock } from './test-clock.ts'

export interface TestPlatform extends Platform {
  readonly clock: TestClock
  readonly mail: MemoryMail
  /** Lines logged so far. */
  readonly logged: string[]
  dispose(): Promise<void>
}

/** The same for every platform of a run: they share one database, and so what its master key sealed. */
const masterKey = createHash('sha256').update('the master key of tests').digest('base64')

/** A platform on the given database with every other port in memory or in a temporary folder. */
export async function createMemoryPlatform(
  database: Database,
  environment: Readonly<Record<string, string>> = {},
): Promise<TestPlatform> {
  const directory = await mkdtemp(path.join(tmpdir(), 'freehold-test-'))
  const config: Config = parseConfig({
    FREEHOLD_DATA_DIR: directory,
    FREEHOLD_MASTER_KEY: masterKey,
    // Tests reach nothing outside.
    FREEHOLD_BREACHED_PASSWORDS_URL: 'off',
    ...environment,
  })
  const clock = createTestClock()
  const logged: string[] = []
  const logger = createLogger({
    level: config.FREEHOLD_LOG_LEVEL,
    format: 'json',
    write: (line) => void logged.push(line),
  })
  const pubSub = createMemoryPubSub({ log: logger })
  const jobs = createJobQueue({ database, logger })
  const keyRing = createKeyRing(parseMasterKeys(masterKey))
  const rateLimiter = createMemoryRateLimiter({ clock })
  const mail = createMemoryMail({ rateLimiter, logger }, config.SMTP_URL ? 'smtp' : 'outbox')
  const platform: Platform = {
    config,
    version: '0.0.0-test',
    clock,
    logger,
    database,
    jobs,
    mail,
    cache: createMemoryCache({ clock }),
    pubSub,
    rateLimiter,
    callLimiter: createMemoryCallLimiter({ clock }),
    closeCachePorts: () => pubSub.close(),
    storage: createDiskStorage({ directory: path.join(directory, 'files') }),
    keyRing,
    fetch: createGuardedFetch(),
    metrics: createMetrics({ processMetrics: false }),
    tracing: await startTracing({ endpoint: undefined, serviceName: 'freehold-test', version: '0.0.0' }),
    health: createHealth({ clock, log: logger }),
    nodeId: newId(),
    publicUrl: () => 'http://localhost',
  }
  return {
    ...platform,
    clock,
    mail,
    logged,
    async dispose() {
      await platform.storage.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
