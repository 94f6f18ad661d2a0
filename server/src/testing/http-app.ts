import type { Permission } from '../platform/auth/permissions.ts'
import { systemClock } from '../platform/clock.ts'
import { unauthenticated } from '../platform/errors.ts'
import { createHttpApp, type HttpApp, type HttpAppOptions } from '../platform/http/app.ts'
import { defineRoute, type Route } from '../platform/http/route.ts'
import { createLogger, createMetrics, startTracing } from '../platform/telemetry/index.ts'

export interface Harness {
  app: HttpApp
  logged: string[]
  stopping: AbortController
}

/** The web application over routes of a test's own, without a database. */
export async function createTestHttpApp(
  routes: Route[],
  options: Partial<HttpAppOptions> = {},
): Promise<Harness> {
  const logged: string[] = []
  const stopping = new AbortController()
  const app = createHttpApp({
    routes,
    // `person` and `machine` hold one permission; a cookie stands for the person too.
    authenticators: [
      {
        kind: 'token',
        async authenticate({ bearer }) {
          if (bearer === null) return undefined
          if (bearer !== 'person' && bearer !== 'machine') throw unauthenticated()
          const person = bearer === 'person'
          return { caller: { ...someone, kind: person ? 'user' : 'api_key', userId: person ? 'ada' : null } }
        },
      },
      {
        kind: 'cookie',
        authenticate: async ({ headers }) =>
          headers.get('cookie') === 'session=ada' ? { caller: someone } : undefined,
      },
    ],
    clock: systemClock,
    logger: createLogger({ level: 'debug', format: 'json', write: (line) => void logged.push(line) }),
    metrics: createMetrics({ processMetrics: false }),
    tracing: await startTracing({ endpoint: undefined, serviceName: 'test', version: '0' }),
    publicUrl: () => 'http://localhost',
    allowedOrigins: [],
    trustProxy: false,
    version: '0.0.0-test',
    stopping: stopping.signal,
    quota: { take: async () => ({}) },
    repeats: { once: (_request, run) => run() },
    ...options,
  })
  return { app, logged, stopping }
}

/** A person with one permission. */
export const someone = {
  kind: 'user' as const,
  userId: 'ada',
  apiKeyId: null,
  serviceAccountId: null,
  projectId: null,
  sessionId: null,
  organizationId: null,
  role: 'member' as const,
  permissions: new Set<Permission>(['read:usage']),
}

/** What a route of a test answers where the answer is not the point. */
export const ok = { status: 200, description: 'Fine' } as const

/** A route without input. */
export const getRoute = (path: string, access: Route['contract']['access'], handle: () => Promise<unknown>) =>
  defineRoute({ method: 'get', path, tag: 't', summary: 's', access, response: ok }, handle)

export interface Envelope {
  success: boolean
  error: {
    code: string
    message: string
    details: { problems?: { in: string; field: string; message: string }[] }
  }
  timestamp: string
  requestId: string
}

/** The body of a refusal under `/api/v1`. */
export async function envelopeOf(response: Response): Promise<Envelope> {
  return (await response.json()) as Envelope // what these tests are about
}
