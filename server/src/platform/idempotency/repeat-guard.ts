import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import type { Caller } from '../context.ts'
import type { KeyRing } from '../crypto/index.ts'
import type { Database } from '../db/database.ts'
import { systemTx } from '../db/transactions.ts'
import type { Logger } from '../telemetry/logger.ts'
import { keyInvalid, keyReused, outcomeUnknown, requestInProgress } from './errors.ts'
import {
  claimKey,
  deleteUnansweredKey,
  findKey,
  type RepeatKey,
  type RepeatRow,
  updateKeyAnswered,
} from './store.ts'

/**
 * Requests that carry an Idempotency-Key have one effect, however often and however concurrently they are sent, and
 * every one of them gets the first one's answer (draft-ietf-httpapi-idempotency-key-header).
 *
 * States of a key: free → at work (no status) → answered; it is free again a day after it was taken, or at once when its
 * request came to nothing (a limit, a failure of ours). Where the answer holds tokens it is free seconds after that. Invariants: one request works on a key; what came of it is kept
 * even if its client has left; a key whose server died is refused, because running it again might do it twice.
 */
export interface RepeatGuard {
  /** @throws idempotency_key_invalid (400), idempotency_key_reused (422), request_in_progress, outcome_unknown (409) */
  once(request: KeyedRequest, run: () => Promise<Response>): Promise<Response>
}

export interface KeyedRequest {
  key: string
  caller: Caller
  method: string
  /** Path and query. */
  target: string
  contentType: string | null
  body: Uint8Array
  /** How long a repetition waits for the first one. */
  waitMs: number
  /** How long its answer is kept; a day when undefined. */
  keptMs?: number | undefined
  /** An error as the answer it becomes. */
  present(error: unknown): Response
}

const dayMs = 24 * 3600 * 1000
const pollMs = 100
/** Answers that say "not now": the same key may try again. */
const passing = new Set([401, 403, 408, 409, 425, 429, 499])
/** Of a stream: beyond this the answer is not kept, and a repetition is told so. */
const mostKeptBytes = 8_388_608
const keptHeaders = ['content-type', 'location', 'x-freehold-request-id']
/** The owner of keys that come without credentials: who signs up has none. */
const nobody = '00000000-0000-0000-0000-000000000000'

