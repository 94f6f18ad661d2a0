import { describe, expect, test } from 'vitest'
import { createTestHttpApp, envelopeOf, getRoute, ok } from '../../testing/http-app.ts'
import { defineError } from '../errors.ts'
import { defineRoute } from './route.ts'

const taken = defineError('names.taken', 409, 'The name is taken.')

describe('a handler that fails', () => {
  test('with an error of ours is answered with its status, details and headers', async () => {
    const { app, logged } = await createTestHttpApp([
      getRoute('/api/v1/taken', 'public', async () => {
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
    const { app, logged } = await createTestHttpApp([
      getRoute('/api/v1/fails', 'public', async () => {
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
    const { app } = await createTestHttpApp([
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
    const { app, stopping } = await createTestHttpApp([
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
    const { app, logged } = await createTestHttpApp([
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
    const { app } = await createTestHttpApp([getRoute('/api/v1/fine', 'public', async () => ({}))])
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
    const { app } = await createTestHttpApp([], { publicUrl: () => 'https://freehold.example.com' })
    const response = await app.request('http://localhost/nothing')
    expect(response.headers.get('strict-transport-security')).toContain('max-age=31536000')
  })

  test('is shared with configured origins only, and never with cookies', async () => {
    const { app } = await createTestHttpApp([getRoute('/api/v1/fine', 'public', async () => ({}))], {
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
    const { app, logged } = await createTestHttpApp([getRoute('/api/v1/fine', 'signed-in', async () => ({}))])
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
    const { app } = await createTestHttpApp(
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
  const { app } = await createTestHttpApp([
    getRoute('/api/v1/nul', 'public', async () => {
      throw Object.assign(new Error('Failed query'), {
        cause: Object.assign(new Error('invalid byte sequence'), { code: '22021' }),
      })
    }),
  ])
  const response = await app.request('http://localhost/api/v1/nul')
  expect(response.status).toBe(400)
  expect((await envelopeOf(response)).error.code).toBe('validation_failed')
})
