import type { IncomingHttpHeaders } from 'node:http'
import { type buildConnector, Pool } from 'undici'
import type { ProviderError } from '../provider-error.ts'
import { DispatchedReply } from './dispatched-reply.ts'
import { type ErrorSource, errorOfReply, make } from './map-error.ts'
import { errorOfNetwork } from './map-network-error.ts'

/**
 * One request to a provider and its reply, under the caller's signal and all timeouts.
 *
 * States of an exchange: waiting (for headers) → answering (body) → ended. It ends by the body's end, by a failure, by the
 * caller's signal, by the total timeout or by `release`, whichever is first; ending stops the timer and the listener, and
 * unless the body was read to its end, closes the connection, which providers take as the sign to stop.
 */
export interface Exchange {
  readonly contentType: string
  /** The next piece of the body; undefined at its end. What it throws goes through `failure`. */
  next(): Promise<Buffer | undefined>
  /** The body as text, refused beyond a size. Ends the exchange. */
  text(): Promise<string>
  /** What to throw for `error`, which reading the body threw: the caller's own reason when it was the caller who left. */
  failure(error: unknown, beforeFirstByte: boolean): unknown
  /** Ends the exchange. `complete` says that the answer was read up to its end mark, so that the connection is worth keeping. */
  release(complete: boolean): void
}

export interface ExchangeLimits {
  /** Connections kept to the provider; a stream holds one. */
  readonly connections: number
  readonly connectTimeoutMs: number
  readonly headersTimeoutMs: number
  /** Longest silence between two pieces of a body. */
  readonly bodyIdleTimeoutMs: number
  readonly totalTimeoutMs: number
  /** Largest body that is read whole. */
  readonly maxBodyBytes: number
  /** Dials in the place of the system, for an address that somebody named who may not reach every one. */
  readonly connect?: buildConnector.connector | undefined
}

/** The limits of a provider, with the usual ones where none are named. */
export function exchangeLimits(given: Partial<ExchangeLimits>): ExchangeLimits {
  return {
    connections: given.connections ?? 1_024,
    connectTimeoutMs: given.connectTimeoutMs ?? 10_000,
    headersTimeoutMs: given.headersTimeoutMs ?? 120_000,
    bodyIdleTimeoutMs: given.bodyIdleTimeoutMs ?? 60_000,
    totalTimeoutMs: given.totalTimeoutMs ?? 600_000,
    maxBodyBytes: given.maxBodyBytes ?? 64 * 1024 * 1024,
    connect: given.connect,
  }
}

export interface ExchangeClient {
  /** Throws `ProviderError` for anything but a success, or the signal's reason. `body` is sent as JSON. */
  send(
    method: 'GET' | 'POST',
    path: string,
    body: unknown,
    signal: AbortSignal,
    requestId: string,
    /** Of this request alone. */
    moreHeaders?: Readonly<Record<string, string>>,
  ): Promise<Exchange>
  close(): Promise<void>
}

const errorBodyBytes = 64 * 1024
/** How long a connection may take to end after the answer's end mark before it is given up. */
const trailingTimeoutMs = 1_000

