import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Actor, createTestApp, signUp, type TestApp } from '../../../testing/test-app.ts'
import { upload } from '../../../testing/upload.ts'
import { ingestDocument } from './ingest-document.ts'

let on: TestApp
let ada: Actor
let bob: Actor
let collectionId: string

beforeAll(async () => {
  on = await createTestApp()
  ada = await signUp(on)
  bob = await signUp(on, 'Bob')
  const { body } = await ada.call<{ data: { id: string }[] }>('GET', '/api/v1/collections')
  collectionId = body.data[0]?.id ?? ''
})
afterAll(async () => {
  await on.dispose()
})

interface Question {
  id: string
  question: string
  expected: { documentId: string; quote: string }[]
}
interface Judged {
  recall: number
  ndcg: number
  reciprocalRank: number
  places: (number | null)[]
}
interface Evaluation {
  id: string
  questionCount: number
  index: { documentCount: number; passageCount: number; embeddingSpace: string }
  text: Judged
  vector: Judged
  hybrid: Judged
  questions: { questionId: string; expected: ({ quote: string } | null)[]; text: Judged; hybrid: Judged }[]
}

async function give(name: string, text: string): Promise<string> {
  const { body } = await upload(on, ada, name, text)
  await read(body.id)
  return body.id
}

async function read(documentId: string): Promise<void> {
  const target = { organizationId: ada.organizationId, documentId }
  await ingestDocument(on.knowledge, target, new AbortController().signal)
}

async function passageOf(documentId: string): Promise<string> {
  const path = `/api/v1/documents/${documentId}/passages`
  const { body } = await ada.call<{ data: { id: string }[] }>('GET', path)
  return body.data[0]?.id ?? ''
}

const questionsPath = () => `/api/v1/collections/${collectionId}/gold-questions`
const evaluationsPath = () => `/api/v1/collections/${collectionId}/evaluations`

function add(question: string, passageId: string, quote?: string, as: Actor = ada) {
  return as.call<Question & { error?: { code: string } }>('POST', questionsPath(), {
    question,
    expected: [{ passageId, ...(quote === undefined ? {} : { quote }) }],
  })
}

test('a collection without questions has nothing to evaluate', async () => {
  const { status, body } = await ada.call<{ error: { code: string } }>('POST', evaluationsPath())
  expect([status, body.error.code]).toEqual([409, 'knowledge.no_gold_questions'])
})

test('an evaluation tells where each way of searching found what was expected, also after a document was read anew', async () => {
  const boiler = await give('boiler.md', 'The boiler is serviced each autumn by the caretaker.')
  await give('pets.md', 'Residents may keep a cat in the apartment.')
  const first = await add('Who services the boiler?', await passageOf(boiler), 'serviced each autumn')
  expect(first.status).toBe(201)
  const { status, body } = await ada.call<Evaluation>('POST', evaluationsPath())
  expect(status).toBe(201)
  const perfect = { recall: 1, ndcg: 1, reciprocalRank: 1 }
  expect(body).toMatchObject({
    questionCount: 1,
    index: { documentCount: 2, passageCount: 2 },
    text: perfect,
    hybrid: perfect,
    questions: [
      { questionId: first.body.id, expected: [{ quote: 'serviced each autumn' }], text: { places: [1] } },
    ],
  })

  const before = await passageOf(boiler)
  const form = new FormData()
  form.set('file', new Blob(['By the caretaker the boiler is serviced each autumn, as ever.']), 'boiler.md')
  await on.request('PUT', `/api/v1/documents/${boiler}/file`, { token: ada.token, body: form })
  await read(boiler)
  expect(await passageOf(boiler)).not.toBe(before)
  const again = await ada.call<Evaluation>('POST', evaluationsPath())
  expect(again.body).toMatchObject({ text: perfect, hybrid: perfect })

  const history = await ada.call<{ data: Evaluation[] }>('GET', evaluationsPath())
  expect(history.body.data.map((one) => one.id)).toEqual([again.body.id, body.id])
  const one = await ada.call<Evaluation>('GET', `/api/v1/evaluations/${body.id}`)
  expect(one.body).toEqual(body)
})

