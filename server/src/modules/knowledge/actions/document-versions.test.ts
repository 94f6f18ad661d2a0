import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemCaller } from '../../../platform/context.ts'
import { createGuardedFetch } from '../../../platform/fetch/index.ts'
import { type LocalServer, startServer } from '../../../platform/fetch/local-server.fixture.ts'
import { newId } from '../../../platform/ids.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../../testing/test-app.ts'
import { type UploadedDocument, upload } from '../../../testing/upload.ts'
import { createWebReader } from '../adapters/web/web-reader.ts'
import type { Knowledge } from '../knowledge.ts'
import { addPage } from './add-page.ts'
import { ingestDocument } from './ingest-document.ts'
import { refreshDocument } from './replace-document.ts'

let on: TestApp
let server: LocalServer
let knowledge: Knowledge
/** How many texts were embedded. */
let embedded = 0
const never = new AbortController().signal

beforeAll(async () => {
  on = await createTestApp()
  server = await startServer('127.0.0.1')
  const fetch = createGuardedFetch({
    allowPrivate: true,
    resolver: async () => [{ address: '127.0.0.1', family: 4 }],
  })
  knowledge = {
    ...on.knowledge,
    web: createWebReader(fetch, on.platform.clock),
    embed(caller, texts, signal) {
      embedded += texts.length
      return on.knowledge.embed(caller, texts, signal)
    },
  }
})
afterAll(async () => {
  await knowledge.web.close()
  await server.close()
  await on.dispose()
})

type Document = UploadedDocument & {
  name: string
  language: string | null
  warnings: { code: string; pages: number[] }[]
  source: { url: string; fetchedAt: string } | null
}
interface Passage {
  id: string
  text: string
  ordinal: number
}

async function ingest(actor: Actor, id: string): Promise<Document> {
  await ingestDocument(knowledge, { organizationId: actor.organizationId, documentId: id }, never)
  return (await actor.call<Document>('GET', `/api/v1/documents/${id}`)).body
}
const passagesOf = async (actor: Actor, id: string) =>
  (await actor.call<{ data: Passage[] }>('GET', `/api/v1/documents/${id}/passages?limit=100`)).body.data
const writer = (actor: Actor) =>
  systemCaller(actor.organizationId, newId(), null, ['write:documents', 'read:documents', 'use:models'])

async function replace(actor: Actor, id: string, name: string, content: string) {
  const form = new FormData()
  form.set('file', new Blob([content]), name)
  const response = await on.request('PUT', `/api/v1/documents/${id}/file`, { token: actor.token, body: form })
  // The contract of the route, or of an error.
  return { status: response.status, body: (await response.json()) as Document }
}

const section = (number: number, words = 'The rent is due on the third day of each month.'): string =>
  `## Section ${number}\n\n${`${words} It is number ${number}. `.repeat(14)}\n\n`
const book = (sections: readonly string[]): string => `# Lease\n\n${sections.join('')}`

test('a new version embeds only the passages whose text is new, and the others keep their ids', async () => {
  const ada = await signUp(on)
  const sections = Array.from({ length: 12 }, (_, at) => section(at))
  const { body } = await upload(on, ada, 'lease.md', book(sections))
  embedded = 0
  const first = await ingest(ada, body.id)
  expect(embedded).toBe(first.passageCount)
  const before = await passagesOf(ada, body.id)

  sections[5] = section(5, 'Cats are allowed in all rooms but the kitchen.')
  sections.splice(9, 1)
  expect((await replace(ada, body.id, 'lease.md', book(sections))).status).toBe(202)
  embedded = 0
  const second = await ingest(ada, body.id)
  const after = await passagesOf(ada, body.id)
  expect(second).toMatchObject({ status: 'ready', passageCount: after.length })
  expect(embedded).toBe(after.filter(({ text }) => !before.some((old) => old.text === text)).length)
  expect(embedded).toBeGreaterThan(0)
  expect(embedded).toBeLessThan(4)
  expect(after.map(({ ordinal }) => ordinal)).toEqual(after.map((_, at) => at))
  const same = after.filter(({ text }) => before.some((old) => old.text === text))
  expect(same.length).toBeGreaterThan(8)
  for (const { id, text } of same) expect(before.find((old) => old.id === id)?.text).toBe(text)
  expect(after.map(({ text }) => text).join()).not.toContain('number 9.')

  embedded = 0
  expect((await replace(ada, body.id, 'lease.md', book(sections))).body.status).toBe('ready')
  expect((await ada.call('POST', `/api/v1/documents/${body.id}/retry`)).status).toBe(202)
  expect((await ingest(ada, body.id)).status).toBe('ready')
  expect(embedded).toBe(0)
  expect((await passagesOf(ada, body.id)).map(({ id }) => id)).toEqual(after.map(({ id }) => id))
})

