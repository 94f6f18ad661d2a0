import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FakeProvider, startFakeProvider } from '../../src/testing/fake-provider/fake-provider.ts'
import { makePdf } from '../../src/testing/make-documents.ts'
import type { Budget, Document, Message, Model, Page, UsageRecord } from './support/contract.ts'
import { readEvents, type StreamEvent, startedMessage, textOf } from './support/event-stream.ts'
import { eventually } from './support/eventually.ts'
import { type Installation, startInstallation } from './support/installation.ts'
import { type Person, signUp } from './support/person.ts'

/**
 * kill -9 at random moments, one process after another, with documents being read and an answer being written each
 * time. All rounds come first and all looking afterwards: other nodes are given time to prove that they live, so what
 * a killed one left is taken up after some seconds, and waiting once is enough.
 */

const rounds = 3
const pageCount = 3
/** Where several nodes share a database, a silent one counts as alive for this long. */
const recoveredWithinMs = 60_000
const longAnswer = Array.from({ length: 400 }, (_, index) => `Sentence ${index} — Bären 🐻 [1].`).join(' ')
const pricing = { prompt: '0.000002', completion: '0.000008' }

let provider: FakeProvider
let at: Installation
let ada: Person
let pdf: Uint8Array

/** What a client knows of an answer that was being written when the server was killed. */
interface Interrupted {
  round: number
  message: Message
  seen: string
}
const interrupted: Interrupted[] = []
const acknowledged: Document[] = []
const childrenLeft: number[] = []

beforeAll(async () => {
  provider = await startFakeProvider({ models: [{ id: 'fake-large', pricing, context_length: 32_000 }] })
  at = await startInstallation({ OPENAI_BASE_URL: provider.url, FREEHOLD_DEFAULT_MODEL: 'fake-large' })
  ada = await signUp(at)
  await ada.uploadAndRead('bears.md', '# Bears\n\nBears read sentences in the evening.\n')
  await ada.call('PUT', '/api/v1/budgets/organization', { limitUsd: '1000', window: 'lifetime', hard: true })
  pdf = await makePdf({ pages: pageCount })

  for (let round = 0; round < rounds; round++) {
    await untilPriced()
    await killInTheMiddle(round)
    await at.start()
    await ada.signIn()
  }
}, 240_000)
afterAll(async () => {
  await at?.dispose()
  await provider?.close()
})

/** The provider's prices are read in the background after a start; without them an answer would cost nothing. */
async function untilPriced(): Promise<void> {
  const look = async () => (await ada.call<Page<Model>>('GET', '/api/v1/models')).body.data
  await eventually(look, (models) => models.some(({ id, notice }) => id === 'fake-large' && notice === null))
}

async function killInTheMiddle(round: number): Promise<void> {
  // The first kill comes right after the 202, the others at any moment of reading or writing.
  const delayMs = round === 0 ? 0 : Math.random() * 2_000
  provider.script({ kind: 'answer', text: longAnswer, delayPerPieceMs: 5 })
  const events: StreamEvent[] = []
  const watching = watch(events)
  await eventually(
    () => Promise.resolve(textOf(events)),
    (text) => text.length > 50,
  )
  const { status, body } = await ada.upload(`round-${round}.pdf`, pdf)
  expect(status).toBe(202)
  acknowledged.push(body)
  // Another upload is under way when the end comes; whether it was taken is for the server to say.
  const unanswered = ada.upload(`unanswered-${round}.pdf`, pdf).then(
    (reply) => reply.status === 202 && acknowledged.push(reply.body),
    () => undefined,
  )
  await sleep(delayMs)
  childrenLeft.push(...(await childrenOf(at.processId)))
  const { signal } = await at.kill()
  expect(signal).toBe('SIGKILL')
  await Promise.all([watching, unanswered])
  interrupted.push({ round, message: startedMessage(events), seen: textOf(events) })
}

/** Reads an answer until the connection breaks. */
async function watch(events: StreamEvent[]): Promise<void> {
  try {
    for await (const event of readEvents(await ada.askStreaming('What do bears read?'))) events.push(event)
  } catch {
    // The server is gone, as intended.
  }
}

async function childrenOf(processId: number): Promise<number[]> {
  const listed = await readFile(`/proc/${processId}/task/${processId}/children`, 'utf8').catch(() => '')
  return listed.split(' ').filter(Boolean).map(Number)
}

