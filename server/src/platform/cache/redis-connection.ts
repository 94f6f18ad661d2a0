import { Redis, type RedisOptions } from 'ioredis'
import type { Clock } from '../clock.ts'
import type { Logger } from '../telemetry/logger.ts'

/**
 * One Valkey or Redis, which may be away at any time without harm: what is asked of it meanwhile is answered by the
 * alternative its caller brought, at once or within the time limit. Nothing is queued for later.
 *
 * States of the command connection:
 * - up: commands are sent. One that gets no answer in time → suspended.
 * - suspended: for a second nothing is sent, so that a server that hangs costs one wait and not one for each request.
 * - down: not connected; it reconnects by itself after at most a second, for ever → up.
 * The first failure after a success is logged as a warning and the first success after that as information.
 */
export interface RedisConnection {
  /** Runs commands, or the alternative when the server is away, does not answer in time, or answers with an error. */
  run<T, Otherwise>(work: (redis: Redis) => Promise<T>, otherwise: () => Otherwise): Promise<T | Otherwise>
  /** A second connection that listens. It reconnects, but what was subscribed is the pub/sub's to restore. */
  readonly subscriber: Redis
  /** A key or channel name of this installation. */
  key(kind: 'cache' | 'limit' | 'channel' | 'control', name: string): string
  /** For health checks: throws unless the server answers now. */
  check(): Promise<void>
  close(): Promise<void>
}

export interface RedisConnectionOptions {
  /** `redis://` or `rediss://`, with credentials; it is never logged. */
  url: string
  clock: Clock
  log: Logger
  /** Begins every key and channel, so that installations can share a server. Default `freehold`. */
  prefix?: string
  /** Default 250. */
  commandTimeoutMs?: number
  /** How long opening waits for the server before going on without it. Default 1,000. */
  connectTimeoutMs?: number
}

const suspensionMs = 1_000
const refusalLogIntervalMs = 60_000
const longestRetryDelayMs = 1_000
// A connection that hangs this long with an answer due is dropped and opened anew.
const deadSocketMs = 2_000

/** Connects; a server that is away delays the start by the connect timeout and does not stop it. */
export async function openRedisConnection(options: RedisConnectionOptions): Promise<RedisConnection> {
  const { url, clock, log, prefix = 'freehold', commandTimeoutMs = 250, connectTimeoutMs = 1_000 } = options
  const settings = {
    connectTimeout: connectTimeoutMs,
    socketTimeout: deadSocketMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    retryStrategy: (attempt: number) => Math.min(50 * 2 ** (attempt - 1), longestRetryDelayMs),
  } satisfies RedisOptions
  const commands = new Redis(url, settings)
  const subscriber = new Redis(url, settings)
  let away = false
  let closing = false
  let suspendedUntilMs = 0
  let nextRefusalLogMs = 0

  function noteFailure(error: unknown): void {
    if (error instanceof Error && error.name === 'ReplyError') {
      noteRefusal(error)
      return
    }
    if (away || closing) return
    away = true
    log.warn({ err: error }, 'Valkey is away; going on without it.')
  }
  // Out of memory, read-only, no permission: the server is there and refuses some commands, perhaps every second one.
  function noteRefusal(error: Error): void {
    const nowMs = clock.now().getTime()
    if (nowMs < nextRefusalLogMs) return
    nextRefusalLogMs = nowMs + refusalLogIntervalMs
    log.warn({ err: error }, 'Valkey refuses commands; going on without their results.')
  }
  function noteSuccess(): void {
    if (!away) return
    away = false
    log.info({}, 'Valkey is back.')
  }
  // Without a listener ioredis prints every failed attempt to connect.
  commands.on('error', noteFailure)
  subscriber.on('error', noteFailure)
  commands.on('ready', noteSuccess)

  async function attempt<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    if (commands.status !== 'ready') throw new Error('not connected')
    if (clock.now().getTime() < suspendedUntilMs)
      throw new Error('suspended after a command without an answer')
    try {
      return await answerWithin(work(commands), commandTimeoutMs)
    } catch (error) {
      if (error instanceof NoAnswer) suspendedUntilMs = clock.now().getTime() + suspensionMs
      throw error
    }
  }

  await Promise.all([commands, subscriber].map((redis) => readyWithin(redis, connectTimeoutMs)))

  return {
    subscriber,
    key: (kind, name) => `${prefix}:${kind}:${name}`,
    async run(work, otherwise) {
      try {
        const result = await attempt(work)
        noteSuccess()
        return result
      } catch (error) {
        noteFailure(error)
        return otherwise()
      }
    },
    async check() {
      await attempt((redis) => redis.ping())
    },
    async close() {
      closing = true
      await Promise.all([commands, subscriber].map(end))
    },
  }
}

class NoAnswer extends Error {}

/**
 * Rejects when a promise takes longer. After its timer it lets the event loop read the sockets once more: behind a long
 * computation of our own the answer is usually there and only unread.
 */
export async function answerWithin<T>(answer: Promise<T>, limitMs: number): Promise<T> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => setImmediate(() => reject(new NoAnswer(`no answer in ${limitMs} ms`))),
    limitMs,
  )
  try {
    return await Promise.race([answer, tooLate])
  } finally {
    clearTimeout(timer)
  }
}

async function readyWithin(redis: Redis, limitMs: number): Promise<void> {
  if (redis.status === 'ready') return
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, limitMs)
  redis.once('ready', resolve)
  await promise
  clearTimeout(timer)
  redis.off('ready', resolve)
}

async function end(redis: Redis): Promise<void> {
  if (redis.status === 'ready') await answerWithin(redis.quit(), 250).catch(() => {})
  redis.disconnect()
}
