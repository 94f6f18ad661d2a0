import type { RateLimiter } from '../../../platform/cache/index.ts'
import type { HttpApp } from '../../../platform/http/app.ts'
import { newId } from '../../../platform/ids.ts'
import { createMail, type MailMessage } from '../../../platform/mail/index.ts'
import { createNodeRegistry } from '../../../platform/nodes/node-registry.ts'
import type { Platform } from '../../../platform/platform.ts'
import { type Composition, composeModules } from '../../modules.ts'
import { buildApp } from '../../server.ts'
import { type Removed, removeThrowAways } from '../throw-away.ts'
import { createHeldJobs, type HeldJobs } from './held-jobs.ts'

/** The whole program in process, over a database that others may be serving: its jobs and its mail stay here. */
export interface ProofApp extends Composition {
  readonly platform: Platform
  readonly app: HttpApp
  readonly jobs: HeldJobs
  /** What it would have mailed, oldest first. */
  readonly letters: readonly MailMessage[]
  /** In the address of everybody who takes part. */
  readonly runId: string
  /** Removes all that the proof has made. */
  close(): Promise<Removed>
}

/** Limits are no walls: the matrix asks thousands of things in seconds, and a 429 would hide what else is answered. */
const unlimited: RateLimiter = {
  take: async (_key, { limit }) => ({ allowed: true, limit, remaining: limit, resetMs: 0, retryAfterMs: 0 }),
  close: async () => {},
}

/** What an installation reaches outside: a proof costs nobody money and tells nobody anything. */
const nothingOutside = {
  OPENROUTER_API_KEY: undefined,
  OPENAI_API_KEY: undefined,
  OPENAI_BASE_URL: undefined,
  ANTHROPIC_API_KEY: undefined,
  OLLAMA_BASE_URL: undefined,
  FREEHOLD_DEFAULT_MODEL: undefined,
  FREEHOLD_BREACHED_PASSWORDS_URL: 'off',
  FREEHOLD_REQUIRE_VERIFIED_EMAIL: false,
} as const

/** @param base its cache, storage and keys are used; its jobs, its mail, its limits and its models are not */
export async function openProofApp(base: Platform): Promise<ProofApp> {
  const runId = newId()
  const letters: MailMessage[] = []
  const jobs = createHeldJobs((error, job) =>
    base.logger.warn({ err: error, job }, 'a job of the proof failed'),
  )
  const mailer = {
    kind: 'outbox' as const,
    async send(message: MailMessage) {
      letters.push(message)
    },
    check: async () => {},
    close() {},
  }
  const mail = createMail({ ...base, jobs, rateLimiter: unlimited }, mailer)
  const platform: Platform = {
    ...base,
    config: { ...base.config, ...nothingOutside },
    nodeId: runId,
    jobs,
    mail,
    rateLimiter: unlimited,
  }
  const composition = composeModules(platform)
  const stopping = new AbortController()
  const app = buildApp(platform, composition.modules, stopping.signal)
  await jobs.start([mail.job, ...composition.modules.flatMap((module) => module.jobs ?? [])], false)
  // As long as this node is alive no other one finishes, or removes, what it is at.
  const nodes = createNodeRegistry(platform, runId)
  await nodes.join()
  return {
    ...composition,
    platform,
    app,
    jobs,
    letters,
    runId,
    async close() {
      stopping.abort()
      for (const module of [...composition.modules].reverse()) await module.stop?.()
      await nodes.leave()
      return removeThrowAways(platform, await nodes.aliveNodeIds())
    },
  }
}