test('a page from the web is read for its article, under its title, and again when it has changed', async () => {
  const ada = await signUp(on)
  let article = 'The booster pump raises the pressure of the water before it is led on to the tanks. '.repeat(
    8,
  )
  let etag = '"1"'
  server.answer = (request, response) => {
    if (request.url === '/robots.txt') return response.writeHead(404).end()
    if (request.headers['if-none-match'] === etag) return response.writeHead(304).end()
    response.writeHead(200, { 'content-type': 'text/html', etag }).end(
      `<html><head><title>Pumps</title></head><body><nav><a href="/">Home</a> <a href="/x">Buy now</a></nav>
       <article><h1>Pumps</h1><p>${article}</p><p>${article.replace('booster', 'second')}</p></article>
       <div class="sidebar">Subscribe to the letter</div></body></html>`,
    )
  }
  const url = `http://pumps.example:${server.port}/about/pumps`
  const { id, name } = await addPage(knowledge, writer(ada), { url, collectionId: undefined }, never)
  expect(name).toBe('pumps')
  const read = await ingest(ada, id)
  expect(read).toMatchObject({
    status: 'ready',
    name: 'Pumps',
    mediaType: 'text/html',
    language: 'en',
    source: { url },
  })
  const text = (await passagesOf(ada, id)).map((passage) => passage.text).join('\n')
  expect(text).toContain('booster pump')
  expect(text).not.toMatch(/Buy now|Subscribe/)

  on.platform.clock.advance(60_000)
  const unchanged = await refreshDocument(knowledge, writer(ada), id, never)
  expect(unchanged.status).toBe('ready')
  expect(unchanged.fetchedAt?.getTime()).toBeGreaterThan(Date.parse(read.source?.fetchedAt ?? ''))

  article = article.replaceAll('raises', 'lowers')
  etag = '"2"'
  expect((await refreshDocument(knowledge, writer(ada), id, never)).status).toBe('queued')
  expect((await ingest(ada, id)).status).toBe('ready')
  expect((await passagesOf(ada, id)).map((passage) => passage.text).join()).toContain('lowers the pressure')
})

test('an address that is not public is refused through the API, with no connection made', async () => {
  const ada = await signUp(on)
  const before = server.connections
  for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
    const { status, body } = await ada.call<{ error: { code: string } }>(
      'POST',
      '/api/v1/documents/from-url',
      {
        url: `http://${host}:${server.port}/`,
      },
    )
    expect([status, body.error.code]).toEqual([422, 'fetch.refused'])
  }
  expect(server.connections).toBe(before)
  const uploaded = await upload(on, ada, 'a.txt', 'words')
  await ingest(ada, uploaded.body.id)
  const refresh = await ada.call<{ error: { code: string } }>(
    'POST',
    `/api/v1/documents/${uploaded.body.id}/refresh`,
  )
  expect(refresh.body.error.code).toBe('knowledge.document_not_from_url')
})

test('documents know their language and are listed by it', async () => {
  const ada = await signUp(on)
  const texts = {
    'a.txt': 'The pump has been running since March and is checked by somebody every single month.',
    'b.txt': 'Die Pumpe läuft seit März ohne Unterbruch und wird jeden Monat von jemandem geprüft.',
    'c.txt': '12 34 56 ok',
  }
  const found: Record<string, string | null> = {}
  for (const [name, text] of Object.entries(texts)) {
    const { body } = await upload(on, ada, name, text)
    found[name] = (await ingest(ada, body.id)).language
  }
  expect(found).toEqual({ 'a.txt': 'en', 'b.txt': 'de', 'c.txt': null })
  const list = await ada.call<{ data: Document[] }>('GET', '/api/v1/documents?language=de')
  expect(list.body.data.map(({ name }) => name)).toEqual(['b.txt'])
})
