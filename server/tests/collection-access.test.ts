import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ingestDocument } from '../src/modules/knowledge/actions/ingest-document.ts'
import { systemCaller } from '../src/platform/context.ts'
import { rowsOf, withTenant } from '../src/platform/db/transactions.ts'
import { newId } from '../src/platform/ids.ts'
import { callerOf, joinOrganization } from '../src/testing/join-organization.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../src/testing/test-app.ts'

/**
 * A member of the organization who may not read a collection sees nothing of it: not by any list, by no id that they
 * still know, not by search, and not through an answer that they were given before.
 */

interface Library {
  collectionId: string
  documentId: string
  passageId: string
}
interface Hits {
  data: { passage: { documentId: string } }[]
}

let on: TestApp
let owner: Actor
let admin: Actor
let reader: Actor
let outsider: Actor
let closed: Library
let open: Library

beforeAll(async () => {
  on = await createTestApp()
  owner = await signUp(on)
  admin = await joinOrganization(on, owner, { role: 'admin' })
  reader = await joinOrganization(on, owner, { role: 'member' })
  outsider = await joinOrganization(on, owner, { role: 'member' })
  closed = await fill('Board', 'The zanzibar figures of the board are 940 francs.')
  open = await fill('Handbook', 'The zanzibar canary sings in the handbook.')
  const change = {
    access: 'restricted',
    readers: { roles: ['admin'], customRoleIds: [], userIds: [reader.userId] },
  }
  expect((await owner.call('PATCH', `/api/v1/collections/${closed.collectionId}`, change)).status).toBe(200)
})
afterAll(() => on.dispose())

async function fill(name: string, text: string): Promise<Library> {
  const collection = await owner.call<{ id: string }>('POST', '/api/v1/collections', { name })
  const form = new FormData()
  form.set('file', new Blob([text]), `${name}.txt`)
  form.set('collectionId', collection.body.id)
  const sent = await on.request('POST', '/api/v1/documents', { token: owner.token, body: form })
  // The contract of the upload.
  const { id } = (await sent.json()) as { id: string }
  const { organizationId } = owner
  await ingestDocument(on.knowledge, { organizationId, documentId: id }, new AbortController().signal)
  const passages = await owner.call<{ data: { id: string }[] }>('GET', `/api/v1/documents/${id}/passages`)
  return { collectionId: collection.body.id, documentId: id, passageId: passages.body.data[0]?.id ?? '' }
}

const idsOf = async (call: Actor['call'], path: string) =>
  (await call<{ data: { id: string }[] }>('GET', path)).body.data.map(({ id }) => id)
const found = async (call: Actor['call'], search: object = {}) =>
  (await call<Hits>('POST', '/api/v1/search', { query: 'zanzibar', ...search })).body.data.map(
    ({ passage }) => passage.documentId,
  )

