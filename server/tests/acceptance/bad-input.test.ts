import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ErrorEnvelope, Page } from './support/contract.ts'
import { expectEnvelope, expectOpenAi } from './support/expect-refusal.ts'
import { type Installation, startInstallation } from './support/installation.ts'
import { type Person, type Reply, request, signUp } from './support/person.ts'

/** Whatever comes in gets a clear answer, in the shape of the API it came to, and costs nobody else anything. */

const megabyte = 1_048_576

let at: Installation
let ada: Person
let apiKey: string

beforeAll(async () => {
  at = await startInstallation()
  ada = await signUp(at)
  apiKey = (await ada.newApiKey()).key
})
afterAll(() => at?.dispose())

function post(path: string, body: string | Uint8Array, type = 'application/json'): Promise<Reply<unknown>> {
  return request(at, path, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': type },
    // A Uint8Array is a body; the DOM types ask for one that is not shared memory.
    body: body as string | Uint8Array<ArrayBuffer>,
  })
}

describe('a body that is no JSON', () => {
  for (const [what, body, message] of [
    ['cut off', '{"query": "pump', /not valid JSON.*position|not valid JSON/],
    ['empty', '', /empty; a JSON object is expected/],
    ['a page of HTML', '<html>', /not valid JSON/],
  ] as const) {
    test(`because it is ${what} is 400 in the shape of the API it came to`, async () => {
      expectEnvelope(await post('/api/v1/search', body), 400, 'malformed_json', message)
      expectOpenAi(await post('/v1/chat/completions', body), 400, { code: 'malformed_json' }, message)
    })
  }

  test('is not quoted, for it may hold a secret', async () => {
    const reply = await post('/api/v1/auth/signin', '{"password": hunter2hunter2}')
    expect(reply.status).toBe(400)
    expect(JSON.stringify(reply.body)).not.toContain('hunter2')
  })

  test('but of another content type is 415 and says which is taken', async () => {
    expectEnvelope(
      await post('/api/v1/search', 'query=x', 'application/x-www-form-urlencoded'),
      415,
      'unsupported_media_type',
      /takes application\/json, not application\/x-www-form-urlencoded/,
    )
    expectOpenAi(
      await post('/v1/embeddings', 'x', 'text/plain'),
      415,
      { code: 'unsupported_media_type' },
      /takes application\/json/,
    )
    expectEnvelope(
      await post('/api/v1/documents', '{}'),
      415,
      'unsupported_media_type',
      /multipart\/form-data.*"file"/,
    )
  })

  test('but an array or a bare value is a validation error', async () => {
    for (const body of ['[]', '"x"', 'null', '7'])
      expectEnvelope(await post('/api/v1/search', body), 400, 'validation_failed', /expected object/)
  })
})

