import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeDocx, makePdf, makeProse } from '../../src/testing/make-documents.ts'
import type {
  Citation,
  Conversation,
  Document,
  ErrorEnvelope,
  Model,
  Page,
  Passage,
  Receipt,
  UsageRecord,
} from './support/contract.ts'
import { citationsOf, collectEvents, endingOf, namesOf, readEvents, textOf } from './support/event-stream.ts'
import { eventually } from './support/eventually.ts'
import { type Installation, startInstallation } from './support/installation.ts'
import { type Person, signUp } from './support/person.ts'

/** The main job, from signing up to deleting everything, on the model that needs no key. */

const markdown = `# Leave policy

## Parental leave

Every employee has sixteen weeks of paid parental leave. It may be taken in two parts within the child's first year.

## Sabbatical

After seven years an employee may take a sabbatical of twelve weeks at half pay.
`
const html = `<!doctype html><html><head><title>Canteen</title><script>stealCookies()</script></head>
<body><h1>Canteen</h1><p>The canteen serves lunch from 11:30 until 14:00. On Thursdays the cook bakes cinnamon buns.</p></body></html>`
const text =
  'Visitors park in row K of the underground garage. The barrier opens with the code printed on the invitation.\n'
const docx = makeDocx([
  { heading: 'Travel expenses', level: 1 },
  { paragraph: 'A night in a hotel is refunded up to 140 euros. Receipts are handed in within thirty days.' },
  {
    table: [
      ['Country', 'Daily allowance'],
      ['Portugal', '32 euros'],
      ['Norway', '59 euros'],
    ],
  },
])

let at: Installation
let ada: Person
const uploaded = new Map<string, Document>()

beforeAll(async () => {
  at = await startInstallation()
  ada = await signUp(at)
})
afterAll(() => at?.dispose())

function documentNamed(name: string): Document {
  const found = uploaded.get(name)
  if (found === undefined) throw new Error(`${name} was not uploaded.`)
  return found
}