describe('who may read a restricted collection', () => {
  test.each([
    ['its owner', () => owner],
    ['a role that reads it', () => admin],
    ['a person who reads it', () => reader],
  ])('%s finds it everywhere', async (_, who) => {
    const { call } = who()
    expect(await idsOf(call, '/api/v1/collections')).toContain(closed.collectionId)
    expect(await idsOf(call, '/api/v1/documents')).toContain(closed.documentId)
    expect((await call('GET', `/api/v1/passages/${closed.passageId}`)).status).toBe(200)
    expect((await found(call)).sort()).toEqual([closed.documentId, open.documentId].sort())
  })

  test('everybody else finds what is open, and nothing else', async () => {
    const { call } = outsider
    const collections = await idsOf(call, '/api/v1/collections')
    expect(collections).toContain(open.collectionId)
    expect(collections).not.toContain(closed.collectionId)
    expect(await idsOf(call, '/api/v1/documents')).toEqual([open.documentId])
    expect(await idsOf(call, `/api/v1/documents?collectionId=${closed.collectionId}`)).toEqual([])
    expect(await found(call)).toEqual([open.documentId])
    expect(await found(call, { collectionIds: [closed.collectionId] })).toEqual([])
    expect(await found(call, { documentIds: [closed.documentId] })).toEqual([])
  })

  test.each([
    ['GET', (at: Library) => `/documents/${at.documentId}`],
    ['GET', (at: Library) => `/documents/${at.documentId}/file`],
    ['GET', (at: Library) => `/documents/${at.documentId}/passages`],
    ['GET', (at: Library) => `/documents/${at.documentId}/events`],
    ['GET', (at: Library) => `/passages/${at.passageId}`],
    ['POST', (at: Library) => `/documents/${at.documentId}/retry`],
    ['POST', (at: Library) => `/documents/${at.documentId}/refresh`],
    ['DELETE', (at: Library) => `/documents/${at.documentId}`],
  ])('by a known id %s is 404', async (method, path) => {
    const answer = await on.request(method, `/api/v1${path(closed)}`, { token: outsider.token })
    expect(answer.status).toBe(404)
    await answer.body?.cancel()
  })

  test('nothing is put into it, and its settings are out of reach', async () => {
    const form = new FormData()
    form.set('file', new Blob(['words']), 'a.txt')
    form.set('collectionId', closed.collectionId)
    expect(
      (await on.request('POST', '/api/v1/documents', { token: outsider.token, body: form })).status,
    ).toBe(404)
    const version = new FormData()
    version.set('file', new Blob(['words']), 'a.txt')
    const path = `/api/v1/documents/${closed.documentId}/file`
    expect((await on.request('PUT', path, { token: outsider.token, body: version })).status).toBe(404)
    const rename = await outsider.call('PATCH', `/api/v1/collections/${closed.collectionId}`, {
      name: 'Mine',
    })
    expect(rename.status).toBe(404)
  })
})

describe('keys', () => {
  const keyOf = async (actor: Actor, body: object) =>
    callerOf(on, (await actor.call<{ key: string }>('POST', '/api/v1/api-keys', body)).body.key)

  test("a person's key reads what the person reads, at every moment", async () => {
    const key = await keyOf(admin, { name: 'k' })
    expect(await found(key)).toHaveLength(2)
    const readers = { roles: [], customRoleIds: [], userIds: [reader.userId] }
    const path = `/api/v1/collections/${closed.collectionId}`
    await owner.call('PATCH', path, { readers })
    expect(await found(key)).toEqual([open.documentId])
    await owner.call('PATCH', path, { readers: { ...readers, roles: ['admin'] } })
    expect(await found(key)).toHaveLength(2)
  })

  test("a service account's key reads by its role", async () => {
    for (const [role, count] of [
      ['admin', 2],
      ['member', 1],
    ] as const) {
      const account = await owner.call<{ id: string }>('POST', '/api/v1/service-accounts', {
        name: role,
        role,
      })
      const key = await keyOf(owner, { name: role, serviceAccountId: account.body.id })
      expect(await found(key)).toHaveLength(count)
    }
  })
})

describe('the database alone', () => {
  /** Rows of these documents that claims see, whatever the program asks. */
  async function seen(caller: Parameters<typeof withTenant>[1]) {
    return withTenant(on.platform, caller, async ({ tx }) => {
      const [row] = await rowsOf<{ documents: number; passages: number; found: number }>(
        tx,
        sql`select
          (select count(*)::int from freehold.documents where id = ${closed.documentId}) as documents,
          (select count(*)::int from freehold.passages where document_id = ${closed.documentId}) as passages,
          (select count(*)::int from app.search_passages('zanzibar', null, null, null, null, 50)) as found`,
      )
      return row
    })
  }

  test('shows rows of a closed collection to its readers only', async () => {
    const as = (userId: string | null) => systemCaller(owner.organizationId, newId(), userId)
    expect(await seen(as(reader.userId))).toEqual({ documents: 1, passages: 1, found: 2 })
    expect(await seen(as(outsider.userId))).toEqual({ documents: 0, passages: 0, found: 1 })
    expect(await seen(as(null)), 'work for nobody in particular').toEqual({
      documents: 1,
      passages: 1,
      found: 2,
    })
    expect(await seen({ ...as(null), kind: 'api_key' }), 'a key that is none').toEqual({
      documents: 0,
      passages: 0,
      found: 1,
    })
    const stranger = await signUp(on)
    expect(await seen(as(stranger.userId))).toEqual({ documents: 0, passages: 0, found: 1 })
  })
})

