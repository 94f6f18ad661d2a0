import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AuthenticationCache } from '../auth/authentication-cache.ts'
import type { HeaderReader } from '../auth/credentials.ts'
import type { Caller } from '../context.ts'
import { AppError, callerGone, requestTimeout, unavailable } from '../errors.ts'
import { newId } from '../ids.ts'
import { errorFields } from '../telemetry/error-fields.ts'
import type { HttpAppOptions } from './app.ts'
import { drainBody } from './drain-body.ts'
import { errorAnswer, toAppError } from './error-response.ts'
import { clientAddress, identify } from './identify.ts'
import { logRequest } from './log-request.ts'
import { checkInput, defaultBodyLimitBytes, largerThan, parseJson } from './parse-input.ts'
import { Reply } from './reply.ts'
import { errorStyleOf, type Route } from './route.ts'
import { keepAlive, keepAliveMs } from './sse.ts'
import { standardHeaders } from './standard-headers.ts'

/**
 * The short way through: a call of the gateway goes from Node's request to its handler and back without the web's
 * `Request`, `Response` and streams around it, which cost more than the gateway itself. The steps are those of `app.ts`, of
 * the same functions, and `direct-lane.test.ts` holds that both ways answer alike.
 *
 * It takes what the hot path is made of: a POST of JSON to a direct route with a token. Whatever else a request asks for
 * (a cookie, a query, an Idempotency-Key, a preference, a trace) goes the long way.
 */
export interface DirectLane {
  /** @returns whether it answers this request; if not, nothing of it has been read */
  takes: (incoming: IncomingMessage, outgoing: ServerResponse) => boolean
}

const defaultTimeoutMs = 30_000

export function createDirectLane(options: HttpAppOptions, credentialCache: AuthenticationCache): DirectLane {
  const routes = new Map<string, Route>()
  for (const route of options.routes)
    if (route.contract.direct && route.contract.method === 'post') routes.set(route.contract.path, route)

  function fits({ method, headers }: IncomingMessage): boolean {
    return (
      method === 'POST' &&
      (headers.authorization !== undefined || headers['x-api-key'] !== undefined) &&
      headers['content-type']?.startsWith('application/json') === true &&
      headers['idempotency-key'] === undefined &&
      headers.prefer === undefined &&
      headers.expect === undefined &&
      !options.tracing.active
    )
  }

  return {
    takes(incoming, outgoing) {
      const route = routes.get(incoming.url ?? '')
      if (!route || !fits(incoming)) return false
      // Whatever goes wrong is an answer; what goes wrong with that can only break the connection.
      new DirectAnswer(route, incoming, outgoing, options, credentialCache).run().catch((error: unknown) => {
        options.logger.error({ err: error }, 'a request could not be answered')
        outgoing.destroy()
      })
      return true
    },
  }
}

/** One request on the lane. States: reading → handling → sending → done; an error leads from the first two to sending. */
class DirectAnswer {
  readonly #route: Route
  readonly #incoming: IncomingMessage
  readonly #outgoing: ServerResponse
  readonly #options: HttpAppOptions
  readonly #credentialCache: AuthenticationCache
  readonly #requestId = newId()
  readonly #startedAt = performance.now()
  /** Fires when the caller leaves, the time is up, or the server stops. */
  readonly #ending = new AbortController()
  #quotaHeaders: Record<string, string> | undefined
  #caller: Caller | undefined

  constructor(
    route: Route,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    options: HttpAppOptions,
    credentialCache: AuthenticationCache,
  ) {
    this.#route = route
    this.#incoming = incoming
    this.#outgoing = outgoing
    this.#options = options
    this.#credentialCache = credentialCache
  }

