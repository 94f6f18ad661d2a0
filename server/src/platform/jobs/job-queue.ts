import { sql } from 'drizzle-orm'
import { type Db, fromDrizzle, type Job, PgBoss } from 'pg-boss'
import type { z } from 'zod'
import type { Scope } from '../context.ts'
import type { Database } from '../db/database.ts'
import type { SystemTx, TenantTx } from '../db/types.ts'
import { newId } from '../ids.ts'
import { errorFields } from '../telemetry/error-fields.ts'
import type { Logger } from '../telemetry/logger.ts'
import { placeInLine } from './place-in-line.ts'

/** Work done later, at least once. The payload names its organization; secrets and contents stay out of it. */
export interface JobDefinition<Payload extends object> {
  /** `module.verb-noun`; the queue's name. */
  name: string
  payload: z.ZodType<Payload>
  /** Jobs of this kind that run at once in one process. */
  concurrency: number
  /** Tries after the first; a job that fails them all goes to the dead letters. */
  retryLimit: number
  expireInSeconds: number
  /** Cron expression (UTC), for what runs by the clock; the payload is then `{}`. */
  schedule?: string
  handle(payload: Payload, run: JobRun): Promise<void>
}

export interface JobRun {
  jobId: string
  /** Fires when the server stops or the job's time is up. */
  signal: AbortSignal
}

/** A definition with its payload type folded away. */
export type AnyJob = JobDefinition<Record<string, unknown>>

/** Folds the payload type away; the queue parses with the definition's own schema before it calls. */
export function defineJob<Payload extends object>(definition: JobDefinition<Payload>): AnyJob {
  return definition as unknown as AnyJob
}

export interface JobQueue {
  /** Connects and makes the queues. `work` also takes jobs; without it this process only sends. */
  start(definitions: readonly AnyJob[], work: boolean): Promise<void>
  /** Sends inside the transaction that causes the job: both are there after the commit, or neither. */
  send<Payload extends object>(
    scope: Scope,
    job: { name: string },
    payload: Payload,
    options?: SendOptions,
  ): Promise<void>
  sendAsSystem<Payload extends object>(tx: SystemTx, job: { name: string }, payload: Payload): Promise<void>
  /** How many jobs wait, run and have failed, by queue. */
  stats(): Promise<{ queue: string; waiting: number; active: number; failed: number }[]>
  /** Lets running jobs end for at most `graceMs`, then stops. */
  stop(graceMs: number): Promise<void>
}

export interface SendOptions {
  startAfterSeconds?: number
}

const deadLetters = 'dead-letters'
/** A new job wakes its worker; this is how late one that waited for a time, such as the next try, may begin. */
const notifyPollingIntervalSeconds = 2
/**
 * A process that has a job says so twice in this time. One that was killed in between stays silent, and the job is
 * tried again: without it, only once `expireInSeconds` were over.
 */
const heartbeatSeconds = 20
const lookForSilentSeconds = 10

