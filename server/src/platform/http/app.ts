import type { IncomingMessage } from 'node:http'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { type AuthenticationCache, createAuthenticationCache } from '../auth/authentication-cache.ts'
import type { Authenticator } from '../auth/credentials.ts'
import type { Clock } from '../clock.ts'
import { AppError, callerGone, methodNotAllowed, notFound, requestTimeout, unavailable } from '../errors.ts'
import type { KeyedRequest, RepeatGuard } from '../idempotency/index.ts'
import { newId } from '../ids.ts'
import { errorFields } from '../telemetry/error-fields.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Tracing } from '../telemetry/tracing.ts'
import { createDirectLane, type DirectLane } from './direct-lane.ts'
import { drainBody } from './drain-body.ts'
import { errorResponse, toAppError } from './error-response.ts'
import { clientAddress, identify } from './identify.ts'
import { logRequest } from './log-request.ts'
import { createLoggedPath } from './logged-path.ts'
import { describeRoute, openApiInfo } from './openapi.ts'
import { defaultBodyLimitBytes, parseInput, readBytes } from './parse-input.ts'
import { Reply } from './reply.ts'
import type { RequestQuota } from './request-quota.ts'
import { errorStyleOf, type HttpEnvironment, type Route } from './route.ts'
import { standardHeaders } from './standard-headers.ts'
import { streamOf } from './stream-text.ts'

export interface HttpAppOptions {
  routes: readonly Route[]
  authenticators: readonly Authenticator[]
  clock: Clock
  logger: Logger
  metrics: Metrics
  tracing: Tracing
  /** The public URL, for origin checks and HSTS. */
  publicUrl: () => string
  allowedOrigins: readonly string[]
  trustProxy: boolean
  version: string
  /** Fires when the server begins to stop. */
  stopping: AbortSignal
  /** Gives requests with an Idempotency-Key one effect; without it the header is refused. */
  repeats: RepeatGuard
  quota: RequestQuota
}

export type HttpApp = OpenAPIHono<HttpEnvironment> & { readonly lane: DirectLane }

const defaultTimeoutMs = 30_000

/** The web application: the same steps for every route, in the order they stand here. */
export function createHttpApp(options: HttpAppOptions): HttpApp {
  const credentialCache = createAuthenticationCache(options.authenticators, options.clock)
  const lane = createDirectLane(options, credentialCache)
  const app: HttpApp = Object.assign(new OpenAPIHono<HttpEnvironment>(), { lane })
  const loggedPath = createLoggedPath(options.routes.map((route) => route.contract.path))
  // What fires a request's signal is what its answer says, so the reason is an error of the API.
  const stopping = withReason(options.stopping, () => unavailable({ headers: { 'retry-after': '5' } }))

  app.use(async (http, next) => {
    const startedAt = performance.now()
    const requestId = newId()
    http.set('requestId', requestId)
    http.set('route', 'unmatched')
    http.set('errorStyle', errorStyleOf(http.req.path))
    const attributes = { 'http.request.method': http.req.method, 'freehold.request_id': requestId }
    const traceparent = http.req.header('traceparent')
    await options.tracing.withSpan(
      `HTTP ${http.req.method}`,
      { kind: 'server', attributes, traceparent },
      async (span) => {
        await next()
        span.setAttributes({ 'http.route': http.get('route'), 'http.response.status_code': http.res.status })
      },
    )
    if (http.get('headed') !== http.res) {
      const { unlessSet, always } = headersFor(http, options)
      for (const [name, value] of Object.entries(unlessSet))
        if (!http.res.headers.has(name)) http.res.headers.set(name, value)
      for (const [name, value] of Object.entries(always)) http.res.headers.set(name, value)
    }
    const { incoming } = nodeBindings(http)
    if (http.res.status >= 400 && incoming && !(await drainBody(incoming)))
      http.res.headers.set('connection', 'close')
    const durationMs = performance.now() - startedAt
    const { status } = http.res
    options.metrics.observeRequest({ method: http.req.method, route: http.get('route'), status, durationMs })
    const { requestId: id, caller } = http.var
    const { method } = http.req
    const path = loggedPath(http.req.path)
    logRequest(options.logger, { requestId: id, method, path, status, caller, durationMs })
  })

  app.options('*', (http) => http.body(null, 204))

  for (const route of options.routes) {
    app.openAPIRegistry.registerPath(describeRoute(route))
    const path = route.contract.path.replaceAll(/\{(\w+)\}/g, ':$1')
    app.on(route.contract.method.toUpperCase(), path, (http) =>
      answer(http, route, options, credentialCache, stopping),
    )
  }
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' })
  app.get('/openapi.json', (http) => {
    http.set('route', '/openapi.json')
    return http.json(app.getOpenAPI31Document(openApiInfo(options.version, options.publicUrl())))
  })

  app.notFound((http) => errorResponse(http, missing(http, options.routes), options.clock))
  app.onError((error, http) => {
    const left = http.req.raw.signal.aborted && !(error instanceof AppError)
    const known = left ? callerGone({ cause: error }) : toAppError(error)
    if (known.status >= 500)
      options.logger.error({ err: error, requestId: http.get('requestId') }, errorFields(known).message)
    else if (known.cause)
      options.logger.info({ err: known.cause, requestId: http.get('requestId') }, errorFields(known).message)
    return errorResponse(http, known, options.clock)
  })
  return app
}