test('every document that was acknowledged is read to its end, with each of its passages once', async () => {
  expect(acknowledged.length).toBeGreaterThanOrEqual(rounds)
  const look = async () => {
    const { body } = await ada.call<Page<Document>>('GET', '/api/v1/documents?limit=200')
    return body.data.map(({ id, name, status, passageCount, pageCount, failure }) => ({
      id,
      name,
      status,
      passageCount,
      pageCount,
      failure,
    }))
  }
  const documents = await eventually(
    look,
    (seen) => seen.every(({ status }) => status === 'ready' || status === 'failed'),
    { withinMs: recoveredWithinMs, everyMs: 200 },
  )
  const whole = await ada.uploadAndRead('whole.pdf', pdf)
  const expected = (await ada.passagesOf(whole.id)).map(({ ordinal, text }) => [ordinal, text])
  expect(expected.length).toBeGreaterThanOrEqual(pageCount)
  const ids = documents.map(({ id }) => id)
  for (const { id } of acknowledged) expect(ids).toContain(id)
  for (const document of documents.filter(({ name }) => name.endsWith('.pdf'))) {
    const passages = await ada.passagesOf(document.id)
    if (document.status === 'ready') {
      expect(passages.map(({ ordinal, text }) => [ordinal, text])).toEqual(expected)
      expect(document).toMatchObject({ pageCount, passageCount: expected.length, failure: null })
    } else {
      // One that has cost three processes may give up, but has to say so.
      expect(document.failure?.code).toBe('knowledge.ingest_interrupted')
      expect(passages).toEqual([])
    }
    const file = await ada.send(`/api/v1/documents/${document.id}/file`)
    expect(Buffer.from(await file.arrayBuffer()).equals(pdf)).toBe(true)
  }
  expect(documents.filter(({ status }) => status === 'ready').length).toBeGreaterThan(1)
}, 90_000)

test('every answer keeps what its reader had seen, and says that it was interrupted', async () => {
  expect(interrupted).toHaveLength(rounds)
  for (const { round, message, seen } of interrupted) {
    const kept = await eventually(
      () => ada.message(message.conversationId, message.id),
      ({ status }) => status !== 'streaming',
      { withinMs: recoveredWithinMs, everyMs: 200 },
    )
    expect(kept, `round ${round}`).toMatchObject({
      status: 'interrupted',
      error: { code: 'conversations.answer_interrupted' },
    })
    expect(kept.error?.message).toMatch(/ask again/i)
    expect(seen.length).toBeGreaterThan(50)
    expect(kept.content.startsWith(seen)).toBe(true)
    expect(longAnswer.startsWith(kept.content)).toBe(true)
    expect(kept.citations.map(({ documentName }) => documentName)).toEqual(['bears.md'])
    // The conversation goes on.
    provider.script({ kind: 'answer', text: 'Sentences [1].' })
    const next = await ada.ask('What?', { conversationId: message.conversationId })
    expect([next.status, next.body.message.content]).toEqual([201, 'Sentences [1].'])
  }
}, 90_000)

test('every interrupted call is in the ledger exactly once, and no money is held any more', async () => {
  const look = async () => (await ada.call<Page<Budget>>('GET', '/api/v1/budgets')).body.data[0]
  const budget = await eventually(look, (seen) => seen?.heldNanos === '0', {
    withinMs: recoveredWithinMs,
    everyMs: 200,
  })
  const records = await ada.usageRecords()
  expect(new Set(records.map(({ requestId }) => requestId)).size).toBe(records.length)
  for (const { message } of interrupted) {
    const { receipt } = await ada.message(message.conversationId, message.id)
    const { status, body } = await ada.call<UsageRecord>('GET', `/api/v1/usage/${receipt?.requestId}`)
    expect([status, body.status, body.purpose, body.model]).toEqual([
      200,
      'interrupted',
      'message',
      'fake-large',
    ])
    // What it really used is not known any more, so it counts at its upper bound.
    expect(BigInt(body.costNanos)).toBeGreaterThan(0n)
  }
  const ofAnswers = records.filter(({ purpose, status }) => purpose === 'message' && status === 'interrupted')
  expect(ofAnswers).toHaveLength(rounds)
  const spent = records.reduce((sum, { costNanos }) => sum + BigInt(costNanos), 0n)
  expect(budget?.settledNanos).toBe(String(spent))
}, 90_000)

test('no process that a killed server had started lives on', async () => {
  const look = async () => childrenLeft.filter(isAlive)
  await eventually(look, (alive) => alive.length === 0)
})

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch {
    return false
  }
}

test('no secret stands in the logs of all these processes', () => {
  for (const secret of ada.secrets) expect(at.log()).not.toContain(secret)
})
