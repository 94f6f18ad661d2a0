import type { Clock } from '../clock.ts'
import type { Logger } from './logger.ts'

export interface HealthCheck {
  name: string
  /** Resolves when well, throws when not. The signal aborts at the time limit. */
  check: (signal: AbortSignal) => Promise<void>
  /** Default 2,000. */
  timeoutMs?: number
  /** False for what the server can do without: a failure then makes it `degraded` and it stays ready. Default true. */
  critical?: boolean
}

export interface CheckResult {
  status: 'ok' | 'failed' | 'timeout'
  durationMs: number
}

/** Names and verdicts only: the endpoint is public, reasons go to the log. */
export interface Readiness {
  ready: boolean
  status: 'ok' | 'degraded' | 'failing' | 'stopping'
  checks: Record<string, CheckResult>
}

export interface Health {
  register(check: HealthCheck): void
  /** Whether the process runs at all; asks nobody. A balancer restarts what is not live. */
  live(): { status: 'ok' }
  /** Runs every check side by side. Callers at the same time share one run, so the endpoint cannot be used to load the database. */
  ready(): Promise<Readiness>
  /** From now on `ready` says `stopping`, so that balancers send nothing new. */
  stop(): void
}

/** A registry of named checks. States: serving → stopping, and never back. */
export function createHealth({ clock, log }: { clock: Clock; log: Logger }): Health {
  const checks = new Map<string, HealthCheck>()
  let stopping = false
  let running: Promise<Readiness> | undefined

  async function runAll(): Promise<Readiness> {
    const named = await Promise.all(
      [...checks.values()].map(async (check) => [check.name, await runOne(check, clock, log)] as const),
    )
    const failed = named.filter(([, result]) => result.status !== 'ok').map(([name]) => checks.get(name))
    const failing = failed.some((check) => check?.critical !== false)
    const status = failing ? 'failing' : failed.length > 0 ? 'degraded' : 'ok'
    return { ready: !failing, status, checks: Object.fromEntries(named) }
  }

  return {
    register(check) {
      if (checks.has(check.name)) throw new Error(`The health check ${check.name} is registered twice.`)
      checks.set(check.name, check)
    },
    live: () => ({ status: 'ok' }),
    async ready() {
      if (stopping) return { ready: false, status: 'stopping', checks: {} }
      running ??= runAll().finally(() => {
        running = undefined
      })
      return running
    },
    stop() {
      stopping = true
    },
  }
}

async function runOne(check: HealthCheck, clock: Clock, log: Logger): Promise<CheckResult> {
  const startedMs = clock.now().getTime()
  const controller = new AbortController()
  const { promise: timedOut, resolve: giveUp } = Promise.withResolvers<'timeout'>()
  const timer = setTimeout(() => {
    controller.abort()
    giveUp('timeout')
  }, check.timeoutMs ?? 2_000)
  const outcome = Promise.try(check.check, controller.signal).then(
    (): 'ok' => 'ok',
    (error: unknown): 'failed' => {
      if (!controller.signal.aborted) log.warn({ err: error, check: check.name }, 'A health check failed.')
      return 'failed'
    },
  )
  const status = await Promise.race([outcome, timedOut])
  clearTimeout(timer)
  if (status === 'timeout') log.warn({ check: check.name }, 'A health check took too long.')
  return { status, durationMs: clock.now().getTime() - startedMs }
}