describe('settings', () => {
  const patch = (actor: Actor, id: string, body: object) =>
    actor.call<{ error?: { code: string } }>('PATCH', `/api/v1/collections/${id}`, body)
  const nobody = { roles: [], customRoleIds: [], userIds: [] }

  test('who reads is for administrators to say, and nobody locks themself out', async () => {
    expect((await patch(reader, open.collectionId, { access: 'restricted' })).status).toBe(403)
    const out = await patch(admin, open.collectionId, { access: 'restricted', readers: nobody })
    expect(out.body.error?.code).toBe('knowledge.collection_locks_you_out')
    expect(await idsOf(outsider.call, '/api/v1/collections')).toContain(open.collectionId)
  })

  test('readers are people and roles of the organization', async () => {
    const stranger = await signUp(on)
    for (const readers of [
      { ...nobody, userIds: [stranger.userId] },
      { ...nobody, customRoleIds: [newId()] },
    ]) {
      const answer = await patch(owner, open.collectionId, { readers })
      expect(answer.body.error?.code).toBe('knowledge.collection_reader_unknown')
    }
  })

  test('the default collection stays open', async () => {
    const list = await owner.call<{ data: { id: string; name: string }[] }>('GET', '/api/v1/collections')
    const library = list.body.data.find(({ name }) => name === 'Library')
    const answer = await patch(owner, library?.id ?? '', { access: 'restricted', readers: nobody })
    expect(answer.body.error?.code).toBe('knowledge.default_collection_open')
  })

  test('a new size of passages has the documents cut anew', async () => {
    const text = Array.from(
      { length: 60 },
      (_, at) => `Sentence number ${at} tells of the pumps at the river.`,
    ).join(' ')
    const library = await fill('Sizes', text)
    const count = async () =>
      (
        await owner.call<{ passageCount: number; status: string }>(
          'GET',
          `/api/v1/documents/${library.documentId}`,
        )
      ).body
    const before = await count()
    expect(
      (await patch(owner, library.collectionId, { targetTokens: 60, overlapTokens: 31 })).body.error?.code,
    ).toBe('knowledge.collection_overlap_too_large')
    expect((await patch(owner, library.collectionId, { targetTokens: 60, overlapTokens: 20 })).status).toBe(
      200,
    )
    expect((await count()).status).toBe('queued')
    const { organizationId } = owner
    await ingestDocument(
      on.knowledge,
      { organizationId, documentId: library.documentId },
      new AbortController().signal,
    )
    expect((await count()).passageCount).toBeGreaterThan(2 * before.passageCount)
    const passages = await owner.call<{ data: { startOffset: number; endOffset: number }[] }>(
      'GET',
      `/api/v1/documents/${library.documentId}/passages`,
    )
    const overlaps = passages.body.data.filter(
      (one, at, all) => one.startOffset < (all[at - 1]?.endOffset ?? 0),
    )
    expect(overlaps.length).toBe(passages.body.data.length - 1)
  })
})

test('a citation of a document that its reader may not see any more is withdrawn, and comes back with the right to it', async () => {
  interface Citation {
    documentId: string
    documentName: string
    quote: string
    withdrawn: boolean
  }
  const asked = await reader.call<{
    message: { id: string; citations: Citation[] }
    conversation: { id: string }
  }>('POST', '/api/v1/messages', {
    content: 'What are the zanzibar figures of the board?',
    collectionIds: [closed.collectionId],
  })
  expect(asked.status).toBe(201)
  const conversation = `/api/v1/conversations/${asked.body.conversation.id}/messages`
  const citations = async () =>
    (await reader.call<{ data: { citations: Citation[] }[] }>('GET', conversation)).body.data.flatMap(
      (message) => message.citations,
    )
  expect(await citations()).toMatchObject([
    { documentId: closed.documentId, documentName: 'Board.txt', withdrawn: false },
  ])
  const readers = (userIds: string[]) =>
    owner.call('PATCH', `/api/v1/collections/${closed.collectionId}`, {
      readers: { roles: ['admin'], customRoleIds: [], userIds },
    })
  await readers([])
  expect(await citations()).toMatchObject([{ documentName: '', quote: '', heading: null, withdrawn: true }])
  await readers([reader.userId])
  expect(await citations()).toMatchObject([{ documentName: 'Board.txt', withdrawn: false }])
})
