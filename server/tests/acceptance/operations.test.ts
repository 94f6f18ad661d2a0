import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ErrorEnvelope } from './support/contract.ts'
import { type Installation, startInstallation } from './support/installation.ts'
import { type Person, request, signUp } from './support/person.ts'

/** What operators, balancers and browsers ask of a server, beside the API itself. */

let at: Installation
let ada: Person
let apiKey: string

beforeAll(async () => {
  at = await startInstallation({ FREEHOLD_LOG_LEVEL: 'trace' })
  ada = await signUp(at)
  apiKey = (await ada.newApiKey()).key
})
afterAll(() => at?.dispose())

async function page(path: string): Promise<{ status: number; headers: Headers; text: string }> {
  const response = await fetch(at.url + path, { headers: { accept: 'text/html' } })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** Every address a page names, made absolute. */
function addressesIn(html: string): URL[] {
  const named = [...html.matchAll(/\b(?:src|href|data-url|action)="([^"]+)"/g)].map(
    ([, address = '']) => address,
  )
  return named.filter((address) => !address.startsWith('data:')).map((address) => new URL(address, at.url))
}

describe('health', () => {
  test('is live, and ready with its database', async () => {
    expect(await request(at, '/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } })
    const { status, body } = await request<{ checks: Record<string, unknown> }>(at, '/health/ready')
    expect([status, body]).toMatchObject([
      200,
      { ready: true, status: 'ok', checks: { database: { status: 'ok' } } },
    ])
  })

  test('is told in Prometheus’ form, by route and not by address', async () => {
    await ada.call('GET', '/api/v1/documents/00000000-0000-7000-8000-000000000000')
    const { status, headers, text } = await page('/metrics')
    expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('text/plain')])
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    expect(lines.length).toBeGreaterThan(20)
    for (const line of lines) expect(line).toMatch(/^[a-z_:][\w:]*(\{.*\})? [-+\w.]+$/i)
    expect(text).toMatch(/route="\/api\/v1\/documents\/\{id\}"/)
    expect(text).not.toContain('00000000-0000-7000')
    expect(text).toMatch(/process_resident_memory_bytes \d/)
  })
})

describe('the API describes itself', () => {
  test('as OpenAPI 3.1, with every operation the contract names', async () => {
    const { status, body } = await request<{
      openapi: string
      paths: Record<string, Record<string, { operationId: string; responses: object }>>
      servers: { url: string }[]
    }>(at, '/openapi.json')
    expect([status, body.openapi]).toEqual([200, '3.1.0'])
    expect(body.servers).toEqual([{ url: at.url }])
    const operations = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    )
    expect(operations).toEqual(
      expect.arrayContaining([
        'post /api/v1/auth/signup',
        'get /api/v1/auth/session',
        'post /api/v1/organizations',
        'post /api/v1/api-keys',
        'get /api/v1/activity',
        'post /api/v1/documents',
        'get /api/v1/documents/{id}/events',
        'get /api/v1/passages/{id}',
        'post /api/v1/search',
        'post /api/v1/messages',
        'get /api/v1/messages/{id}/stream',
        'post /api/v1/messages/{id}/stop',
        'get /api/v1/usage/{requestId}',
        'put /api/v1/budgets/organization',
        'post /v1/chat/completions',
        'post /v1/embeddings',
        'get /v1/models/{id}',
        'get /health/ready',
        'get /.well-known/jwks.json',
      ]),
    )
    const ids = Object.values(body.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    )
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('and as pages at /docs, whose every part comes from this server', async () => {
    const { status, headers, text } = await page('/docs')
    expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')])
    const addresses = addressesIn(text)
    expect(addresses.map(({ pathname }) => pathname)).toEqual(
      expect.arrayContaining(['/openapi.json', '/docs/reference.js']),
    )
    for (const address of addresses) expect(address.origin).toBe(new URL(at.url).origin)
    const script = await page('/docs/reference.js')
    expect([script.status, script.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/javascript'),
    ])
    expect(script.text.length).toBeGreaterThan(100_000)
    expect(headers.get('content-security-policy')).toMatch(/script-src 'self'(;|$)/)
  })
})

describe('the dashboard', () => {
  test.each(['/', '/knowledge', '/chat/00000000-0000-7000-8000-000000000000', '/settings/members?x=1'])(
    'is served at %s, with no part from elsewhere',
    async (path) => {
      const { status, headers, text } = await page(path)
      expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
        200,
        expect.stringContaining('text/html'),
        'no-cache',
      ])
      const addresses = addressesIn(text)
      expect(addresses.length).toBeGreaterThan(1)
      for (const address of addresses) expect(address.origin).toBe(new URL(at.url).origin)
    },
  )

  test('has assets that may be kept for ever, and a missing one is 404 and no page', async () => {
    const script = addressesIn((await page('/')).text).find(
      ({ pathname }) => pathname.endsWith('.js') && pathname.startsWith('/assets/'),
    )
    const asset = await page(script?.pathname ?? '')
    expect([asset.status, asset.headers.get('cache-control')]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ])
    const missing = await page('/assets/missing-0000.js')
    expect(missing.status).toBe(404)
    expect(missing.headers.get('cache-control')).not.toContain('immutable')
    expect(missing.text).not.toContain('<!doctype html')
    expect((await page('/..%2f..%2f..%2fpackage.json')).text).not.toContain('"workspaces"')
    expect((await page('/assets/..%2f..%2f..%2f..%2fpackage.json')).text).not.toContain('"workspaces"')
  })
})

