import { z } from '@hono/zod-openapi'
import { describe, expect, test } from 'vitest'
import { createTestHttpApp, envelopeOf, getRoute, ok } from '../../testing/http-app.ts'
import { forbidden } from '../errors.ts'
import type { HttpApp } from './app.ts'
import { defineRoute } from './route.ts'

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

describe('a refused request', () => {
  test('is answered in the one envelope, with the request id of the header', async () => {
    const { app } = await createTestHttpApp([echo])
    const response = await app.request('http://localhost/api/v1/nothing')
    const body = await envelopeOf(response)
    expect(response.status).toBe(404)
    expect(Object.keys(body)).toEqual(['success', 'error', 'timestamp', 'requestId'])
    expect(Object.keys(body.error)).toEqual(['code', 'message', 'details'])
    expect(body).toMatchObject({ success: false, requestId: response.headers.get('x-request-id') })
    expect(new Date(body.timestamp).toISOString()).toBe(body.timestamp)
  })

  test('with malformed JSON says where, and nothing of what it holds', async () => {
    const { app } = await createTestHttpApp([echo])
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
    const { app } = await createTestHttpApp([echo])
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
    const { app } = await createTestHttpApp([echo])
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
    const { app } = await createTestHttpApp([echo])
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
    const { app } = await createTestHttpApp([
      echo,
      getRoute('/api/v1/notes/{id}', 'public', async () => ({})),
    ])
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
    const { app } = await createTestHttpApp([route])
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
    getRoute('/api/v1/signed-in', 'signed-in', async () => ({})),
    getRoute('/api/v1/person', 'person', async () => ({})),
    getRoute('/api/v1/usage', 'read:usage', async () => ({})),
    getRoute('/api/v1/members', 'manage:users', async () => ({})),
  ]
  const statusOf = async (app: HttpApp, path: string, headers: Record<string, string>) =>
    (await app.request(`http://localhost${path}`, { headers })).status

  test('is told by the route: the signed-in, people, and who holds the permission', async () => {
    const { app } = await createTestHttpApp(routes)
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
    const { app } = await createTestHttpApp(routes)
    const response = await app.request('http://localhost/api/v1/members', {
      headers: { authorization: 'Bearer person' },
    })
    expect(await envelopeOf(response)).toMatchObject({
      error: { code: 'forbidden', details: { permission: 'manage:users', role: 'member' } },
    })
  })

  test('is told to authenticate with a 401 that names the scheme', async () => {
    const { app } = await createTestHttpApp(routes)
    const response = await app.request('http://localhost/api/v1/usage')
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="freehold"')
  })

  test('a cookie changes nothing for a page of another site, but a token does', async () => {
    const { app } = await createTestHttpApp([
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

test('what is forbidden stays forbidden whatever the route returns', async () => {
  let handled = false
  const { app } = await createTestHttpApp([
    getRoute('/api/v1/members', 'manage:users', async () => {
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
