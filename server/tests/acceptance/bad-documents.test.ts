import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  makeCorruptedPdf,
  makeLongPdf,
  makePdf,
  makeScannedPdf,
  makeZip,
} from '../../src/testing/make-documents.ts'
import type { Document, Page } from './support/contract.ts'
import { expectEnvelope } from './support/expect-refusal.ts'
import { type Installation, startInstallation } from './support/installation.ts'
import { type Person, type Reply, signUp } from './support/person.ts'

/** Files that are broken, locked, huge or not what they are called: each is refused or fails with what to do about it. */

let at: Installation
let ada: Person

beforeAll(async () => {
  at = await startInstallation()
  ada = await signUp(at)
})
afterAll(() => at?.dispose())

/** An upload whose body is written by hand. */
async function post(body: string, type: string): Promise<Reply<Document>> {
  const response = await ada.send('/api/v1/documents', {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  })
  // The contract of the upload; tests look at the status first.
  return { status: response.status, headers: response.headers, body: (await response.json()) as Document }
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
      await post('no form at all', 'multipart/form-data; boundary=x'),
      400,
      'malformed_json',
      /multipart body could not be read/,
    )
    expectEnvelope(await post('--x--', 'multipart/form-data'), 400, 'malformed_json', /boundary/)
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
function rawUpload(name: string, content: string): Promise<Reply<Document>> {
  const quoted = name.replaceAll('"', '%22')
  const boundary = '----a-boundary-as-clients-make-them'
  const body = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${quoted}"\r\nContent-Type: text/plain\r\n\r\n${content}\r\n--${boundary}--\r\n`
  return post(body, `multipart/form-data; boundary=${boundary}`)
}

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
