import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Actor, createTestApp, signUp, type TestApp } from '../../../testing/test-app.ts'
import { upload } from '../../../testing/upload.ts'
import { ingestDocument } from './ingest-document.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp()
})
afterAll(async () => {
  await on.dispose()
})

interface Hit {
  passage: { text: string; documentName: string; documentId: string }
  textRank: number | null
  vectorRank: number | null
}

async function give(actor: Actor, name: string, text: string): Promise<string> {
  const { body } = await upload(on, actor, name, text)
  const target = { organizationId: actor.organizationId, documentId: body.id }
  await ingestDocument(on.knowledge, target, new AbortController().signal)
  return body.id
}

async function search(actor: Actor, query: string, more: object = {}): Promise<Hit[]> {
  const { status, body } = await actor.call<{ data: Hit[] }>('POST', '/api/v1/search', { query, ...more })
  expect(status).toBe(200)
  return body.data
}

test('words find a passage, and so does the meaning without the words', async () => {
  const ada = await signUp(on)
  await give(
    ada,
    'pets.md',
    'Residents may keep a cat in the apartment. Dogs are not permitted in the building.',
  )
  await give(ada, 'heating.md', 'The boiler is serviced each autumn by the caretaker.')
  const byWord = await search(ada, 'boiler')
  expect(byWord[0]).toMatchObject({ passage: { documentName: 'heating.md' }, textRank: 1 })
  const byMeaning = await search(ada, 'animals at home')
  expect(byMeaning[0]).toMatchObject({ passage: { documentName: 'pets.md' }, vectorRank: 1 })
})

test('a search can be narrowed to documents', async () => {
  const ada = await signUp(on)
  await give(ada, 'a.md', 'The gate opens at seven.')
  const second = await give(ada, 'b.md', 'The gate closes at nine.')
  const hits = await search(ada, 'gate', { documentIds: [second] })
  expect(hits.map((hit) => hit.passage.documentId)).toEqual([second])
})

test('another organization’s passages are never found, whatever ids are sent', async () => {
  const ada = await signUp(on)
  const bob = await signUp(on, 'Bob')
  const secret = await give(ada, 'secret.md', 'The canary is called Quetzalcoatl.')
  await give(bob, 'own.md', 'Nothing to see here.')
  for (const more of [{}, { documentIds: [secret] }]) {
    const hits = await search(bob, 'canary Quetzalcoatl', more)
    expect(JSON.stringify(hits)).not.toContain('canary is called')
  }
})

test('an organization without documents finds nothing and pays for no embedding', async () => {
  const ada = await signUp(on)
  expect(await search(ada, 'anything')).toEqual([])
  const usage = await ada.call<{ totals: { calls: number } }>('GET', '/api/v1/usage')
  expect(usage.body.totals.calls).toBe(0)
})

test('a question of punctuation alone is answered', async () => {
  const ada = await signUp(on)
  await give(ada, 'a.md', 'The gate opens at seven.')
  expect(Array.isArray(await search(ada, "?! ' & | :* <->"))).toBe(true)
})