export function createExchangeClient(
  source: ErrorSource,
  baseUrl: URL,
  headers: Readonly<Record<string, string>>,
  limits: ExchangeLimits,
): ExchangeClient {
  const prefix = baseUrl.pathname.replace(/\/+$/, '')
  const pool = new Pool(baseUrl.origin, {
    connections: limits.connections,
    pipelining: 1,
    // Over HTTP/2 many answers would share one connection and stall together; here each has its own, and closing it ends
    // exactly one answer.
    allowH2: false,
    connect: limits.connect ?? { timeout: limits.connectTimeoutMs },
    headersTimeout: limits.headersTimeoutMs,
    bodyTimeout: limits.bodyIdleTimeoutMs,
  })

  async function send(
    method: 'GET' | 'POST',
    path: string,
    body: unknown,
    signal: AbortSignal,
    requestId: string,
    moreHeaders: Readonly<Record<string, string>> = {},
  ): Promise<Exchange> {
    signal.throwIfAborted()
    const reply = new DispatchedReply()
    const guard = createGuard(source, reply, signal, limits.totalTimeoutMs)
    try {
      pool.dispatch(
        {
          method,
          path: prefix + path,
          headers: {
            ...headers,
            ...moreHeaders,
            'x-client-request-id': requestId,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          body: body === undefined ? null : JSON.stringify(body),
        },
        reply,
      )
      await reply.started
      if (reply.status === 200) return createExchange(source, reply, guard, limits)
      const text = await reply.text(errorBodyBytes).catch(() => '')
      signal.throwIfAborted()
      guard.abort()
      throw errorOfReply(source, {
        status: reply.status,
        text: text ?? '',
        retryAfterMs: readRetryAfter(reply.headers),
      })
    } catch (error) {
      const failure = guard.failure(error, false, true)
      guard.end()
      throw failure
    }
  }

  return { send, close: () => pool.destroy() }
}

function createExchange(
  source: ErrorSource,
  reply: DispatchedReply,
  guard: Guard,
  limits: ExchangeLimits,
): Exchange {
  return {
    contentType: String(reply.headers['content-type'] ?? ''),
    next: () => reply.next(),
    release(complete) {
      if (complete) guard.trail()
      else guard.abort()
    },
    failure: (error, beforeFirstByte) => guard.failure(error, true, beforeFirstByte),
    async text() {
      try {
        const text = await reply.text(limits.maxBodyBytes)
        if (text === undefined)
          throw make(source, 'bad_response', 'sent an answer larger than this server accepts')
        guard.end()
        return text
      } catch (error) {
        const failure = guard.failure(error, true, true)
        guard.abort()
        throw failure
      }
    },
  }
}

interface Guard {
  /** What to throw for an error of the connection. */
  failure(error: unknown, answering: boolean, beforeFirstByte: boolean): unknown
  /** Stops watching; the connection lives on. */
  end(): void
  /** Stops watching and closes the connection. */
  abort(): void
  /** Stops watching for an answer that is over; the connection lives on where the rest of it comes soon. */
  trail(): void
}

function createGuard(
  source: ErrorSource,
  reply: DispatchedReply,
  callerSignal: AbortSignal,
  totalTimeoutMs: number,
): Guard {
  let timedOut = false
  const onCallerAbort = () => reply.close(new Error('The caller has left.'))
  const timer = setTimeout(() => {
    timedOut = true
    reply.close(new Error('The time is up.'))
  }, totalTimeoutMs)
  callerSignal.addEventListener('abort', onCallerAbort, { once: true })
  const end = () => {
    clearTimeout(timer)
    callerSignal.removeEventListener('abort', onCallerAbort)
  }
  return {
    end,
    abort() {
      end()
      reply.close(new Error('Nobody reads on.'))
    },
    trail() {
      end()
      if (reply.isOver) return
      reply.discard(errorBodyBytes)
      setTimeout(
        () => reply.close(new Error('The answer did not end after its end mark.')),
        trailingTimeoutMs,
      ).unref()
    },
    failure(error, answering, beforeFirstByte) {
      if (isProviderError(error)) return error
      if (callerSignal.aborted) return callerSignal.reason
      if (timedOut) return make(source, 'timeout', 'did not finish in time', null, {}, beforeFirstByte)
      return errorOfNetwork(source, error, answering, beforeFirstByte)
    },
  }
}

function isProviderError(error: unknown): error is ProviderError {
  return error instanceof Error && error.name === 'ProviderError'
}

/** `retry-after-ms`, or `Retry-After` as seconds or as a date; the date is measured against the reply's own `Date`. */
function readRetryAfter(headers: IncomingHttpHeaders): number | null {
  const exact = Number(headers['retry-after-ms'] ?? Number.NaN)
  if (exact >= 0) return Math.ceil(exact)
  const text = headers['retry-after']
  if (typeof text !== 'string' || text === '') return null
  const seconds = Number(text)
  if (seconds >= 0) return Math.ceil(seconds * 1000)
  const wait = Date.parse(text) - Date.parse(String(headers.date ?? ''))
  return Number.isNaN(wait) ? null : Math.max(0, wait)
}