function headersFor(http: Context<HttpEnvironment>, options: HttpAppOptions) {
  const { requestId, quotaHeaders } = http.var
  const { path } = http.req
  return standardHeaders({ path, origin: http.req.header('origin'), requestId, quotaHeaders }, options)
}

/** Nothing at this path, or nothing for this method. */
function missing(http: Context<HttpEnvironment>, routes: readonly Route[]): AppError {
  const methods = routes
    .filter((route) =>
      new RegExp(`^${route.contract.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(http.req.path),
    )
    .map((route) => route.contract.method.toUpperCase())
  if (methods.length === 0)
    return notFound({ message: `There is no ${http.req.method} ${http.req.path} here.` })
  return methodNotAllowed({
    message: `${http.req.path} does not answer ${http.req.method}; it answers ${methods.join(', ')}.`,
    headers: { allow: methods.join(', ') },
  })
}

async function answer(
  http: Context<HttpEnvironment>,
  route: Route,
  options: HttpAppOptions,
  credentialCache: AuthenticationCache,
  stopping: AbortSignal,
): Promise<Response> {
  const { contract } = route
  http.set('route', contract.path)
  const requestId = http.get('requestId')
  const sent = http.req.raw.headers
  const ip = clientAddress(
    http.req.header('x-forwarded-for'),
    nodeBindings(http).incoming?.socket.remoteAddress,
    options.trustProxy,
  )
  const onQuota = (told: Record<string, string>) => http.set('quotaHeaders', told)
  const request = { method: http.req.method, headers: sent, requestId, ip }
  const caller = await identify(request, contract.access, { ...options, credentialCache, onQuota })
  http.set('caller', caller)
  const timeUp = new AbortController()
  const key = contract.method === 'post' ? http.req.header('idempotency-key') : undefined
  let made: AbortSignal | undefined
  // Made when a handler asks for it: most are done before anything could end them.
  const signal = () => {
    // A request that is repeated when its connection breaks goes on without it, to be found done by the repetition.
    const leaves = key === undefined ? [withReason(http.req.raw.signal, callerGone)] : []
    made ??= AbortSignal.any([...leaves, timeUp.signal, stopping])
    return made
  }
  const timeoutMs = contract.timeoutMs ?? defaultTimeoutMs
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = requestTimeout({
        message: `No answer within ${timeoutMs} ms.`,
        headers: { 'retry-after': '5' },
      })
      reject(error)
      timeUp.abort(error)
    }, timeoutMs)
  })
  try {
    const work = async () => {
      const input = await parseInput(route, http.req.raw, http.req.param())
      const result = await route.handle({
        ...input,
        caller,
        headers: sent,
        request: http.req.raw,
        requestId,
        get signal() {
          return signal()
        },
        http,
      })
      if (result instanceof Response) return result
      if (result instanceof Reply) return asResponse(http, result, contract.response.status)
      const status = contract.response.status
      if (status === 204) return http.body(null, 204)
      const { mediaType } = contract.response
      // Some media types are JSON by another name.
      const type = mediaType?.endsWith('+json') ? mediaType : 'application/json'
      // Handlers return plain objects.
      if (contract.method !== 'get') return http.json(result as object, status, { 'content-type': type })
      // The busiest answers are made in one piece, which spares the copy of their headers that each change of one costs.
      const { unlessSet, always } = headersFor(http, options)
      const headers = { ...unlessSet, ...always, 'content-type': type }
      const response = new Response(JSON.stringify(result), { status, headers })
      http.set('headed', response)
      return response
    }
    const once = async () => (key === undefined ? work() : options.repeats.once(await keyed(key), work))
    const keyed = async (given: string): Promise<KeyedRequest> => ({
      key: given,
      caller,
      method: contract.method,
      target: http.req.path + new URL(http.req.url).search,
      contentType: http.req.header('content-type') ?? null,
      body: await readBytes(http.req.raw.clone(), contract.bodyLimitBytes ?? defaultBodyLimitBytes),
      waitMs: timeoutMs - 1_000,
      keptMs: contract.answerKeptMs,
      present(error) {
        const known = toAppError(error)
        if (known.status < 500 && known.cause)
          options.logger.info({ err: known.cause, requestId }, errorFields(known).message)
        return errorResponse(http, known, options.clock)
      },
    })
    return await Promise.race([once().catch(rethrow), timeout])
  } finally {
    // Whatever was changed may have been what somebody may do.
    if (contract.method !== 'get' && !contract.path.startsWith('/v1/')) credentialCache.clear()
    clearTimeout(timer)
  }
}

function asResponse(http: Context<HttpEnvironment>, { content, headers }: Reply, status: number): Response {
  if ('events' in content) return http.body(streamOf(content.events), 200, headers)
  return new Response(JSON.stringify(content.json), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  })
}

/** Hono hands over errors only; what else is thrown would reach the client past every step above. */
function rethrow(thrown: unknown): never {
  if (thrown instanceof Error) throw thrown
  throw new Error('Something was thrown that is no error.', { cause: thrown })
}

/** A signal that fires with `signal`, for a reason of our own. */
function withReason(signal: AbortSignal, reason: () => AppError): AbortSignal {
  const controller = new AbortController()
  const fire = () => controller.abort(reason())
  if (signal.aborted) fire()
  else signal.addEventListener('abort', fire, { once: true })
  return controller.signal
}

/** What the Node adapter puts beside a request; in-process requests of tests have none. */
function nodeBindings(http: Context<HttpEnvironment>): { incoming?: IncomingMessage } {
  return (http.env as { incoming?: IncomingMessage } | undefined) ?? {} // set by the adapter, which Hono does not type
}