export function createRepeatGuard(on: {
  database: Database
  clock: Clock
  keyRing: KeyRing
  logger: Logger
  nodeId: string
  aliveNodeIds(): Promise<string[]>
}): RepeatGuard {
  /** What this process is at work on. */
  const atWork = new Map<string, Promise<unknown>>()

  /** @returns undefined when another request has the key */
  async function claimAndWork(
    key: RepeatKey,
    request: KeyedRequest,
    requestHash: string,
    run: () => Promise<Response>,
  ): Promise<Response | undefined> {
    const now = on.clock.now()
    const expiresAt = new Date(now.getTime() + dayMs)
    const claimed = await systemTx(on, 'repeat-request', (tx) =>
      claimKey(tx, { ...key, requestHash, nodeId: on.nodeId, createdAt: now, expiresAt }),
    )
    return claimed ? work(key, request, run) : undefined
  }

  async function work(
    key: RepeatKey,
    request: KeyedRequest,
    run: () => Promise<Response>,
  ): Promise<Response> {
    try {
      const response = await run()
      return await keep(key, response, request.keptMs)
    } catch (error) {
      const refusal = await keep(key, request.present(error))
      // What failed is for the app to report; a refusal is the answer, the same each time.
      if (refusal.status >= 500) throw error
      return refusal
    }
  }

  async function keep(key: RepeatKey, response: Response, keptMs?: number): Promise<Response> {
    // A refusal had no effect; kept for nobody in particular, it would let strangers fill the database.
    const isStrangers = key.ownerId === nobody && response.status >= 400
    if (response.status >= 500 || passing.has(response.status) || isStrangers) {
      await systemTx(on, 'repeat-request', (tx) => deleteUnansweredKey(tx, key))
      return response
    }
    if (!response.body) {
      await store(key, response, '', keptMs)
      return response
    }
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
      await store(key, response, await response.clone().text(), keptMs)
      return response
    }
    return new Response(keepStream(key, response, response.body), response)
  }

  /** The bytes go to the client as they come, and are kept once they have ended. */
  function keepStream(key: RepeatKey, response: Response, body: ReadableStream<Uint8Array>): ReadableStream {
    const parts: Uint8Array[] = []
    let bytes = 0
    const ended = Promise.withResolvers<void>()
    atWork.set(nameOf(key), ended.promise)
    const done = (settle: Promise<void>) =>
      settle
        .catch((error: unknown) =>
          on.logger.warn({ err: error }, 'an answer could not be kept for its repetition'),
        )
        .finally(() => {
          atWork.delete(nameOf(key))
          ended.resolve()
        })
    // The client left, and so the work was given up: the key may try again.
    const release = () => done(systemTx(on, 'repeat-request', (tx) => deleteUnansweredKey(tx, key)))
    return body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(part, controller) {
          bytes += part.byteLength
          if (bytes <= mostKeptBytes) parts.push(part)
          controller.enqueue(part)
        },
        flush: () =>
          bytes <= mostKeptBytes
            ? done(store(key, response, Buffer.concat(parts).toString('utf8')))
            : release(),
        cancel: release,
      }),
    )
  }

  async function store(key: RepeatKey, response: Response, body: string, keptMs?: number): Promise<void> {
    const headers = Object.fromEntries(
      keptHeaders.flatMap((name) => {
        const value = response.headers.get(name)
        return value === null ? [] : [[name, value]]
      }),
    )
    const bodySealed = on.keyRing.sealText(body, purposeOf(key))
    await systemTx(on, 'repeat-request', (tx) =>
      updateKeyAnswered(tx, key, {
        status: response.status,
        headers,
        bodySealed,
        ...(keptMs === undefined ? {} : { expiresAt: new Date(on.clock.now().getTime() + keptMs) }),
      }),
    )
  }

  /** Waits until the first request is over. @returns undefined when it came to nothing and the key is free */
  async function answerOf(
    key: RepeatKey,
    request: KeyedRequest,
    requestHash: string,
  ): Promise<Response | undefined> {
    const untilMs = performance.now() + request.waitMs
    for (;;) {
      // Before the look: who was at work then and is not in what it finds has not taken the key yet.
      const here = atWork.get(nameOf(key))
      const row = await systemTx(on, 'repeat-request', (tx) => findKey(tx, key))
      if (!row && !here) return undefined
      if (row && row.requestHash !== requestHash) throw keyReused()
      if (row && row.status !== null) return replay(key, row)
      if (row && !here && !atWork.has(nameOf(key)) && (await isAbandoned(key, row))) throw outcomeUnknown()
      const leftMs = untilMs - performance.now()
      if (leftMs <= 0) throw requestInProgress({ headers: { 'retry-after': '1' } })
      await Promise.race([here?.catch(() => {}) ?? sleep(pollMs), sleep(Math.min(leftMs, pollMs * 10))])
    }
  }

  /** Whether nobody is at work on a key that has no answer. Of this process, `atWork` knows everything. */
  async function isAbandoned(key: RepeatKey, { nodeId }: RepeatRow): Promise<boolean> {
    if (nodeId !== on.nodeId) return !(await on.aliveNodeIds()).includes(nodeId)
    // It may have ended since the row was read; what it came to was stored before it left `atWork`.
    const row = await systemTx(on, 'repeat-request', (tx) => findKey(tx, key))
    return row !== undefined && row.status === null && !atWork.has(nameOf(key))
  }

  function replay(key: RepeatKey, row: RepeatRow): Response {
    const body = on.keyRing.openText(row.bodySealed ?? '', purposeOf(key))
    const status = row.status ?? 200
    return new Response(status === 204 ? null : body, {
      status,
      headers: { ...row.headers, 'idempotency-replayed': 'true' },
    })
  }

  return {
    async once(request, run) {
      if (!/^[\x21-\x7e]{1,255}$/.test(request.key)) throw keyInvalid()
      const { caller } = request
      // Two people of one organization may happen on the same key; and what ends one session ends no other.
      const ofSession = request.target.startsWith('/api/v1/auth/') ? caller.sessionId : null
      const principal = caller.apiKeyId ?? ofSession ?? caller.userId ?? ''
      const key = {
        ownerId: caller.organizationId ?? caller.userId ?? nobody,
        keyHash: hashOf([principal, request.key]),
      }
      const requestHash = hashOf([request.method, request.target, typeOf(request), comparableBody(request)])
      const name = nameOf(key)
      for (;;) {
        // Said before the key is taken: others here may see the row sooner than this request hears that it has it.
        if (!atWork.has(name)) {
          const attempt = claimAndWork(key, request, requestHash, run)
          atWork.set(name, attempt)
          const response = await attempt.finally(() => {
            // A stream has put its own end there.
            if (atWork.get(name) === attempt) atWork.delete(name)
          })
          if (response) return response
        }
        const answer = await answerOf(key, request, requestHash)
        if (answer) return answer
      }
    },
  }
}

function nameOf({ ownerId, keyHash }: RepeatKey): string {
  return `${ownerId} ${keyHash}`
}

function purposeOf(key: RepeatKey): string {
  return `idempotency:${nameOf(key)}`
}

function hashOf(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(String(part.length)).update(':').update(part)
  return hash.digest('hex')
}

function typeOf({ contentType }: KeyedRequest): string {
  return contentType?.split(';')[0]?.trim().toLowerCase() ?? ''
}

/** A client makes a new multipart boundary for each attempt: without it the same form is the same bytes. */
function comparableBody({ contentType, body }: KeyedRequest): Uint8Array {
  const boundary = contentType && /boundary="?([^";]{1,200})"?/i.exec(contentType)?.[1]
  if (!boundary) return body
  return Buffer.from(Buffer.from(body).toString('latin1').replaceAll(boundary, ''), 'latin1')
}
