import { type Composition, composeModules } from '../app/modules.ts'
import { buildApp } from '../app/server.ts'
import type { HttpApp } from '../platform/http/app.ts'
import { repeatJob } from '../platform/idempotency/index.ts'
import { createNodeRegistry } from '../platform/nodes/node-registry.ts'
import { createMemoryPlatform, type TestPlatform } from './memory-platform.ts'
import { testDatabase } from './test-database.ts'

export interface TestApp extends Composition {
  readonly platform: TestPlatform
  readonly app: HttpApp
  /** Sends a request in process; a body that is no string or form is sent as JSON. */
  request(method: string, path: string, options?: RequestOptions): Promise<Response>
  dispose(): Promise<void>
}

export interface RequestOptions {
  token?: string
  body?: unknown
  headers?: Record<string, string>
}

/** The whole program in process, on the worker's database, without jobs running. */
export async function createTestApp(environment: Readonly<Record<string, string>> = {}): Promise<TestApp> {
  const platform = await createMemoryPlatform(await testDatabase(), environment)
  const composition = composeModules(platform)
  const stopping = new AbortController()
  const app = buildApp(platform, composition.modules, stopping.signal)
  const nodes = createNodeRegistry(platform, platform.nodeId)
  // Jobs can be sent; a test that wants one done calls its action.
  await platform.jobs.start(
    [platform.mail.job, repeatJob(platform), ...composition.modules.flatMap((module) => module.jobs ?? [])],
    false,
  )
  return {
    ...composition,
    platform,
    app,
    async request(method, path, { token, body, headers = {} } = {}) {
      const raw = body === undefined || typeof body === 'string' || body instanceof FormData
      return app.request(`http://localhost${path}`, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(raw || headers['content-type'] ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: raw ? (body as string | FormData) : JSON.stringify(body) }), // `raw` says so
      })
    },
    async dispose() {
      stopping.abort()
      for (const module of [...composition.modules].reverse()) await module.stop?.()
      await platform.jobs.stop(1_000)
      await nodes.leave()
      await platform.dispose()
    },
  }
}

export interface Actor {
  token: string
  refreshToken: string
  userId: string
  email: string
  organizationId: string
  /** Sends as this person and gives status and parsed body. */
  call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: T }>
}

let people = 0

/** A new person with an organization of their own. */
export async function signUp(on: TestApp, name = 'Ada'): Promise<Actor> {
  const email = `person-${process.pid}-${Date.now()}-${people++}@example.com`
  const response = await on.request('POST', '/api/v1/auth/signup', {
    body: { email, password: 'correct horse battery', name, organizationName: `${name}'s` },
  })
  if (response.status !== 201)
    throw new Error(`Signing up failed: ${response.status} ${await response.text()}`)
  // The contract of signup.
  const session = (await response.json()) as {
    accessToken: string
    refreshToken: string
    user: { id: string }
    organization: { id: string }
  }
  const token = session.accessToken
  return {
    token,
    refreshToken: session.refreshToken,
    userId: session.user.id,
    email,
    organizationId: session.organization.id,
    async call<T>(method: string, path: string, body?: unknown) {
      const answer = await on.request(method, path, { token, body })
      const text = await answer.text()
      // The caller of the test states the shape it expects.
      return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as T }
    },
  }
}
