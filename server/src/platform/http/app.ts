import type { IncomingMessage } from 'node:http'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { type AuthenticationCache, createAuthenticationCache } from '../auth/authentication-cache.ts'
import { type Authenticator, readCredentials } from '../auth/credentials.ts'
import type { Clock } from '../clock.ts'
import type { Caller } from '../context.ts'
import {
  AppError,
  callerGone,
  forbidden,
  methodNotAllowed,
  notFound,
  requestTimeout,
  unauthenticated,
  unavailable,
} from '../errors.ts'
import type { KeyedRequest, RepeatGuard } from '../idempotency/index.ts'
import { newId } from '../ids.ts'
import { errorFields } from '../telemetry/error-fields.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Tracing } from '../telemetry/tracing.ts'
import { drainBody } from './drain-body.ts'
import { errorResponse, toAppError } from './error-response.ts'
import { createLoggedPath } from './logged-path.ts'
import { describeRoute, openApiInfo } from './openapi.ts'
import { defaultBodyLimitBytes, parseInput, readBytes } from './parse-input.ts'
import type { RequestQuota } from './request-quota.ts'
import { errorStyleOf, type HttpEnvironment, type Route } from './route.ts'
import { corsHeaders, isSameOrigin, securityHeaders } from './security.ts'

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

export type HttpApp = OpenAPIHono<HttpEnvironment>

const defaultTimeoutMs = 30_000

/** The web application: the same steps for every route, in the order they stand here. */
export function createHttpApp(options: HttpAppOptions): HttpApp {
  const app: HttpApp = new OpenAPIHono<HttpEnvironment>()
  const credentialCache = createAuthenticationCache(options.authenticators, options.clock)
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
      const { unlessSet, always } = standardHeaders(http, options)
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
    logRequest(options.logger, http, loggedPath(http.req.path), durationMs)
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

/** The headers of every answer: those that an answer may say otherwise, and those of all. */
function standardHeaders(http: Context<HttpEnvironment>, options: HttpAppOptions) {
  const always = corsHeaders(http.req.header('origin'), options.allowedOrigins)
  always['x-request-id'] = http.get('requestId')
  // A refusal by a narrower limit than the organization's, such as a key's own, has said more.
  const unlessSet = { ...securityHeaders(http.req.path, options.publicUrl()), ...http.get('quotaHeaders') }
  return { unlessSet, always }
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
  const caller = await identify(http, route, options, credentialCache)
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
        request: http.req.raw,
        requestId,
        get signal() {
          return signal()
        },
        http,
      })
      if (result instanceof Response) return result
      const status = contract.response.status
      if (status === 204) return http.body(null, 204)
      const { mediaType } = contract.response
      // Some media types are JSON by another name.
      const type = mediaType?.endsWith('+json') ? mediaType : 'application/json'
      // Handlers return plain objects.
      if (contract.method !== 'get') return http.json(result as object, status, { 'content-type': type })
      // The busiest answers are made in one piece, which spares the copy of their headers that each change of one costs.
      const { unlessSet, always } = standardHeaders(http, options)
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

/**
 * Finds out who calls, whether they may, and whether their organization may ask any more now.
 * @throws unauthenticated (401), forbidden (403), rate_limited (429)
 */
async function identify(
  http: Context<HttpEnvironment>,
  route: Route,
  options: HttpAppOptions,
  credentialCache: AuthenticationCache,
): Promise<Caller> {
  const { access } = route.contract
  const headers = http.req.raw.headers
  const base = {
    requestId: http.get('requestId'),
    ip: clientAddress(http, options.trustProxy),
    userAgent: userAgent(headers),
  }
  if (access === 'public') return { ...nobody, ...base }
  const credentials = readCredentials(headers, base.ip)
  const found = await credentialCache.authenticate(credentials)
  if (!found) throw unauthenticated()
  if (found.kind === 'cookie') requireSameOrigin(http, options)
  await found.admit?.()
  const caller: Caller = { ...found.caller, ...base }
  http.set('quotaHeaders', await options.quota.take(caller))
  requireAccess(caller, access)
  return caller
}

function requireAccess(caller: Caller, access: Exclude<Route['contract']['access'], 'public'>): void {
  if (access === 'signed-in') return
  if (access === 'person') {
    if (caller.userId !== null && caller.kind === 'user') return
    throw forbidden({ message: 'This is for people: sign in. An API key cannot do it.' })
  }
  if (caller.permissions.has(access)) return
  throw forbidden({
    message: `This needs the permission ${access}, which ${caller.role ?? 'this credential'} does not have.`,
    details: { permission: access, role: caller.role },
  })
}

function requireSameOrigin(http: Context<HttpEnvironment>, options: HttpAppOptions): void {
  if (http.req.method === 'GET' || http.req.method === 'HEAD') return
  if (isSameOrigin(http.req.raw.headers, [options.publicUrl(), ...options.allowedOrigins])) return
  throw forbidden({
    message:
      'A cookie authenticates requests of this server’s own pages only. Send an Authorization header instead.',
    details: { reason: 'foreign_origin' },
  })
}

const nobody = {
  kind: 'user',
  userId: null,
  apiKeyId: null,
  serviceAccountId: null,
  sessionId: null,
  organizationId: null,
  role: null,
  permissions: new Set(),
} as const satisfies Omit<Caller, 'requestId' | 'ip' | 'userAgent'>

function userAgent(headers: Headers): string | null {
  return headers.get('user-agent')?.slice(0, 300) ?? null
}

function clientAddress(http: Context<HttpEnvironment>, trustProxy: boolean): string | null {
  // The last address is the one our own proxy saw; what stands before it is whatever the client sent.
  const forwarded = trustProxy ? http.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined
  if (forwarded) return forwarded.slice(0, 64)
  return nodeBindings(http).incoming?.socket.remoteAddress ?? null
}

/** What the Node adapter puts beside a request; in-process requests of tests have none. */
function nodeBindings(http: Context<HttpEnvironment>): { incoming?: IncomingMessage } {
  return (http.env as { incoming?: IncomingMessage } | undefined) ?? {} // set by the adapter, which Hono does not type
}

function logRequest(logger: Logger, http: Context<HttpEnvironment>, path: string, durationMs: number): void {
  const caller: Caller | undefined = http.get('caller')
  const fields = {
    requestId: http.get('requestId'),
    method: http.req.method,
    path,
    status: http.res.status,
    ms: Math.round(durationMs),
    ...(caller?.organizationId ? { organizationId: caller.organizationId } : {}),
    ...(caller?.userId ? { userId: caller.userId } : {}),
  }
  if (http.req.path.startsWith('/health/') || http.req.path === '/metrics') logger.debug(fields, 'request')
  else logger.info(fields, 'request')
}
