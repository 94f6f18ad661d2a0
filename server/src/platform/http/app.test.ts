import { z } from '@hono/zod-openapi'
import { describe, expect, test } from 'vitest'
import type { Permission } from '../auth/permissions.ts'
import { systemClock } from '../clock.ts'
import { defineError, forbidden, unauthenticated } from '../errors.ts'
import { createLogger, createMetrics, startTracing } from '../telemetry/index.ts'
import { createHttpApp, type HttpApp, type HttpAppOptions } from './app.ts'
import { defineRoute, type Route } from './route.ts'

interface Harness {
  app: HttpApp
  logged: string[]
  stopping: AbortController
}

async function harness(routes: Route[], options: Partial<HttpAppOptions> = {}): Promise<Harness> {
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
          return {
            ...someone,
            kind: bearer === 'person' ? 'user' : 'api_key',
            userId: bearer === 'person' ? 'ada' : null,
          }
        },
      },
      {
        kind: 'cookie',
        authenticate: async ({ headers }) => (headers.get('cookie') === 'session=ada' ? someone : undefined),
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
    ...options,
  })
  return { app, logged, stopping }
}

const someone = {
  kind: 'user' as const,
  userId: 'ada',
  apiKeyId: null,
  sessionId: null,
  organizationId: null,
  role: 'member' as const,
  permissions: new Set<Permission>(['read:usage']),
}

const taken = defineError('names.taken', 409, 'The name is taken.')
const ok = { status: 200, description: 'Fine' } as const
const noted = z.strictObject({
  name: z.string('must be a string'),
  size: z.number('must be a number').int().max(10, 'must be at most 10'),
})

const echo = defineRoute(
  {
    method: 'post',
    path: '/api/v1/notes/{id}',
    tag: 't',
    summary: 's',
    access: 'public',
    params: z.object({ id: z.uuid('must be a UUID') }),
    query: z.strictObject({ page: z.coerce.number('must be a number').optional() }),
    body: noted,
    response: ok,
  },
  async ({ body }) => body,
)
const id = '0190a1b2-0000-7000-8000-0123456789ab'

const get = (path: string, access: Route['contract']['access'], handle: () => Promise<unknown>) =>
  defineRoute({ method: 'get', path, tag: 't', summary: 's', access, response: ok }, handle)