describe('fields', () => {
  test('that are unknown are refused by name', async () => {
    const reply = await ada.call<ErrorEnvelope>('POST', '/api/v1/search', { query: 'pump', limt: 3 })
    expectEnvelope(reply, 400, 'validation_failed', /unknown field: limt/)
    expect(reply.body.error.details.problems).toEqual([
      { in: 'body', field: 'limt', message: 'unknown field: limt' },
    ])
    expectEnvelope(
      await ada.call('GET', '/api/v1/documents?colour=red'),
      400,
      'validation_failed',
      /unknown field: colour/,
    )
  })

  test('that are wrong are all named at once', async () => {
    const body = { email: 'nobody', password: 'short', name: '' }
    const reply = await request<ErrorEnvelope>(at, '/api/v1/auth/signup', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expectEnvelope(reply, 400, 'validation_failed', /email.*must be an e-mail address/)
    // The contract of the details.
    const problems = reply.body.error.details.problems as { field: string }[]
    expect(problems.map(({ field }) => field).sort()).toEqual(['email', 'name', 'password'])
  })

  test('in the path and the query are checked too', async () => {
    expectEnvelope(
      await ada.call('GET', '/api/v1/documents/not-an-id'),
      400,
      'validation_failed',
      /path field "id"/,
    )
    for (const query of ['limit=0', 'limit=201', 'limit=many', 'cursor=nonsense', 'status=lost']) {
      expectEnvelope(
        await ada.call('GET', `/api/v1/documents?${query}`),
        400,
        'validation_failed',
        /query field/,
      )
    }
  })

  const unstorable = ['a\u0000b', 'a\ud800b', '\u202egnp.exe']
  for (const [what, send] of [
    ['the name of a person', (value: string) => ada.call('PATCH', '/api/v1/user/profile', { name: value })],
    [
      'the name of an organization',
      (value: string) => ada.call('POST', '/api/v1/organizations', { name: value }),
    ],
    ['the name of a key', (value: string) => ada.call('POST', '/api/v1/api-keys', { name: value })],
    ['the name of a collection', (value: string) => ada.call('POST', '/api/v1/collections', { name: value })],
    ['a question', (value: string) => ada.call('POST', '/api/v1/messages', { content: `What is ${value}?` })],
    ['a search', (value: string) => ada.call('POST', '/api/v1/search', { query: value })],
    [
      'a filter',
      (value: string) => ada.call('GET', `/api/v1/documents?q=${encodeURIComponent(value.toWellFormed())}`),
    ],
    [
      'a filter of conversations',
      (value: string) =>
        ada.call('GET', `/api/v1/conversations?q=${encodeURIComponent(value.toWellFormed())}`),
    ],
    [
      'a chat message',
      (value: string) =>
        ada.call('POST', '/v1/chat/completions', {
          model: 'local/extractive',
          messages: [{ role: 'user', content: value }],
        }),
    ],
    [
      'a text to embed',
      (value: string) => ada.call('POST', '/v1/embeddings', { model: 'local/embedding', input: value }),
    ],
    [
      'the name of a model',
      (value: string) => ada.call('POST', '/v1/embeddings', { model: value, input: 'x' }),
    ],
  ] as const) {
    test(`with zero bytes, half characters or direction marks in ${what} are taken or refused, never an error of ours`, async () => {
      for (const value of unstorable) {
        const { status, body } = await send(value)
        expect([JSON.stringify(value), status < 500, body]).toEqual([JSON.stringify(value), true, body])
      }
    })
  }

  test('with a name that JavaScript gives a meaning change nothing', async () => {
    const body =
      '{"query": "x", "__proto__": {"isAdmin": true}, "constructor": {"prototype": {"polluted": true}}}'
    expectEnvelope(await post('/api/v1/search', body), 400, 'validation_failed', /unknown field/)
    expect((await ada.call('GET', '/api/v1/documents')).status).toBe(200)
  })
})

describe('a model that does not exist', () => {
  test('is 404 in both shapes, with where to look', async () => {
    expectEnvelope(
      await ada.ask('Who?', { model: 'gpt-17' }),
      404,
      'gateway.model_not_found',
      /'gpt-17' does not exist here.*GET \/v1\/models/,
    )
    const reply = await ada.call('POST', '/v1/chat/completions', {
      model: 'gpt-17',
      messages: [{ role: 'user', content: 'x' }],
    })
    expectOpenAi(
      reply,
      404,
      { type: 'not_found_error', code: 'model_not_found', param: 'model' },
      /'gpt-17' does not exist here/,
    )
    expectEnvelope(
      await ada.ask('Who?', { model: 'local/embedding' }),
      400,
      'gateway.model_of_other_kind',
      /does not chat/,
    )
    const { body } = await ada.call<Page<{ title: string }>>('GET', '/api/v1/conversations')
    expect(body.data.filter(({ title }) => title === 'Who?')).toEqual([])
  })
})

describe('a body of fifty megabytes', () => {
  const large = Buffer.alloc(50 * megabyte, 'x')

  test('is answered with 413 and the limit, on a JSON endpoint of either API', async () => {
    expectEnvelope(
      await post('/api/v1/search', large),
      413,
      'body_too_large',
      /larger than the 1048576 bytes/,
    )
    expectOpenAi(
      await post('/v1/chat/completions', large.subarray(0, 17 * megabyte)),
      413,
      { code: 'body_too_large' },
      /larger than the 16777216 bytes/,
    )
  })

  test('is answered with 413 as an upload, with what to do', async () => {
    expectEnvelope(
      await ada.upload('large.txt', large),
      413,
      'body_too_large',
      /larger than the \d+ bytes|at most \d+ are accepted/,
    )
    // Just above the limit: the file is the fault then, not the request.
    expectEnvelope(
      await ada.upload('large.txt', large.subarray(0, 32 * megabyte + 1)),
      413,
      'body_too_large',
      /at most 33554432 are accepted\. Split it/,
    )
  })

  for (const framing of [`content-length: ${large.length}`, 'transfer-encoding: chunked']) {
    test(`reaches even a client that writes everything before it reads, with ${framing.split(':')[0]}`, async () => {
      const answer = await writeThenRead(framing, large)
      expect(answer).toMatch(/^HTTP\/1\.1 413 /)
      expect(answer).toContain('"code":"body_too_large"')
    })
  }
})

/** A plain socket that looks at the answer only once its whole body is on the way. */
function writeThenRead(framing: string, body: Buffer): Promise<string> {
  const { hostname, port } = new URL(at.url)
  const socket = connect(Number(port), hostname)
  return new Promise((resolve, reject) => {
    let received = ''
    socket.on('data', (bytes) => {
      received += bytes.toString()
    })
    socket.on('end', () => socket.end())
    socket.on('close', () => resolve(received))
    socket.on('error', (error) =>
      reject(new Error(`Reset after ${received.length} bytes of the answer.`, { cause: error })),
    )
    socket.pause()
    const chunked = framing.startsWith('transfer')
    const head = [
      'POST /api/v1/documents HTTP/1.1',
      'host: localhost',
      `authorization: Bearer ${apiKey}`,
      'content-type: multipart/form-data; boundary=x',
      'connection: close',
      framing,
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    if (chunked) socket.write(`${body.length.toString(16)}\r\n`)
    socket.write(body)
    socket.write(chunked ? '\r\n0\r\n\r\n' : '', () => socket.resume())
  })
}

describe('credentials', () => {
  test('that are missing or wrong are 401 with what to send', async () => {
    expectEnvelope(await request(at, '/api/v1/documents'), 401, 'unauthenticated', /Authorization: Bearer/)
    for (const token of [
      'fh_nonsense',
      'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.',
      `${ada.session.accessToken.slice(0, -4)}AAAA`,
      'x'.repeat(8_000),
    ]) {
      const reply = await request<ErrorEnvelope>(at, '/api/v1/documents', {
        headers: { authorization: `Bearer ${token}` },
      })
      expect([reply.status, reply.body.success]).toEqual([401, false])
      expect(reply.headers.get('www-authenticate')).toContain('Bearer')
      expect(JSON.stringify(reply.body)).not.toContain(token)
    }
  })
})

test('after all that the server works as before, and has reported no failure of its own', async () => {
  const { status, body } = await ada.ask('Where does the spare key hang?')
  expect([status, body.message.status]).toEqual([201, 'complete'])
  const errors = at
    .log()
    .split('\n')
    .filter((line) => line.includes('"level":50'))
  expect(errors).toEqual([])
})