describe('every answer', () => {
  test.each(['/', '/docs', '/health/live', '/api/v1/documents', '/v1/models', '/nothing-here.png'])(
    'carries the security headers and a request id: %s',
    async (path) => {
      const { headers } = await page(path)
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin')
      expect(headers.get('content-security-policy')).toMatch(
        /default-src 'self'.*object-src 'none'.*frame-ancestors 'none'/,
      )
      expect(headers.get('x-powered-by')).toBeNull()
      expect(headers.get('access-control-allow-origin')).toBeNull()
      if (path.startsWith('/api/') || path.startsWith('/v1/'))
        expect(headers.get('cache-control')).toBe('no-store')
    },
  )

  test('for an unknown path is the envelope, or OpenAI’s shape, with what was asked', async () => {
    const unknown = await ada.call<ErrorEnvelope>('GET', '/api/v1/nothing')
    expect([unknown.status, unknown.body]).toMatchObject([
      404,
      { success: false, error: { code: 'not_found', message: 'There is no GET /api/v1/nothing here.' } },
    ])
    expect(unknown.body.requestId).toBe(unknown.headers.get('x-request-id'))
    const openAi = await ada.call('POST', '/v1/audio/speech', {})
    expect([openAi.status, openAi.body]).toMatchObject([
      404,
      { error: { code: 'not_found', type: 'not_found_error' } },
    ])
    const method = await ada.call<ErrorEnvelope>('DELETE', '/api/v1/documents')
    expect([method.status, method.body.error.code, method.headers.get('allow')]).toEqual([
      405,
      'method_not_allowed',
      expect.stringMatching(/GET.*POST|POST.*GET/),
    ])
  })
})

test('the keys that verify access tokens are public, and only they', async () => {
  const { status, body } = await request<{ keys: Record<string, string>[] }>(at, '/.well-known/jwks.json')
  expect(status).toBe(200)
  // The first part of a JWT.
  const header: { kid: string; alg: string } = JSON.parse(
    Buffer.from(ada.session.accessToken.split('.')[0] ?? '', 'base64url').toString(),
  )
  expect(body.keys.find(({ kid }) => kid === header.kid)).toMatchObject({ alg: header.alg })
  for (const key of body.keys)
    for (const secret of ['d', 'p', 'q', 'k']) expect(key).not.toHaveProperty(secret)
})

test('cookies authenticate this server’s own pages only', async () => {
  const signIn = await fetch(`${at.url}/api/v1/auth/signin`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: ada.email, password: ada.password }),
  })
  const cookies = signIn.headers.getSetCookie()
  expect(cookies.length).toBeGreaterThan(0)
  for (const cookie of cookies) expect(cookie).toMatch(/httponly/i)
  const cookie = cookies.map((one) => one.split(';')[0]).join('; ')
  const rename = (origin: string) =>
    request<ErrorEnvelope>(at, '/api/v1/user/profile', {
      method: 'PATCH',
      headers: { cookie, origin, 'content-type': 'application/json' },
      body: '{"name":"Ada"}',
    })
  expect((await rename('https://evil.example.com')).status).toBe(403)
  expect((await rename(at.url)).status).toBe(200)
})

test('the whole log, at its most talkative, holds no password, token or key', async () => {
  // Places where a secret may come by accident.
  await request(at, `/api/v1/documents?token=${ada.session.accessToken}`)
  await request(at, `/api/v1/${apiKey}`)
  await request(at, '/api/v1/documents', {
    headers: { authorization: `Basic ${Buffer.from(`ada:${ada.password}`).toString('base64')}` },
  })
  await ada.call('POST', '/api/v1/auth/refresh', { refreshToken: ada.session.refreshToken })
  await ada.call('POST', '/api/v1/auth/refresh', { refreshToken: ada.session.refreshToken })
  await ada.call('POST', '/api/v1/search', { query: ada.password, password: ada.password })
  const log = at.log()
  expect(log).toContain('"path":"/api/v1/documents"')
  for (const secret of ada.secrets) {
    expect(log).not.toContain(secret)
    expect(log).not.toContain(Buffer.from(secret).toString('base64').slice(0, -3))
  }
  for (const line of log.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow()
})