test('what is expected and not found lowers the figures', async () => {
  const alone = await give('river.md', 'The river floods the lower meadow in March.')
  await add('Zanzibar zoology?', await passageOf(alone))
  const { body } = await ada.call<Evaluation>('POST', evaluationsPath())
  expect(body.text.recall).toBe(0.5)
  expect(body.questions[1]?.text).toMatchObject({ recall: 0, ndcg: 0, reciprocalRank: 0, places: [null] })
})

test('a question that is there gets the passage added, and the same passage only once', async () => {
  const one = await passageOf(await give('one.md', 'Bicycles stand in the cellar.'))
  const two = await passageOf(await give('two.md', 'Scooters stand in the yard.'))
  const first = await add('Where do vehicles stand?', one)
  const second = await add('Where do vehicles stand?', two)
  const third = await add('Where do vehicles stand?', two)
  expect(second.body.id).toBe(first.body.id)
  expect(third.body.expected.map((passage) => passage.quote)).toEqual([
    'Bicycles stand in the cellar.',
    'Scooters stand in the yard.',
  ])
})

test('a quote that does not stand in the passage is refused, and so is a passage of another collection', async () => {
  const passage = await passageOf(await give('bins.md', 'The bins are emptied on Friday.'))
  const wrong = await add('When are the bins emptied?', passage, 'emptied on Monday')
  expect([wrong.status, wrong.body.error?.code]).toEqual([422, 'knowledge.gold_quote_not_found'])
  const other = await ada.call<{ id: string }>('POST', '/api/v1/collections', { name: 'Other' })
  const elsewhere = await ada.call<{ error: { code: string } }>(
    'POST',
    `/api/v1/collections/${other.body.id}/gold-questions`,
    { question: 'When?', expected: [{ passageId: passage }] },
  )
  expect([elsewhere.status, elsewhere.body.error.code]).toEqual([422, 'knowledge.gold_passage_elsewhere'])
  const { body } = await ada.call<{ data: Question[] }>('GET', questionsPath())
  expect(body.data.map((one) => one.question)).not.toContain('When are the bins emptied?')
})

test('a question whose document was deleted is not asked, and earlier evaluations lose the quote', async () => {
  const stairs = await give('stairs.md', 'The stairs are swept on Tuesday.')
  const { body: question } = await add('When are the stairs swept?', await passageOf(stairs))
  const { body: before } = await ada.call<Evaluation>('POST', evaluationsPath())
  expect(JSON.stringify(before)).toContain('swept on Tuesday')
  await ada.call('DELETE', `/api/v1/documents/${stairs}`)
  const { body: after } = await ada.call<Evaluation>('POST', evaluationsPath())
  expect(after.questions.map((one) => one.questionId)).not.toContain(question.id)
  const { body: kept } = await ada.call<Evaluation>('GET', `/api/v1/evaluations/${before.id}`)
  expect(JSON.stringify(kept)).not.toContain('swept on Tuesday')
  expect(kept.hybrid).toEqual(before.hybrid)
  expect((await ada.call('DELETE', `/api/v1/gold-questions/${question.id}`)).status).toBe(204)
})

test('another organization sees neither questions nor evaluations, and adds none', async () => {
  const { body } = await ada.call<{ data: Evaluation[] }>('GET', evaluationsPath())
  const tries = [
    ['GET', questionsPath()],
    ['GET', evaluationsPath()],
    ['POST', evaluationsPath()],
    ['GET', `/api/v1/evaluations/${body.data[0]?.id}`],
  ] as const
  for (const [method, path] of tries) expect((await bob.call(method, path)).status, path).toBe(404)
  const question = await ada.call<{ data: Question[] }>('GET', questionsPath())
  const id = question.body.data[0]?.id
  expect((await bob.call('DELETE', `/api/v1/gold-questions/${id}`)).status).toBe(404)
  const passageId = await passageOf(await give('secret.md', 'The canary is called Quetzalcoatl.'))
  expect((await add('Whose?', passageId, undefined, bob)).status).toBe(404)
  const { body: own } = await bob.call<{ data: { id: string }[] }>('GET', '/api/v1/collections')
  const added = await bob.call<object>('POST', `/api/v1/collections/${own.data[0]?.id}/gold-questions`, {
    question: 'Whose?',
    expected: [{ passageId }],
  })
  expect(added.status).toBe(404)
  expect(JSON.stringify(added.body)).not.toContain('Quetzalcoatl')
})
