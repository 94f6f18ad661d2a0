import type { Cache, CallLimiter, PubSub, RateLimiter } from './cache/index.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { KeyRing } from './crypto/index.ts'
import type { Database } from './db/database.ts'
import type { GuardedFetch } from './fetch/index.ts'
import type { JobQueue } from './jobs/job-queue.ts'
import type { Mail } from './mail/index.ts'
import type { FileStorage } from './storage/index.ts'
import type { Health, Logger, Metrics, Tracing } from './telemetry/index.ts'

/** What every module is handed: the ports, already opened, and nothing that knows a module. */
export interface Platform {
  readonly config: Config
  readonly version: string
  readonly clock: Clock
  readonly logger: Logger
  readonly database: Database
  readonly jobs: JobQueue
  readonly mail: Mail
  readonly cache: Cache
  readonly pubSub: PubSub
  readonly rateLimiter: RateLimiter
  /** Limits of calls to models, which hold exactly. */
  readonly callLimiter: CallLimiter
  closeCachePorts(): Promise<void>
  readonly storage: FileStorage
  readonly keyRing: KeyRing
  readonly fetch: GuardedFetch
  readonly metrics: Metrics
  readonly tracing: Tracing
  readonly health: Health
  /** This process, new at each start. */
  readonly nodeId: string
  /** The public URL; known once the port is. */
  publicUrl(): string
}
