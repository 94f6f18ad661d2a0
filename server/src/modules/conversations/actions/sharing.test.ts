import { afterAll, beforeAll, expect, test } from 'vitest'
import { joinOrganization } from '../../../testing/join-organization.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../../testing/test-app.ts'
import { upload } from '../../../testing/upload.ts'
import { ingestDocument } from '../../knowledge/actions/ingest-document.ts'

let on: TestApp
let ada: Actor
let bob: Actor
let documentId: string
beforeAll(async () => {
  on = await createTestApp()
  ada = await signUp(on)
  bob = await joinOrganization(on, ada, { role: 'member' })
  const { body } = await upload(on, ada, 'lease.md', 'The rent is 940 francs a month.')
  documentId = body.id
  const { organizationId } = ada
  await ingestDocument(on.knowledge, { organizationId, documentId }, new AbortController().signal)
})
afterAll(() => on.dispose())

interface Message {
  id: string
  content: string
  citations: { documentName: string }[]
  receipt: unknown
}
interface Asked {
  conversation: { id: string; title: string }
}
interface Listed {
  data: { id: string; title: string; match: string | null }[]
  nextCursor: string | null
}

const ask = async (actor: Actor, content: string, conversationId?: string) =>
  (await actor.call<Asked>('POST', '/api/v1/messages', { content, conversationId })).body.conversation
const share = async (id: string) =>
  (await ada.call<{ id: string }>('POST', `/api/v1/conversations/${id}/share`)).body.id
const read = async (actor: Actor, shareId: string) =>
  (await actor.call<{ data: Message[] }>('GET', `/api/v1/shared-conversations/${shareId}/messages`)).body.data
const titles = async (actor: Actor, query: string) =>
  (await actor.call<Listed>('GET', `/api/v1/conversations?${query}`)).body.data.map(({ title }) => title)

test('a colleague reads what was shared as it was then, and nobody of another organization does', async () => {
  const { id } = await ask(ada, 'How much is the rent?')
  const shareId = await share(id)
  await ask(ada, 'A second thought that is private', id)
  const messages = await read(bob, shareId)
  expect(messages).toHaveLength(2)
  expect(messages[1]).toMatchObject({ receipt: null, citations: [{ documentName: 'lease.md' }] })
  expect(JSON.stringify(messages)).not.toContain('private')
  expect(await share(id)).toBe(shareId)
  expect(await read(bob, shareId)).toHaveLength(4)
  const stranger = await signUp(on)
  expect((await stranger.call('GET', `/api/v1/shared-conversations/${shareId}`)).status).toBe(404)
  expect((await bob.call('GET', `/api/v1/conversations/${id}`)).status).toBe(404)
})

test('once it is not shared any more the link leads nowhere, and a copy stays', async () => {
  const { id } = await ask(ada, 'How much is the rent?')
  const shareId = await share(id)
  const copy = await bob.call<{ id: string }>('POST', `/api/v1/shared-conversations/${shareId}/copy`)
  expect(copy.status).toBe(201)
  expect((await ada.call('DELETE', `/api/v1/conversations/${id}/share`)).status).toBe(204)
  expect((await bob.call('GET', `/api/v1/shared-conversations/${shareId}`)).status).toBe(404)
  expect((await bob.call('POST', `/api/v1/shared-conversations/${shareId}/copy`)).status).toBe(404)
  const path = `/api/v1/conversations/${copy.body.id}/messages`
  expect((await bob.call<{ data: Message[] }>('GET', path)).body.data).toHaveLength(2)
  expect((await ada.call('GET', path)).status).toBe(404)
  await ask(bob, 'And when is it due?', copy.body.id)
  expect((await bob.call<{ data: Message[] }>('GET', path)).body.data).toHaveLength(4)
})

test('a citation is shown to who may read its passage, and to nobody once it is gone', async () => {
  const { body } = await upload(on, ada, 'parking.md', 'The parking garage costs 77 francs.')
  const { organizationId } = ada
  await ingestDocument(on.knowledge, { organizationId, documentId: body.id }, new AbortController().signal)
  const shareId = await share((await ask(ada, 'What does the parking garage cost?')).id)
  const cited = async () => (await read(bob, shareId))[1]?.citations.map((one) => one.documentName)
  expect(await cited()).toContain('parking.md')
  await ada.call('DELETE', `/api/v1/documents/${body.id}`)
  expect(await cited()).not.toContain('parking.md')
})

test('conversations are found by the words of their messages, page by page, by nobody else', async () => {
  const grace = await signUp(on)
  for (const word of ['Quokka', 'quokka again', 'zebra', 'QUOKKA thrice']) {
    const { id } = await ask(grace, `Nothing, ${word}`)
    await grace.call('PATCH', `/api/v1/conversations/${id}`, { title: `About ${word.length}` })
  }
  const first = await grace.call<Listed>('GET', '/api/v1/conversations?q=quokka&limit=2')
  expect(first.body.data.map(({ title }) => title)).toEqual(['About 13', 'About 12'])
  expect(first.body.data[0]?.match).toContain('QUOKKA thrice')
  const next = `/api/v1/conversations?q=quokka&limit=2&cursor=${first.body.nextCursor}`
  const second = await grace.call<Listed>('GET', next)
  expect(second.body).toMatchObject({ data: [{ title: 'About 6' }], nextCursor: null })
  expect(await titles(bob, 'q=quokka')).toEqual([])
})

test('what is put away is listed apart and comes back when it is spoken in; what is pinned is listed apart', async () => {
  const grace = await signUp(on)
  const one = await ask(grace, 'One')
  await ask(grace, 'Two')
  const change = (body: object) => grace.call('PATCH', `/api/v1/conversations/${one.id}`, body)
  await change({ archived: true })
  expect(await titles(grace, '')).toEqual(['Two'])
  expect(await titles(grace, 'archived=true')).toEqual(['One'])
  await ask(grace, 'One more', one.id)
  expect(await titles(grace, '')).toEqual(['One', 'Two'])
  await change({ pinned: true })
  expect(await titles(grace, 'pinned=true')).toEqual(['One'])
  expect(await titles(grace, 'pinned=false')).toEqual(['Two'])
})

test('a conversation is taken along as Markdown, with its sources', async () => {
  const { id } = await ask(ada, 'How much is the rent?')
  const path = `/api/v1/conversations/${id}/export`
  const file = await on.request('GET', path, { token: ada.token })
  expect(file.headers.get('content-type')).toContain('text/markdown')
  const text = await file.text()
  expect(text).toContain('# How much is the rent?')
  expect(text).toMatch(/- \[1\] lease\.md.*940 francs/)
  expect((await on.request('GET', path, { token: bob.token })).status).toBe(404)
})