describe('documents', () => {
  test('of every supported kind are read while their progress is told', async () => {
    const files: [name: string, content: string | Uint8Array, mediaType: string, pages: number | null][] = [
      ['leave-policy.md', markdown, 'text/markdown', null],
      ['water-works.pdf', await makePdf({ pages: 3 }), 'application/pdf', 3],
      ['travel.docx', docx, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', null],
      ['canteen.html', html, 'text/html', null],
      ['parking.txt', text, 'text/plain', null],
    ]
    await Promise.all(
      files.map(async ([name, content, mediaType, pages]) => {
        const { status, body } = await ada.upload(name, content)
        expect([status, body.name, body.createdBy]).toEqual([202, name, ada.session.user.id])
        const events = await collectEvents(await ada.send(`/api/v1/documents/${body.id}/events`))
        expect(new Set(namesOf(events))).toEqual(new Set(['progress']))
        // The contract of these events.
        const seen = events.map(({ data }) => data as unknown as Document)
        const order = ['queued', 'parsing', 'embedding', 'ready']
        const steps = seen.map((document) => order.indexOf(document.status))
        expect(steps, `${name} went back or failed`).toEqual(steps.toSorted((a, b) => a - b))
        const last = seen.at(-1)
        expect(last).toMatchObject({ status: 'ready', mediaType, pageCount: pages, failure: null })
        expect(last?.passageCount).toBeGreaterThan(0)
        expect(last?.progress).toEqual({
          done: last?.passageCount,
          total: last?.passageCount,
          unit: 'passages',
        })
        uploaded.set(name, (await ada.call<Document>('GET', `/api/v1/documents/${body.id}`)).body)
      }),
    )
    const { body } = await ada.call<Page<Document>>('GET', '/api/v1/documents')
    expect(body.data.map(({ name }) => name).sort()).toEqual(files.map(([name]) => name).sort())
  })

  test('are kept as they came', async () => {
    const response = await ada.send(`/api/v1/documents/${documentNamed('travel.docx').id}/file`)
    expect(Buffer.from(await response.arrayBuffer()).equals(docx)).toBe(true)
    expect(response.headers.get('content-disposition')).toContain('attachment')
  })

  test('are cut into passages that say where in the text they stand', async () => {
    for (const document of uploaded.values()) {
      const passages = await ada.passagesOf(document.id)
      expect(passages).toHaveLength(document.passageCount)
      expect(passages.map(({ ordinal }) => ordinal)).toEqual(passages.map((_, index) => index))
      const whole: string[] = []
      for (const passage of passages) {
        expect(passage.text).toHaveLength(passage.endOffset - passage.startOffset)
        for (const [index, unit] of passage.text.split('').entries()) {
          const place = passage.startOffset + index
          // Two passages that overlap hold the same text at the same place.
          expect(whole[place] ?? unit).toBe(unit)
          whole[place] = unit
        }
      }
    }
    const [parking] = await ada.passagesOf(documentNamed('parking.txt').id)
    expect(parking?.text).toBe(text.slice(parking?.startOffset, parking?.endOffset))
    const pages = (await ada.passagesOf(documentNamed('water-works.pdf').id)).map(({ page }) => page)
    expect(new Set(pages)).toEqual(new Set([1, 2, 3]))
  })
})

async function expectTrueCitations(citations: readonly Citation[], content: string): Promise<void> {
  expect(citations.length).toBeGreaterThan(0)
  for (const citation of citations) {
    const { status, body } = await ada.call<Passage & { before: string; after: string }>(
      'GET',
      `/api/v1/passages/${citation.passageId}`,
    )
    expect(status).toBe(200)
    expect(body.text).toContain(citation.quote)
    expect(body).toMatchObject({
      documentId: citation.documentId,
      documentName: citation.documentName,
      page: citation.page,
      heading: citation.heading,
      startOffset: citation.startOffset,
      endOffset: citation.endOffset,
    })
    const passages = await ada.passagesOf(citation.documentId)
    expect(passages.map(({ id }) => id)).toContain(citation.passageId)
    expect(content).toContain(`[${citation.marker}]`)
  }
}

async function expectTrueReceipt(receipt: Receipt | null): Promise<void> {
  if (receipt === null) throw new Error('The answer has no receipt.')
  const { body } = await ada.call<UsageRecord>('GET', `/api/v1/usage/${receipt.requestId}`)
  const { isLanguageModel, ...facts } = receipt
  expect(isLanguageModel).toBe(false)
  expect(body).toMatchObject({ ...facts, purpose: 'message', status: 'ok', errorCode: null })
  expect(body.userId).toBe(ada.session.user.id)
}

describe('an answer', () => {
  const questions: [question: string, document: string, fact: string][] = [
    ['How many weeks of paid parental leave does an employee have?', 'leave-policy.md', 'sixteen weeks'],
    ['Up to how many euros is a night in a hotel refunded?', 'travel.docx', '140 euros'],
    ['On which day does the cook bake cinnamon buns?', 'canteen.html', 'Thursdays'],
    ['Where do visitors park?', 'parking.txt', 'row K'],
  ]
  for (const [question, document, fact] of questions) {
    test(`quotes ${document} and cites a passage that is there`, async () => {
      const { status, body } = await ada.ask(question)
      expect(status).toBe(201)
      expect(body.userMessage).toMatchObject({ role: 'user', content: question, status: 'complete' })
      expect(body.message).toMatchObject({ role: 'assistant', status: 'complete', error: null })
      expect(body.message.content).toContain(fact)
      await expectTrueCitations(body.message.citations, body.message.content)
      expect(body.message.citations.map(({ documentName }) => documentName)).toContain(document)
      await expectTrueReceipt(body.message.receipt)
    })
  }

  test('streams in, piece by piece, with what was retrieved before the first word', async () => {
    const { heading } = makeProse(1)
    const site = heading.replace(/^.* for /, '')
    const response = await ada.askStreaming(`What is reported above which pressure at ${site}?`)
    expect(response.status).toBe(200)
    const events = await collectEvents(response)
    const names = namesOf(events)
    expect(names.slice(0, 2)).toEqual(['message.start', 'message.citations'])
    expect(new Set(names.slice(2, -1))).toEqual(new Set(['message.delta']))
    const { name, message } = endingOf(events)
    expect([name, message.status]).toEqual(['message.done', 'complete'])
    expect(textOf(events)).toBe(message.content)
    let offset = 0
    for (const { id, data } of events.filter((event) => event.name === 'message.delta')) {
      expect(data).toMatchObject({ messageId: message.id, offset })
      offset += String(data.text).length
      expect(id).toBe(String(offset))
    }
    const retrieved = citationsOf(events).map(({ passageId }) => passageId)
    for (const { passageId } of message.citations) expect(retrieved).toContain(passageId)
    await expectTrueCitations(message.citations, message.content)
    expect(message.citations.map(({ documentName }) => documentName)).toContain('water-works.pdf')
    expect(message.citations[0]?.page).not.toBeNull()
    await expectTrueReceipt(message.receipt)
    expect(await ada.message(message.conversationId, message.id)).toEqual(message)
  })

  test('says that no language model wrote it: in its text, its receipt and the list of models', async () => {
    const { body } = await ada.ask('What does the canteen serve?')
    expect(body.message.content).toMatch(/no language model/i)
    expect(body.message.receipt).toMatchObject({ isLanguageModel: false, provider: 'local', costNanos: '0' })
    const { body: models } = await ada.call<Page<Model>>('GET', '/api/v1/models')
    const answering = models.data.find(({ id }) => id === body.message.receipt?.model)
    expect(answering).toMatchObject({ isLanguageModel: false, isDefault: true })
    expect(answering?.notice).toMatch(/not a language model/i)
    expect(answering?.notice).toContain('OPENROUTER_API_KEY')
  })

  test('to what no document holds cites nothing', async () => {
    const { status, body } = await ada.ask('Quel est le prix du zinc à Ouagadougou ?')
    expect(status).toBe(201)
    expect(body.message.content).not.toMatch(/\[\d+\]/)
    expect(body.message.citations).toEqual([])
  })
})

describe('conversations', () => {
  test('go on, are listed, found, renamed and deleted, and are nobody else’s', async () => {
    const first = (await ada.ask('Where do visitors park?')).body
    const conversationId = first.conversation.id
    const second = (await ada.ask('And what opens the barrier?', { conversationId })).body
    expect(second.conversation.id).toBe(conversationId)
    const messages = await ada.call<Page<{ id: string }>>(
      'GET',
      `/api/v1/conversations/${conversationId}/messages`,
    )
    expect(messages.body.data.map(({ id }) => id)).toEqual(
      [first.userMessage, first.message, second.userMessage, second.message].map(({ id }) => id),
    )

    const listed = await ada.call<Page<Conversation>>('GET', '/api/v1/conversations')
    expect(listed.body.data[0]).toMatchObject({ id: conversationId, title: 'Where do visitors park?' })
    const renamed = await ada.call<Conversation>('PATCH', `/api/v1/conversations/${conversationId}`, {
      title: 'Parking',
    })
    expect([renamed.status, renamed.body.title]).toEqual([200, 'Parking'])
    const found = await ada.call<Page<Conversation>>('GET', '/api/v1/conversations?q=parkin')
    expect(found.body.data.map(({ title }) => title)).toEqual(['Parking'])

    const bob = await signUp(at, 'Bob')
    for (const path of [
      `/api/v1/conversations/${conversationId}`,
      `/api/v1/passages/${first.message.citations[0]?.passageId}`,
    ]) {
      expect((await bob.call('GET', path)).status).toBe(404)
    }
    expect((await bob.call('GET', `/api/v1/messages/${first.message.id}/stream`)).status).toBe(404)

    expect((await ada.call('DELETE', `/api/v1/conversations/${conversationId}`)).status).toBe(204)
    for (const path of [
      `/api/v1/conversations/${conversationId}`,
      `/api/v1/conversations/${conversationId}/messages`,
      `/api/v1/messages/${first.message.id}/stream`,
    ]) {
      const { status, body } = await ada.call<ErrorEnvelope>('GET', path)
      expect([path, status, body.success]).toEqual([path, 404, false])
    }
    const left = await ada.call<Page<Conversation>>('GET', '/api/v1/conversations?q=parkin')
    expect(left.body.data).toEqual([])
  })
})

describe('deleting', () => {
  test('a document leaves no passage, no search hit and no file', async () => {
    const passages: Passage[] = []
    for (const { id } of uploaded.values()) passages.push(...(await ada.passagesOf(id)))
    expect(await storedFiles()).toHaveLength(uploaded.size)
    for (const { id } of uploaded.values()) {
      expect((await ada.call('DELETE', `/api/v1/documents/${id}`)).status).toBe(204)
      expect((await ada.call('GET', `/api/v1/documents/${id}`)).status).toBe(404)
      expect((await ada.send(`/api/v1/documents/${id}/file`)).status).toBe(404)
    }
    for (const { id } of passages) expect((await ada.call('GET', `/api/v1/passages/${id}`)).status).toBe(404)
    const { body } = await ada.call<{ data: unknown[] }>('POST', '/api/v1/search', {
      query: 'parental leave',
    })
    expect(body.data).toEqual([])
    await eventually(storedFiles, (files) => files.length === 0)
  })
})

async function storedFiles(): Promise<string[]> {
  const entries = await readdir(path.join(at.dataDir, 'files'), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
}

test('a reader who leaves the progress of a document disturbs nobody', async () => {
  const { body } = await ada.upload('late.md', markdown)
  for await (const _ of readEvents(await ada.send(`/api/v1/documents/${body.id}/events`))) break
  expect((await ada.untilRead(body.id)).status).toBe('ready')
})
