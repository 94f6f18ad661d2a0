import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  makeCorruptedPdf,
  makeLongPdf,
  makePdf,
  makeScannedPdf,
  makeZip,
} from '../../src/testing/make-documents.ts'
import type { Document, ErrorEnvelope, Page } from './support/contract.ts'
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

interface OpenAiError {
  error: { message: string; type: string; param: string | null; code: string | null }
}

/** The envelope, whole: nothing missing, nothing more, and a message for a person. */
function expectEnvelope(reply: Reply<unknown>, status: number, code: string, message: RegExp): void {
  expect([reply.status, reply.body]).toEqual([
    status,
    {
      success: false,
      error: { code, message: expect.stringMatching(message), details: expect.any(Object) },
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      requestId: reply.headers.get('x-request-id'),
    },
  ])
}

function expectOpenAi(
  reply: Reply<unknown>,
  status: number,
  error: Partial<OpenAiError['error']>,
  message: RegExp,
): void {
  expect([reply.status, reply.body]).toEqual([
    status,
    {
      error: {
        message: expect.stringMatching(message),
        type: 'invalid_request_error',
        param: null,
        ...error,
      },
    },
  ])
}

function post(
  path: string,
  body: string | Uint8Array,
  type = 'application/json',
  token = apiKey,
): Promise<Reply<unknown>> {
  return request(at, path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': type },
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

describe('a file that is refused at once', () => {
  const cases: [
    what: string,
    name: string,
    content: () => string | Uint8Array,
    status: number,
    code: string,
    advice: RegExp,
  ][] = [
    ['empty', 'empty.txt', () => '', 422, 'knowledge.document_empty', /empty.*upload it again/],
    [
      'a zip called a PDF',
      'report.pdf',
      () => makeZip({ 'a.txt': Buffer.from('x') }),
      422,
      'knowledge.document_type_mismatch',
      /ZIP archive.*Upload the document itself/,
    ],
    [
      'a text called a PDF',
      'report.pdf',
      () => 'not found',
      422,
      'knowledge.document_type_mismatch',
      /plain text/,
    ],
    [
      'binary',
      'program.txt',
      () => new Uint8Array(4_096).map((_, index) => index * 7),
      415,
      'knowledge.document_type_unsupported',
      /Supported are PDF, Word/,
    ],
    [
      'an old Office file',
      'old.doc',
      () => new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0]),
      415,
      'knowledge.document_type_unsupported',
      /save it as DOCX/,
    ],
  ]
  for (const [what, name, content, status, code, advice] of cases) {
    test(`because it is ${what} says what to do and leaves nothing behind`, async () => {
      expectEnvelope(await ada.upload(name, content()), status, code, advice)
      const { body } = await ada.call<Page<Document>>('GET', `/api/v1/documents?q=${name}`)
      expect(body.data).toEqual([])
    })
  }

  test('because none came, or the form is broken', async () => {
    const form = new FormData()
    form.set('collectionId', '00000000-0000-7000-8000-000000000000')
    const without = await ada.send('/api/v1/documents', { method: 'POST', body: form })
    expect([without.status, await without.json()]).toMatchObject([
      400,
      { error: { code: 'knowledge.upload_without_file', message: /field "file"/ } },
    ])
    expectEnvelope(
      await post('/api/v1/documents', 'no form at all', 'multipart/form-data; boundary=x'),
      400,
      'malformed_json',
      /multipart body could not be read/,
    )
    expectEnvelope(
      await post('/api/v1/documents', '--x--', 'multipart/form-data'),
      400,
      'malformed_json',
      /boundary/,
    )
    form.set('file', new Blob(['text']), 'a.txt')
    const elsewhere = await ada.send('/api/v1/documents', { method: 'POST', body: form })
    expect([elsewhere.status, await elsewhere.json()]).toMatchObject([
      404,
      { error: { code: 'knowledge.collection_not_found' } },
    ])
  })
})