function post(
  app: HttpApp,
  path: string,
  body: string | ReadableStream,
  headers: Record<string, string> = {},
) {
  return app.request(`http://localhost${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    duplex: 'half',
  } as RequestInit) // the DOM's type does not know duplex
}

interface Envelope {
  success: boolean
  error: {
    code: string
    message: string
    details: { problems?: { in: string; field: string; message: string }[] }
  }
  timestamp: string
  requestId: string
}

async function envelopeOf(response: Response): Promise<Envelope> {
  return (await response.json()) as Envelope // what these tests are about
}

describe('a refused request', () => {
  test('is answered in the one envelope, with the request id of the header', async () => {
    const { app } = await harness([echo])
    const response = await app.request('http://localhost/api/v1/nothing')
    const body = await envelopeOf(response)
    expect(response.status).toBe(404)
    expect(Object.keys(body)).toEqual(['success', 'error', 'timestamp', 'requestId'])
    expect(Object.keys(body.error)).toEqual(['code', 'message', 'details'])
    expect(body).toMatchObject({ success: false, requestId: response.headers.get('x-request-id') })
    expect(new Date(body.timestamp).toISOString()).toBe(body.timestamp)
  })

  test('with malformed JSON says where, and nothing of what it holds', async () => {
    const { app } = await harness([echo])
    for (const text of [
      '{"name":"sk-secret", oops}',
      '{"name":"sk-secret"',
      'sk-secret',
      '{"a":1}sk-secret',
      '["sk-secret",]',
    ]) {
      const response = await post(app, `/api/v1/notes/${id}`, text)
      const body = await envelopeOf(response)
      expect(response.status).toBe(400)
      expect(body.error.code).toBe('malformed_json')
      expect(body.error.message).toMatch(/position \d+|not valid JSON/)
      expect(JSON.stringify(body)).not.toContain('secret')
    }
    const placed = await envelopeOf(await post(app, `/api/v1/notes/${id}`, '{"name":"x", oops}'))
    expect(placed.error.message).toContain('position 13')
    expect((await post(app, `/api/v1/notes/${id}`, '')).status).toBe(400)
  })

  test('names everything wrong with it at once, in path, query and body', async () => {
    const { app } = await harness([echo])
    const response = await post(app, '/api/v1/notes/7?page=x&sort=up', '{"name":1,"size":11,"extra":true}')
    const { error } = await envelopeOf(response)
    expect(response.status).toBe(400)
    expect(error.code).toBe('validation_failed')
    const problems = error.details.problems?.map(
      (problem) => `${problem.in} ${problem.field}: ${problem.message}`,
    )
    expect(problems?.toSorted()).toEqual([
      'body extra: unknown field: extra',
      'body name: must be a string',
      'body size: must be at most 10',
      'path id: must be a UUID',
      'query page: must be a number',
      'query sort: unknown field: sort',
    ])
  })

  test('with a body that is no JSON by its type is 415, and says what is taken', async () => {
    const { app } = await harness([echo])
    const response = await post(app, `/api/v1/notes/${id}`, '<name/>', { 'content-type': 'text/xml' })
    expect(response.status).toBe(415)
    expect(await envelopeOf(response)).toMatchObject({
      error: { details: { given: 'text/xml', accepted: ['application/json'] } },
    })
    const valid = '{"name":"a","size":1}'
    for (const type of [
      'application/json; charset=utf-8',
      'application/merge-patch+json',
      'APPLICATION/JSON',
    ]) {
      expect((await post(app, `/api/v1/notes/${id}`, valid, { 'content-type': type })).status).toBe(200)
    }
  })

  test('with a body beyond the limit is 413, said beforehand or only while it comes', async () => {
    const { app } = await harness([echo])
    const large = 'x'.repeat(1_048_577)
    expect(
      (await post(app, `/api/v1/notes/${id}`, large, { 'content-length': String(large.length) })).status,
    ).toBe(413)
    let pulled = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++
        controller.enqueue(new Uint8Array(65_536).fill(120))
      },
    })
    expect((await post(app, `/api/v1/notes/${id}`, endless)).status).toBe(413)
    expect(pulled).toBeLessThan(30)
  })

  test('to a path that answers other methods is 405 and names them', async () => {
    const { app } = await harness([echo, get('/api/v1/notes/{id}', 'public', async () => ({}))])
    const response = await app.request(`http://localhost/api/v1/notes/${id}`, { method: 'DELETE' })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST, GET')
  })

  test('under /v1 is answered in OpenAI’s shape', async () => {
    const route = defineRoute(
      {
        method: 'post',
        path: '/v1/things',
        tag: 't',
        summary: 's',
        access: 'read:usage',
        body: noted,
        response: ok,
      },
      async ({ body }) => body,
    )
    const { app } = await harness([route])
    const errorOf = async (response: Response) => ((await response.json()) as { error: unknown }).error // OpenAI's shape
    const nobody = await post(app, '/v1/things', '{}')
    expect(nobody.status).toBe(401)
    expect(await errorOf(nobody)).toEqual({
      message: expect.any(String),
      type: 'authentication_error',
      param: null,
      code: 'unauthenticated',
    })
    const wrong = await post(app, '/v1/things', '{"name":1,"size":1}', { authorization: 'Bearer person' })
    expect(await errorOf(wrong)).toMatchObject({
      type: 'invalid_request_error',
      param: 'name',
      code: 'validation_failed',
    })
    const unknown = await app.request('http://localhost/v1/nothing')
    expect(await errorOf(unknown)).toMatchObject({ type: 'not_found_error', code: 'not_found' })
  })
})

