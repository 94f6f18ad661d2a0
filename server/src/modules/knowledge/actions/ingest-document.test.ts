import { afterAll, beforeAll, expect, test } from 'vitest'
import { makePdf, makeZip } from '../../../testing/make-documents.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../../testing/test-app.ts'
import { type UploadedDocument, upload } from '../../../testing/upload.ts'
import { ingestDocument } from './ingest-document.ts'
import { recoverDocuments } from './recover-documents.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp()
})
afterAll(async () => {
  await on.dispose()
})

const never = new AbortController().signal
const lease = `# Lease\n\n## Rent\n\nThe rent is 940 francs a month, due on the third.\n\n## Pets\n\nCats are allowed, dogs are not.\n`

async function ingest(actor: Actor, id: string, signal = never): Promise<UploadedDocument> {
  await ingestDocument(on.knowledge, { organizationId: actor.organizationId, documentId: id }, signal)
  return (await actor.call<UploadedDocument>('GET', `/api/v1/documents/${id}`)).body
}

test('an uploaded document becomes ready with passages that name their headings', async () => {
  const ada = await signUp(on)
  const { status, body } = await upload(on, ada, 'lease.md', lease)
  expect(status).toBe(202)
  expect(body.status).toBe('queued')
  const ready = await ingest(ada, body.id)
  expect(ready).toMatchObject({ status: 'ready', mediaType: 'text/markdown', failure: null })
  const passages = await ada.call<{ data: { text: string; heading: string }[] }>(
    'GET',
    `/api/v1/documents/${body.id}/passages`,
  )
  expect(passages.body.data).toHaveLength(ready.passageCount)
  expect(passages.body.data.map((passage) => passage.text).join('\n')).toContain('940 francs')
})

test('a PDF keeps the page of each passage', async () => {
  const ada = await signUp(on)
  const { body } = await upload(on, ada, 'rules.pdf', await makePdf({ pages: 3 }))
  const ready = await ingest(ada, body.id)
  expect(ready).toMatchObject({ status: 'ready', pageCount: 3 })
  const passages = await ada.call<{ data: { page: number }[] }>(
    'GET',
    `/api/v1/documents/${body.id}/passages`,
  )
  expect(new Set(passages.body.data.map((passage) => passage.page))).toEqual(new Set([1, 2, 3]))
})

test('reading a document again leaves the same passages, not twice as many', async () => {
  const ada = await signUp(on)
  const { body } = await upload(on, ada, 'lease.md', lease)
  const first = await ingest(ada, body.id)
  expect((await ada.call('POST', `/api/v1/documents/${body.id}/retry`)).status).toBe(202)
  const second = await ingest(ada, body.id)
  expect(second.passageCount).toBe(first.passageCount)
  const passages = await ada.call<{ data: unknown[] }>('GET', `/api/v1/documents/${body.id}/passages`)
  expect(passages.body.data).toHaveLength(first.passageCount)
})

test('a document that cannot be read fails with the reason and what to do', async () => {
  const ada = await signUp(on)
  const { body } = await upload(
    on,
    ada,
    'secret.pdf',
    await makePdf({ pages: 1, userPassword: 'open sesame' }),
  )
  const failed = await ingest(ada, body.id)
  expect(failed.status).toBe('failed')
  expect(failed.failure?.code).toBe('knowledge.document_encrypted')
  expect(failed.failure?.message).toMatch(/password/)
})

test('what the first bytes give away is refused at the upload', async () => {
  const ada = await signUp(on)
  expect((await upload(on, ada, 'empty.txt', '')).body.error?.code).toBe('knowledge.document_empty')
  const zip = await upload(on, ada, 'lease.pdf', makeZip({ 'a.txt': new TextEncoder().encode('hello') }))
  expect(zip.status).toBe(422)
  expect(zip.body.error?.code).toBe('knowledge.document_type_mismatch')
  const list = await ada.call<{ data: unknown[] }>('GET', '/api/v1/documents')
  expect(list.body.data).toEqual([])
})

test('a stopped reading puts the document back into the queue', async () => {
  const ada = await signUp(on)
  const { body } = await upload(on, ada, 'lease.md', lease)
  const stopping = AbortSignal.abort(new Error('stopping'))
  await expect(
    ingestDocument(on.knowledge, { organizationId: ada.organizationId, documentId: body.id }, stopping),
  ).rejects.toThrow()
  expect((await ingest(ada, body.id)).status).toBe('ready')
})

test('two workers that get the same job read the document once', async () => {
  const ada = await signUp(on)
  const { body } = await upload(on, ada, 'lease.md', lease)
  const [one] = await Promise.all([ingest(ada, body.id), ingest(ada, body.id)])
  const last = one.status === 'ready' ? one : await ingest(ada, body.id)
  const passages = await ada.call<{ data: unknown[] }>('GET', `/api/v1/documents/${body.id}/passages`)
  expect(passages.body.data).toHaveLength(last.passageCount)
})

test('what a dead process was reading is queued again, and given up after three', async () => {
  const ada = await signUp(on)
  const { body } = await upload(on, ada, 'lease.md', lease)
  const abandon = () =>
    on.platform.database.query(
      `update freehold.documents set status = 'embedding', node_id = gen_random_uuid(), attempts = attempts + 1 where id = $1`,
      [body.id],
    )
  const statusNow = async () => (await ada.call<UploadedDocument>('GET', `/api/v1/documents/${body.id}`)).body
  await abandon()
  await recoverDocuments(on.knowledge, [on.platform.nodeId])
  expect((await statusNow()).status).toBe('queued')
  await abandon()
  await abandon()
  await recoverDocuments(on.knowledge, [on.platform.nodeId])
  expect(await statusNow()).toMatchObject({
    status: 'failed',
    failure: { code: 'knowledge.ingest_interrupted' },
  })
})

test('a deleted document leaves no passage, and its file goes', async () => {
  const ada = await signUp(on)
  const { body } = await upload(on, ada, 'lease.md', lease)
  await ingest(ada, body.id)
  expect((await ada.call('DELETE', `/api/v1/documents/${body.id}`)).status).toBe(204)
  const left = await on.platform.database.query('select 1 from freehold.passages where document_id = $1', [
    body.id,
  ])
  expect(left).toEqual([])
  expect((await ada.call('GET', `/api/v1/documents/${body.id}`)).status).toBe(404)
})