describe('a file that cannot be read fails, and the document says why and what to do', () => {
  const cases: [
    what: string,
    name: string,
    content: () => Promise<Uint8Array> | Uint8Array | string,
    code: string,
    advice: RegExp,
  ][] = [
    [
      'is encrypted',
      'secret.pdf',
      () => makePdf({ pages: 1, userPassword: 'open sesame' }),
      'knowledge.document_encrypted',
      /Remove the password/,
    ],
    [
      'has 2,000 pages',
      'long.pdf',
      () => makeLongPdf(2_000),
      'knowledge.document_too_many_pages',
      /2000 pages; at most 1500.*Split it/,
    ],
    [
      'is corrupted',
      'broken.pdf',
      () => makeCorruptedPdf(),
      'knowledge.document_corrupted',
      /damaged.*save it anew/,
    ],
    ['is a scan', 'scan.pdf', () => makeScannedPdf(), 'knowledge.document_without_text', /text recognition/],
    [
      'is an archive',
      'files.zip',
      () => makeZip({ 'a.txt': Buffer.from('x') }),
      'knowledge.document_type_unsupported',
      /Unpack it/,
    ],
    [
      'is no UTF-8',
      'latin.txt',
      () => Buffer.from('Fr\xfchling in M\xfcnchen, sch\xf6n wie nie', 'latin1'),
      'knowledge.document_not_unicode',
      /UTF-8/,
    ],
    [
      'has no words',
      'dashes.md',
      () => '---\n\n***\n',
      'knowledge.document_without_text',
      /no words|No text/,
    ],
  ]
  // Sent together, so that they are read side by side.
  const sent = new Map<string, string>()
  beforeAll(async () => {
    for (const [what, name, content] of cases)
      sent.set(what, (await ada.upload(name, await content())).body.id)
  })

  test.each(cases)('because it %s', async (what, _name, _content, code, advice) => {
    const document = await ada.untilRead(sent.get(what) ?? '')
    const failure = { code, message: expect.stringMatching(advice) }
    expect(document).toMatchObject({ status: 'failed', passageCount: 0, failure })
    expect(await ada.passagesOf(document.id)).toEqual([])
  })

  test('and says the same when it is tried again, for its file is kept', async () => {
    const id = sent.get('is a scan') ?? ''
    expect((await ada.call('POST', `/api/v1/documents/${id}/retry`)).status).toBe(202)
    expect((await ada.untilRead(id)).failure?.code).toBe('knowledge.document_without_text')
  })
})

describe('the name of a file', () => {
  const long = 'long'.repeat(200)
  const names: [what: string, given: string, kept: string][] = [
    ['that climbs out of its folder', '../../../../etc/passwd.txt', 'passwd.txt'],
    ['that climbs as on Windows', '..\\..\\boot.txt', 'boot.txt'],
    ['that is an absolute path', '/absolute/path.txt', 'path.txt'],
    ['that commands the terminal', 'bell\u0007and\u001b[31mred\u0000.txt', 'belland[31mred.txt'],
    ['that reads backwards', '\u202egnp.txt', 'gnp.txt'],
    ['that is longer than a file system takes', `${long}.txt`, `${long}.txt`.slice(-255)],
    ['that is markup', '<img src=x onerror=alert(1)>.txt', '<img src=x onerror=alert(1)>.txt'],
    ['in other letters', 'Ärger – 日本語 🐻.txt', 'Ärger – 日本語 🐻.txt'],
  ]
  test.each(names)('%s is kept as its last part and leads nowhere', async (_what, given, kept) => {
    const content = `A text for ${kept.length}.`
    const { status, body } = await rawUpload(given, content)
    expect([status, body.name]).toEqual([202, kept])
    const file = await ada.send(`/api/v1/documents/${body.id}/file`)
    expect([file.status, await file.text()]).toEqual([200, content])
    expect(file.headers.get('content-disposition')).toBe(
      `attachment; filename*=UTF-8''${encodeURIComponent(kept)}`,
    )
    // Deleted while it is being read: that must not be a failure either.
    expect((await ada.call('DELETE', `/api/v1/documents/${body.id}`)).status).toBe(204)
  })
})

/** FormData would tidy the name up; this sends it as it is. */
async function rawUpload(name: string, content: string): Promise<Reply<Document>> {
  const quoted = name.replaceAll('"', '%22')
  const boundary = '----a-boundary-as-clients-make-them'
  const body = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${quoted}"\r\nContent-Type: text/plain\r\n\r\n${content}\r\n--${boundary}--\r\n`
  // The contract of the upload; the test looks at the status first.
  return (await post(
    '/api/v1/documents',
    body,
    `multipart/form-data; boundary=${boundary}`,
    ada.session.accessToken,
  )) as Reply<Document>
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

test('after all that the server reads, finds and answers as before, and has reported no failure of its own', async () => {
  const document = await ada.uploadAndRead('after.md', '# After\n\nThe spare key hangs behind the boiler.\n')
  expect(document.status).toBe('ready')
  const { status, body } = await ada.ask('Where does the spare key hang?')
  expect([status, body.message.status]).toEqual([201, 'complete'])
  expect(body.message.content).toContain('behind the boiler')
  const errors = at
    .log()
    .split('\n')
    .filter((line) => line.includes('"level":50'))
  expect(errors).toEqual([])
})