describe('who may call', () => {
  const routes = [
    get('/api/v1/signed-in', 'signed-in', async () => ({})),
    get('/api/v1/person', 'person', async () => ({})),
    get('/api/v1/usage', 'read:usage', async () => ({})),
    get('/api/v1/members', 'manage:members', async () => ({})),
  ]
  const statusOf = async (app: HttpApp, path: string, headers: Record<string, string>) =>
    (await app.request(`http://localhost${path}`, { headers })).status

  test('is told by the route: the signed-in, people, and who holds the permission', async () => {
    const { app } = await harness(routes)
    const statuses = (headers: Record<string, string>) =>
      Promise.all(
        ['/api/v1/signed-in', '/api/v1/person', '/api/v1/usage', '/api/v1/members'].map((path) =>
          statusOf(app, path, headers),
        ),
      )
    expect(await statuses({})).toEqual([401, 401, 401, 401])
    expect(await statuses({ authorization: 'Bearer nobody' })).toEqual([401, 401, 401, 401])
    expect(await statuses({ authorization: 'Basic cGVyc29uOg==' })).toEqual([401, 401, 401, 401])
    expect(await statuses({ authorization: 'bearer person' })).toEqual([200, 200, 200, 403])
    expect(await statuses({ 'x-api-key': 'machine' })).toEqual([200, 403, 200, 403])
    expect(await statuses({ cookie: 'session=ada' })).toEqual([200, 200, 200, 403])
  })

  test('who may not is told which permission is missing', async () => {
    const { app } = await harness(routes)
    const response = await app.request('http://localhost/api/v1/members', {
      headers: { authorization: 'Bearer person' },
    })
    expect(await envelopeOf(response)).toMatchObject({
      error: { code: 'forbidden', details: { permission: 'manage:members', role: 'member' } },
    })
  })

  test('is told to authenticate with a 401 that names the scheme', async () => {
    const { app } = await harness(routes)
    const response = await app.request('http://localhost/api/v1/usage')
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="freehold"')
  })

  test('a cookie changes nothing for a page of another site, but a token does', async () => {
    const { app } = await harness([
      defineRoute(
        { method: 'post', path: '/api/v1/change', tag: 't', summary: 's', access: 'person', response: ok },
        async () => ({}),
      ),
    ])
    const change = (headers: Record<string, string>) =>
      app.request('http://localhost/api/v1/change', { method: 'POST', headers })
    expect((await change({ cookie: 'session=ada', origin: 'https://evil.example' })).status).toBe(403)
    expect((await change({ cookie: 'session=ada', 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await change({ cookie: 'session=ada', origin: 'http://localhost' })).status).toBe(200)
    expect((await change({ authorization: 'Bearer person', origin: 'https://evil.example' })).status).toBe(
      200,
    )
  })
})

describe('a handler that fails', () => {
  test('with an error of ours is answered with its status, details and headers', async () => {
    const { app, logged } = await harness([
      get('/api/v1/taken', 'public', async () => {
        throw taken({
          message: 'Taken.',
          details: { by: 'ada' },
          headers: { 'retry-after': '3' },
          cause: new Error('behind it'),
        })
      }),
    ])
    const response = await app.request('http://localhost/api/v1/taken')
    expect(response.status).toBe(409)
    expect(response.headers.get('retry-after')).toBe('3')
    const body = await envelopeOf(response)
    expect(body.error).toEqual({ code: 'names.taken', message: 'Taken.', details: { by: 'ada' } })
    expect(logged.join()).toContain('behind it')
  })

  test.each([
    ['an error', new Error('password=hunter2 at /srv/secret.ts')],
    ['a text', 'password=hunter2 at /srv/secret.ts'],
    ['nothing', undefined],
  ])('with %s is a 500 that tells the log why and the client nothing', async (_, thrown) => {
    const { app, logged } = await harness([
      get('/api/v1/fails', 'public', async () => {
        throw thrown
      }),
    ])
    const response = await app.request('http://localhost/api/v1/fails')
    expect(response.status).toBe(500)
    const body = await envelopeOf(response)
    expect(body.error).toMatchObject({ code: 'internal_error', details: {} })
    expect(JSON.stringify(body)).not.toMatch(/hunter2|secret/)
    expect(
      logged.filter((line) => line.includes('"level":50') && line.includes(body.requestId)),
    ).toHaveLength(1)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('to answer in time is given up with 503, and its signal tells it', async () => {
    let reason: unknown
    const { app } = await harness([
      defineRoute(
        {
          method: 'get',
          path: '/api/v1/slow',
          tag: 't',
          summary: 's',
          access: 'public',
          timeoutMs: 20,
          response: ok,
        },
        async ({ signal }) => {
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
          reason = signal.reason
          return {}
        },
      ),
    ])
    const response = await app.request('http://localhost/api/v1/slow')
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('5')
    expect((await envelopeOf(response)).error.code).toBe('request_timeout')
    expect(reason).toMatchObject({ code: 'request_timeout' })
  })

  test('because the server stops says so, with 503', async () => {
    const { app, stopping } = await harness([
      defineRoute(
        { method: 'get', path: '/api/v1/slow', tag: 't', summary: 's', access: 'public', response: ok },
        async ({ signal }) => {
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
          signal.throwIfAborted()
        },
      ),
    ])
    const answer = app.request('http://localhost/api/v1/slow')
    await new Promise((resolve) => setTimeout(resolve, 5))
    stopping.abort(new Error('The server is stopping.'))
    const response = await answer
    expect(response.status).toBe(503)
    expect((await envelopeOf(response)).error.code).toBe('unavailable')
  })

  test('because its client has left is no error of ours', async () => {
    const { app, logged } = await harness([
      defineRoute(
        { method: 'get', path: '/api/v1/slow', tag: 't', summary: 's', access: 'public', response: ok },
        async ({ signal }) => {
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
          throw new Error('whatever the outside says then')
        },
      ),
    ])
    const leaving = new AbortController()
    const answer = app.request('http://localhost/api/v1/slow', { signal: leaving.signal })
    await new Promise((resolve) => setTimeout(resolve, 5))
    leaving.abort('gone')
    expect((await answer).status).toBe(499)
    expect(logged.filter((line) => line.includes('"level":50'))).toEqual([])
  })
})

describe('every answer', () => {
  test('has a request id of its own and the headers that keep browsers safe', async () => {
    const { app } = await harness([get('/api/v1/fine', 'public', async () => ({}))])
    const ask = () =>
      app.request('http://localhost/api/v1/fine', { headers: { 'x-request-id': 'chosen-by-the-client' } })
    const [one, two] = [await ask(), await ask()]
    expect(one.headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    expect(one.headers.get('x-request-id')).not.toBe(two.headers.get('x-request-id'))
    expect(Object.fromEntries(one.headers)).toMatchObject({
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'strict-origin-when-cross-origin',
      'cache-control': 'no-store',
    })
    expect(one.headers.get('strict-transport-security')).toBeNull()
  })

  test('of a server behind https tells browsers to stay there', async () => {
    const { app } = await harness([], { publicUrl: () => 'https://freehold.example.com' })
    const response = await app.request('http://localhost/nothing')
    expect(response.headers.get('strict-transport-security')).toContain('max-age=31536000')
  })

  test('is shared with configured origins only, and never with cookies', async () => {
    const { app } = await harness([get('/api/v1/fine', 'public', async () => ({}))], {
      allowedOrigins: ['https://app.example.com'],
    })
    const ask = (origin: string, method = 'GET') =>
      app.request('http://localhost/api/v1/fine', { method, headers: { origin } })
    const allowed = await ask('https://app.example.com')
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example.com')
    expect(allowed.headers.get('access-control-allow-credentials')).toBeNull()
    expect(allowed.headers.get('vary')).toContain('Origin')
    for (const origin of ['https://evil.example', 'null', 'https://app.example.com.evil.example']) {
      expect((await ask(origin)).headers.get('access-control-allow-origin')).toBeNull()
    }
    const preflight = await ask('https://app.example.com', 'OPTIONS')
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Authorization')
  })

  test('is logged once, without its query, its body or its credentials', async () => {
    const { app, logged } = await harness([get('/api/v1/fine', 'signed-in', async () => ({}))])
    await app.request('http://localhost/api/v1/fine?token=sk-in-the-query', {
      headers: { authorization: 'Bearer person', cookie: 'session=ada' },
    })
    const lines = logged.filter((line) => line.includes('"msg":"request"'))
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      method: 'GET',
      path: '/api/v1/fine',
      status: 200,
      userId: 'ada',
    })
    expect(logged.join()).not.toMatch(/sk-in-the-query|session=ada|Bearer/)
  })
})

describe('the client’s address', () => {
  const seen = async (trustProxy: boolean, forwarded: string) => {
    let ip: string | null = ''
    const { app } = await harness(
      [
        defineRoute(
          { method: 'get', path: '/api/v1/who', tag: 't', summary: 's', access: 'public', response: ok },
          async ({ caller }) => {
            ip = caller.ip
            return {}
          },
        ),
      ],
      { trustProxy },
    )
    await app.request(
      new Request('http://localhost/api/v1/who', { headers: { 'x-forwarded-for': forwarded } }),
      undefined,
      {
        incoming: { complete: true, socket: { remoteAddress: '10.0.0.1' } },
      },
    )
    return ip
  }

  test('is the socket’s, whatever the client writes', async () => {
    expect(await seen(false, '1.2.3.4')).toBe('10.0.0.1')
  })

  test('behind a trusted proxy is what that proxy saw, not what the client made up before it', async () => {
    expect(await seen(true, '1.2.3.4')).toBe('1.2.3.4')
    expect(await seen(true, '6.6.6.6, 1.2.3.4')).toBe('1.2.3.4')
  })
})

test('a text the database cannot keep is the client’s mistake', async () => {
  const { app } = await harness([
    get('/api/v1/nul', 'public', async () => {
      throw Object.assign(new Error('Failed query'), {
        cause: Object.assign(new Error('invalid byte sequence'), { code: '22021' }),
      })
    }),
  ])
  const response = await app.request('http://localhost/api/v1/nul')
  expect(response.status).toBe(400)
  expect((await envelopeOf(response)).error.code).toBe('validation_failed')
})

test('what is forbidden stays forbidden whatever the route returns', async () => {
  let handled = false
  const { app } = await harness([
    get('/api/v1/members', 'manage:members', async () => {
      handled = true
      throw forbidden()
    }),
  ])
  expect(
    (await app.request('http://localhost/api/v1/members', { headers: { authorization: 'Bearer person' } }))
      .status,
  ).toBe(403)
  expect(handled).toBe(false)
})
