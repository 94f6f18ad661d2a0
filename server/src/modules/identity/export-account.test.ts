import { afterAll, beforeAll, expect, test } from 'vitest'
import { joinOrganization } from '../../testing/join-organization.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { upload } from '../../testing/upload.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp()
})
afterAll(async () => {
  await on.dispose()
})

type Part = Record<string, unknown>[]
interface Export {
  activity: Part
  inOrganizations: ({ organization: { id: string } } & Record<string, Part>)[]
  complete: boolean
}

const exportOf = async (person: Actor) => {
  const { status, body } = await person.call<Export>('GET', '/api/v1/user/export')
  expect(status).toBe(200)
  expect(body.complete).toBe(true)
  return body
}

/** A question of somebody's, a document, a key and a call of theirs, each with the word in it. */
async function leaveTraces(person: Actor, word: string): Promise<void> {
  const asked = await person.call('POST', '/api/v1/messages', {
    content: `What is ${word}?`,
    model: 'local/extractive',
  })
  expect(asked.status, JSON.stringify(asked.body)).toBe(201)
  const response = { model: 'local/extractive', input: `Where is ${word}?` }
  expect((await person.call('POST', '/v1/responses', response)).status).toBe(200)
  const chat = { model: 'local/extractive', messages: [{ role: 'user', content: `When is ${word}?` }] }
  const headers = { prefer: 'respond-async' }
  const { token } = person
  const queued = await on.request('POST', '/v1/chat/completions', { token, body: chat, headers })
  expect(queued.status).toBe(202)
  expect((await upload(on, person, `${word}.txt`, `All about ${word}.`)).status).toBe(202)
}

test('an export has what is one’s own in each organization, and nothing of the others there', async () => {
  const ada = await signUp(on)
  const bob = await joinOrganization(on, ada, { role: 'admin' })
  const home = await joinOrganization(on, ada, { role: 'member' })
  for (const [person, word] of [
    [ada, 'quinces'],
    [bob, 'medlars'],
    [home, 'bullaces'],
  ] as const)
    await leaveTraces(person, word)
  const made = await bob.call<{ key: string; id: string }>('POST', '/api/v1/api-keys', { name: 'medlar key' })
  const { inOrganizations } = await exportOf(bob)
  expect(inOrganizations).toHaveLength(2)
  const there = inOrganizations.find(({ organization }) => organization.id === ada.organizationId)
  expect(there).toMatchObject({
    conversations: [{ title: expect.stringContaining('medlars') }],
    messages: [{ role: 'assistant' }, { role: 'user', content: 'What is medlars?' }],
    responses: [{ input: [{ content: 'Where is medlars?' }], answer: { object: 'response' } }],
    queuedCalls: [
      { status: 'waiting', request: { body: { messages: [{ content: 'When is medlars?' }] } }, result: null },
    ],
    documents: [{ name: 'medlars.txt' }],
    apiKeys: [{ id: made.body.id, name: 'medlar key' }],
    usage: expect.arrayContaining([expect.objectContaining({ userId: bob.userId })]),
    auditEntries: expect.arrayContaining([expect.objectContaining({ action: 'api_key.create' })]),
  })
  const text = JSON.stringify(inOrganizations)
  expect(text).not.toMatch(/quinces|bullaces/)
  expect(text).not.toContain(made.body.key)
  expect(text).not.toContain(ada.userId)
})

test('ends with the membership: what stands in an organization is for its members', async () => {
  const ada = await signUp(on)
  const bob = await joinOrganization(on, ada, { role: 'member' })
  await leaveTraces(bob, 'medlars')
  const members = `/api/v1/organizations/${ada.organizationId}/members`
  expect((await ada.call('DELETE', `${members}/${bob.userId}`)).status).toBe(204)
  expect(JSON.stringify(await exportOf(bob))).not.toContain('medlars')
})

test('a large account is written piece by piece, every row once', async () => {
  const ada = await signUp(on)
  await on.platform.database.query(
    `insert into freehold.account_events (id, user_id, action, request_id, created_at)
     select gen_random_uuid(), $1, 'session.open', gen_random_uuid(), now() from generate_series(1, 1000)`,
    [ada.userId],
  )
  const response = await on.request('GET', '/api/v1/user/export', { token: ada.token })
  const pieces: string[] = []
  for await (const piece of response.body ?? []) pieces.push(Buffer.from(piece).toString())
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(pieces.join('').length / 3)
  const { activity } = JSON.parse(pieces.join('')) as { activity: { id: string }[] } // the contract
  expect(new Set(activity.map(({ id }) => id)).size).toBe(activity.length)
  expect(activity).toHaveLength(1_003)
})