export function createJobQueue(on: { database: Database; logger: Logger }): JobQueue {
  const adapter: Db = {
    executeSql: async (text, values) => ({
      rows: values?.length ? await on.database.query(text, values) : await on.database.execute(text),
    }),
    listen: async (channel, onNotification, onReconnect) => ({
      close: await on.database.listen(channel, onNotification, onReconnect),
    }),
  }
  const boss = new PgBoss({
    db: adapter,
    backend: on.database.kind === 'pglite' ? 'pglite' : 'postgres',
    schema: 'pgboss',
    createSchema: false,
    useListenNotify: true,
    superviseIntervalSeconds: lookForSilentSeconds,
    monitorIntervalSeconds: lookForSilentSeconds,
  })
  boss.on('error', (error) => on.logger.error({ err: error }, 'the job queue reported an error'))
  boss.on('warning', (warning) => on.logger.debug({ warning }, 'the job queue warned'))
  const stopping = new AbortController()
  let names: string[] = []

  async function sendIn(
    tx: TenantTx | SystemTx,
    name: string,
    payload: object,
    organizationId: string | undefined,
    options: SendOptions = {},
  ): Promise<void> {
    // pg-boss would look an unknown queue up outside of the transaction, which on PGlite waits for itself.
    if (!names.includes(name)) throw new Error(`There is no job ${name}.`)
    const id = await boss.send(name, payload, {
      priority: await placeInLine(tx, name, organizationId),
      ...(organizationId === undefined ? {} : { group: { id: organizationId } }),
      db: fromDrizzle(tx as unknown as Parameters<typeof fromDrizzle>[0], sql), // its type wants a driver's exact result
      ...(options.startAfterSeconds === undefined ? {} : { startAfter: options.startAfterSeconds }),
    })
    if (id === null) throw new Error(`The job ${name} was not accepted by the queue.`)
  }

  async function run(definition: AnyJob, job: Job<object>): Promise<void> {
    const signal = AbortSignal.any([stopping.signal, job.signal])
    try {
      const payload = definition.payload.parse(job.data ?? {})
      await definition.handle(payload, { jobId: job.id, signal })
    } catch (error) {
      if (stopping.signal.aborted) return putBack(definition.name, job.id)
      on.logger.error({ err: error, job: definition.name, jobId: job.id }, 'a job failed')
      // The queue keeps what it is given; what the log must not have, it must not have either.
      const { type, message } = errorFields(error)
      throw new Error(`${type}: ${message}`)
    }
  }

  /** It did not fail, the server stopped: it waits for the next one with as many tries as before. */
  async function putBack(name: string, jobId: string): Promise<void> {
    await on.database.query(
      `update pgboss.job set state = 'created', started_on = null where id = $1 and state = 'active'`,
      [jobId],
    )
    on.logger.info({ job: name, jobId }, 'a job was put back: the server is stopping')
  }

  async function startWorker(definition: AnyJob): Promise<void> {
    const worker = await boss.work<object>(
      definition.name,
      { batchSize: 1, notifyPollingIntervalSeconds },
      async (jobs) => {
        try {
          for (const job of jobs) await run(definition, job)
        } finally {
          // More may wait: a notified worker fetches again at once instead of sleeping until its next poll.
          boss.notifyWorker(worker)
        }
      },
    )
  }

  return {
    async start(definitions, work) {
      await boss.start()
      await boss.createQueue(deadLetters)
      names = definitions.map((definition) => definition.name)
      for (const definition of definitions) {
        const options = {
          retryLimit: definition.retryLimit,
          retryBackoff: true,
          retryDelay: 2,
          expireInSeconds: definition.expireInSeconds,
          heartbeatSeconds,
          deadLetter: deadLetters,
          notify: true,
        }
        await boss.createQueue(definition.name, options)
        await boss.updateQueue(definition.name, options)
        if (definition.schedule) await boss.schedule(definition.name, definition.schedule)
      }
      // The first send reads the queue's settings; inside a transaction that read would wait for itself on PGlite.
      // `findJobs` is a read that fills the cache `send` looks in.
      for (const definition of definitions) await boss.findJobs(definition.name, { id: newId() })
      if (!work) return
      // An embedded database has one process at a time: whoever had these jobs is gone.
      if (on.database.kind === 'pglite') {
        await on.database.query(`update pgboss.job set state = 'retry' where state = 'active'`)
      }
      for (const definition of definitions) {
        for (let worker = 0; worker < definition.concurrency; worker++) {
          await startWorker(definition)
        }
      }
    },
    async send(scope, job, payload, options) {
      // The queue's tables belong to the server's role; the tenant has no way in, so step up for this statement.
      await scope.tx.execute(sql`select set_config('role', 'freehold_app', true)`)
      try {
        await sendIn(scope.tx, job.name, payload, scope.organizationId, options)
      } finally {
        // A transaction that failed takes no statement any more, and can do nothing in the wrong role either.
        await scope.tx.execute(sql`select set_config('role', 'freehold_tenant', true)`).catch(() => {})
      }
    },
    sendAsSystem: (tx, job, payload) => sendIn(tx, job.name, payload, undefined),
    async stats() {
      const rows = await on.database.query(
        `select name as queue,
           count(*) filter (where state in ('created', 'retry'))::int as waiting,
           count(*) filter (where state = 'active')::int as active,
           count(*) filter (where state = 'failed')::int as failed
         from pgboss.job where name = any ($1) group by name`,
        [names],
      )
      return rows.map((row) => ({
        queue: String(row.queue),
        waiting: Number(row.waiting),
        active: Number(row.active),
        failed: Number(row.failed),
      }))
    },
    async stop(graceMs) {
      const abort = setTimeout(
        () => stopping.abort(new Error('The server is stopping.')),
        Math.max(0, graceMs - 2_000),
      )
      await boss.stop({ graceful: true, timeout: graceMs, close: false })
      clearTimeout(abort)
      stopping.abort(new Error('The server has stopped.'))
    },
  }
}
