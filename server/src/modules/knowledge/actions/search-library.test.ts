import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Actor, createTestApp, signUp, type TestApp } from '../../../testing/test-app.ts'
import { upload } from '../../../testing/upload.ts'
import { ingestDocument } from './ingest-document.ts'

let on: TestApp
let ada: Actor
let noticeId: string
let handbookId: string
let addedAt: string

beforeAll(async () => {
  on = await createTestApp()
  ada = await signUp(on)
  handbookId = await give(
    'handbook.md',
    'Guests park behind the gate. The gates close at nine, and 🔑 keys open a Gate.',
  )
  on.platform.clock.advance(60_000)
  addedAt = on.platform.clock.now().toISOString()
  noticeId = await give('notice.txt', 'The old gate by the river is repaired in May.')
})
afterAll(async () => {
  await on.dispose()
})

interface Results {
  data: {
    passage: { id: string; text: string; documentId: string }
    document: { id: string; name: string; mediaType: string; createdBy: string }
    rank: number
    textRank: number | null
    textScore: number | null
    wordShare: number | null
    vectorRank: number | null
    similarity: number | null
    matchedTerms: string[]
    highlights: { start: number; end: number }[]
  }[]
  total: number
  facets: {
    collections: { id: string; count: number }[]
    documents: { id: string; count: number }[]
    mediaTypes: { mediaType: string; count: number }[]
    authors: { id: string; count: number }[]
  }
  nextCursor: string | null
}

async function give(name: string, text: string): Promise<string> {
  const { body } = await upload(on, ada, name, text)
  const target = { organizationId: ada.organizationId, documentId: body.id }
  await ingestDocument(on.knowledge, target, new AbortController().signal)
  return body.id
}

async function search(more: object = {}, as: Actor = ada): Promise<Results> {
  const { status, body } = await as.call<Results>('POST', '/api/v1/search', { query: 'gate', ...more })
  expect(status).toBe(200)
  return body
}

const documentsOf = ({ data }: Results) => data.map((hit) => hit.document.id)

test('the matched words are told by their places in the text, in every form the search found', async () => {
  const { data } = await search({ documentIds: [handbookId] })
  const [hit] = data
  const words = hit?.highlights.map(({ start, end }) => hit.passage.text.slice(start, end))
  expect(words).toEqual(['gate', 'gates', 'Gate'])
  expect(hit?.matchedTerms).toEqual(['gate', 'gates'])
})

test('a passage says why it was found: its place and score by words, by meaning, and both together', async () => {
  const { data } = await search({ query: 'is it repaired by the river' })
  expect(data[0]).toMatchObject({ rank: 1, document: { id: noticeId, name: 'notice.txt' }, textRank: 1 })
  expect(data[0]?.textScore).toBeGreaterThan(0)
  expect(data[0]?.wordShare).toBe(1)
  expect(data[1]).toMatchObject({ rank: 2, textRank: null, textScore: null, wordShare: null })
  expect(data[0]?.vectorRank).not.toBeNull()
  expect(data[0]?.similarity).toBeGreaterThan(0)
})

test('a passage that only its meaning found has no matched words', async () => {
  const { data } = await search({ query: 'fixing an entrance' })
  expect(data.length).toBeGreaterThan(0)
  expect(data[0]).toMatchObject({ textRank: null, textScore: null, matchedTerms: [], highlights: [] })
})

test.each([
  ['the media type', () => ({ mediaTypes: ['text/plain'] })],
  ['when it was added', () => ({ createdFrom: addedAt })],
  ['when it changed', () => ({ updatedFrom: addedAt })],
  ['the document', () => ({ documentIds: [noticeId] })],
  ['several at once', () => ({ documentIds: [noticeId, handbookId], createdFrom: addedAt })],
])('a search can be narrowed by %s', async (_what, filter) => {
  expect(documentsOf(await search())).toHaveLength(2)
  expect(documentsOf(await search(filter()))).toEqual([noticeId])
})

test('a search before a moment leaves out what came at it', async () => {
  expect(documentsOf(await search({ createdBefore: addedAt }))).toEqual([handbookId])
  expect(documentsOf(await search({ updatedBefore: addedAt }))).toEqual([handbookId])
})

test('a search can be narrowed to who uploaded, and what is left of nothing costs no embedding', async () => {
  const mine = await search()
  const me = mine.data[0]?.document.createdBy ?? ''
  expect(documentsOf(await search({ authorIds: [me] }))).toHaveLength(2)
  const calls = async () =>
    (await ada.call<{ totals: { calls: number } }>('GET', '/api/v1/usage')).body.totals.calls
  const before = await calls()
  const none = await search({ authorIds: [noticeId] })
  expect(none).toMatchObject({ data: [], total: 0, nextCursor: null })
  expect(await calls()).toBe(before)
})

test('what was found is counted by collection, document, type and author', async () => {
  const { facets, total } = await search()
  expect(total).toBe(2)
  expect(facets.collections).toMatchObject([{ count: 2 }])
  expect(facets.authors).toMatchObject([{ count: 2 }])
  expect(facets.documents.map((one) => one.id).sort()).toEqual([handbookId, noticeId].sort())
  expect(facets.mediaTypes.map((one) => one.mediaType).sort()).toEqual(['text/markdown', 'text/plain'])
})

test('pages continue where the one before ended', async () => {
  const whole = await search()
  const first = await search({ limit: 1 })
  expect(first.nextCursor).not.toBeNull()
  const second = await search({ limit: 1, cursor: first.nextCursor })
  expect([...first.data, ...second.data].map((hit) => [hit.rank, hit.passage.id])).toEqual(
    whole.data.map((hit) => [hit.rank, hit.passage.id]),
  )
  expect(second.nextCursor).toBeNull()
})

test('the filters of one organization open nothing of another', async () => {
  const bob = await signUp(on, 'Bob')
  const { body } = await upload(on, bob, 'own.md', 'A gate of his own.')
  const target = { organizationId: bob.organizationId, documentId: body.id }
  await ingestDocument(on.knowledge, target, new AbortController().signal)
  for (const more of [{ documentIds: [noticeId] }, { mediaTypes: ['text/plain'] }]) {
    expect(await search(more, bob)).toMatchObject({ data: [], total: 0, facets: { documents: [] } })
  }
})