  async run(): Promise<void> {
    const { stopping } = this.#options
    const left = () => {
      if (!this.#outgoing.writableFinished) this.#ending.abort(callerGone())
    }
    const stop = () => this.#ending.abort(unavailable({ headers: { 'retry-after': '5' } }))
    this.#outgoing.once('close', left)
    stopping.addEventListener('abort', stop, { once: true })
    try {
      await this.#send(await this.#answer())
    } finally {
      stopping.removeEventListener('abort', stop)
      this.#outgoing.off('close', left)
      this.#note()
    }
  }

  /** What the route answers, or the error that the caller is to see instead. */
  async #answer(): Promise<Reply | AppError> {
    let timer: NodeJS.Timeout | undefined
    try {
      const timeoutMs = this.#route.contract.timeoutMs ?? defaultTimeoutMs
      const timeout = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => {
          const headers = { 'retry-after': '5' }
          const error = requestTimeout({ message: `No answer within ${timeoutMs} ms.`, headers })
          reject(error)
          this.#ending.abort(error)
        }, timeoutMs)
      })
      return await Promise.race([this.#handle(), timeout])
    } catch (error) {
      const gone = this.#outgoing.closed && !(error instanceof AppError)
      const known = gone ? callerGone({ cause: error }) : toAppError(error)
      const { logger } = this.#options
      if (known.status >= 500)
        logger.error({ err: error, requestId: this.#requestId }, errorFields(known).message)
      else if (known.cause)
        logger.info({ err: known.cause, requestId: this.#requestId }, errorFields(known).message)
      return known
    } finally {
      clearTimeout(timer)
    }
  }

  async #handle(): Promise<Reply> {
    const { contract } = this.#route
    const headers = readerOf(this.#incoming)
    const { trustProxy } = this.#options
    const forwardedFor = headers.get('x-forwarded-for') ?? undefined
    const ip = clientAddress(forwardedFor, this.#incoming.socket.remoteAddress, trustProxy)
    const request = { method: 'POST', headers, requestId: this.#requestId, ip }
    const caller = await identify(request, contract.access, {
      ...this.#options,
      credentialCache: this.#credentialCache,
      onQuota: (told) => {
        this.#quotaHeaders = told
      },
    })
    this.#caller = caller
    const bytes = await readWhole(this.#incoming, contract.bodyLimitBytes ?? defaultBodyLimitBytes)
    const input = checkInput(this.#route, { params: {}, query: {}, json: parseJson(bytes, false) })
    const direct = {
      ...input,
      caller,
      headers,
      requestId: this.#requestId,
      signal: this.#ending.signal,
    }
    // A direct route asks for neither `request` nor `http`; the test of both lanes would see one that did.
    const result = await this.#route.handle(direct as unknown as Parameters<Route['handle']>[0])
    return result instanceof Reply ? result : Reply.json(result)
  }

  async #send(answer: Reply | AppError): Promise<void> {
    const outgoing = this.#outgoing
    const { path } = this.#route.contract
    const request = {
      path,
      origin: this.#incoming.headers.origin,
      requestId: this.#requestId,
      quotaHeaders: this.#quotaHeaders,
    }
    const { unlessSet, always } = standardHeaders(request, this.#options)
    if (answer instanceof AppError) {
      const at = this.#options.clock.now()
      const told = errorAnswer(answer, { style: errorStyleOf(path), requestId: this.#requestId, at })
      const whole = await drainBody(this.#incoming)
      if (outgoing.destroyed) return
      const closing = whole ? {} : { connection: 'close' }
      const length = { 'content-length': String(Buffer.byteLength(told.body)) }
      outgoing.writeHead(told.status, { ...unlessSet, ...told.headers, ...always, ...closing, ...length })
      outgoing.end(told.body)
      return
    }
    const { content } = answer
    if ('json' in content) {
      const body = JSON.stringify(content.json)
      outgoing.writeHead(this.#route.contract.response.status, {
        ...unlessSet,
        'content-type': 'application/json',
        ...answer.headers,
        ...always,
        'content-length': Buffer.byteLength(body),
      })
      outgoing.end(body)
      return
    }
    outgoing.writeHead(200, { ...unlessSet, ...answer.headers, ...always })
    await sendEvents(outgoing, content.events)
  }

  #note(): void {
    const { metrics, logger } = this.#options
    const { path } = this.#route.contract
    const status = this.#outgoing.statusCode
    const durationMs = performance.now() - this.#startedAt
    metrics.observeRequest({ method: 'POST', route: path, status, durationMs })
    const requestId = this.#requestId
    logRequest(logger, { requestId, method: 'POST', path, status, caller: this.#caller, durationMs })
  }
}

/** Longer than this they are not gathered. */
const mostGatheredChars = 16_384

/**
 * As fast as the reader reads. The first event leaves at once; of the others those that came together leave together, when
 * their source has to wait, for each write costs more than an event.
 */
async function sendEvents(outgoing: ServerResponse, events: AsyncIterable<string>): Promise<void> {
  let gathered = ''
  let isFirst = true
  const flush = () => {
    if (gathered !== '' && !outgoing.destroyed && !outgoing.writableEnded) outgoing.write(gathered)
    gathered = ''
  }
  const awake = setInterval(() => {
    if (!outgoing.destroyed && !outgoing.writableNeedDrain) outgoing.write(keepAlive)
  }, keepAliveMs)
  try {
    for await (const text of events) {
      if (outgoing.destroyed) return
      if (gathered === '' && !isFirst) process.nextTick(flush)
      gathered += text
      if (isFirst || gathered.length > mostGatheredChars) flush()
      // Node keeps what is written in one turn together as well.
      if (isFirst) outgoing.socket?.uncork()
      isFirst = false
      if (outgoing.writableNeedDrain && !(await canGoOn(outgoing))) return
    }
    outgoing.end(gathered)
    gathered = ''
  } finally {
    clearInterval(awake)
  }
}

/** @returns false when the reader has left */
function canGoOn(outgoing: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    function onDrain(): void {
      outgoing.off('close', onClose)
      resolve(true)
    }
    function onClose(): void {
      outgoing.off('drain', onDrain)
      resolve(false)
    }
    outgoing.once('drain', onDrain).once('close', onClose)
  })
}

function readerOf({ headers }: IncomingMessage): HeaderReader {
  const get = (name: string) => {
    const value = headers[name.toLowerCase()]
    return Array.isArray(value) ? value.join(', ') : (value ?? null)
  }
  return { get, has: (name) => get(name) !== null }
}

/** @throws body_too_large (413); caller_gone when the body breaks off */
function readWhole(incoming: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(incoming.headers['content-length'] ?? 0) > limitBytes) {
      reject(largerThan(limitBytes))
      return
    }
    const parts: Buffer[] = []
    let size = 0
    incoming.on('data', (part: Buffer) => {
      size += part.byteLength
      if (size > limitBytes) reject(largerThan(limitBytes))
      else parts.push(part)
    })
    incoming.once('end', () => resolve(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)))
    incoming.once('error', (error) => reject(callerGone({ cause: error })))
    incoming.once('close', () => {
      if (!incoming.complete) reject(callerGone())
    })
  })
}
