import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FakeProvider, startFakeProvider } from '../../src/testing/fake-provider/fake-provider.ts'
import { makePdf } from '../../src/testing/make-documents.ts'
import type { Budget, Document, Message, Model, Page } from './support/contract.ts'
import { endingOf, readEvents, type StreamEvent, textOf } from './support/event-stream.ts'
import { eventually } from './support/eventually.ts'
import { type Exit, type Installation, startInstallation } from './support/installation.ts'
import { type Person, signUp } from './support/person.ts'

/** SIGTERM while answers are written and documents are read: everybody is told, and nothing is lost. */

const longAnswer = Array.from({ length: 2_000 }, (_, index) => `Sentence ${index} [1].`).join(' ')
const pageCount = 6

let provider: FakeProvider
let at: Installation
let ada: Person
let document: Document
let events: StreamEvent[]
let exit: Exit
/** What a client that connects while the server stops gets. */
let latecomer: string

beforeAll(async () => {
  const pricing = { prompt: '0.000002', completion: '0.000008' }
  provider = await startFakeProvider({ models: [{ id: 'fake-large', pricing, context_length: 32_000 }] })
  at = await startInstallation({ OPENAI_BASE_URL: provider.url, FREEHOLD_DEFAULT_MODEL: 'fake-large' })
  ada = await signUp(at)
  await ada.uploadAndRead('notes.md', '# Notes\n\nSentences are numbered.\n')
  await ada.call('PUT', '/api/v1/budgets/organization', { limitUsd: '1000', window: 'lifetime', hard: true })
  const look = async () => (await ada.call<Page<Model>>('GET', '/api/v1/models')).body.data
  await eventually(look, (models) => models.some(({ id, notice }) => id === 'fake-large' && notice === null))

  provider.script({ kind: 'answer', text: longAnswer, delayPerPieceMs: 10 })
  document = (await ada.upload('long.pdf', await makePdf({ pages: pageCount }))).body
  events = []
  let stopping: Promise<Exit> | undefined
  const url = new URL(at.url)
  for await (const event of readEvents(await ada.askStreaming('How are sentences numbered?'))) {
    events.push(event)
    if (textOf(events).length > 100) stopping ??= at.stop()
  }
  if (stopping === undefined) throw new Error('The answer ended before the server was asked to stop.')
  latecomer = await connectTo(url)
  exit = await stopping
  await at.start()
  await ada.signIn()
}, 120_000)
afterAll(async () => {
  await at?.dispose()
  await provider?.close()
})

async function connectTo(url: URL): Promise<string> {
  const socket = connect(Number(url.port), url.hostname)
  socket.end('GET /health/ready HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
  let received = ''
  socket.on('data', (bytes) => {
    received += bytes.toString()
  })
  try {
    await once(socket, 'close')
    return received
  } catch (error) {
    return String(error)
  }
}

describe('a server that is asked to stop', () => {
  test('ends with code 0 in time, and takes nobody new meanwhile', () => {
    expect([exit.code, exit.signal]).toEqual([0, null])
    expect(exit.tookMs).toBeLessThan(30_000)
    expect(latecomer).toMatch(/ECONNREFUSED|ECONNRESET|^HTTP\/1\.1 503|^$/)
    expect(at.log()).toContain('"msg":"stopped"')
  })

  test('tells the reader of an answer that it was interrupted, and keeps what was written', async () => {
    const { name, message, error } = endingOf(events)
    expect([name, message.status, error?.code]).toEqual([
      'message.error',
      'interrupted',
      'conversations.answer_interrupted',
    ])
    expect(error?.message).toMatch(/ask again/i)
    const seen = textOf(events)
    expect(seen).toBe(message.content)
    expect(longAnswer.startsWith(seen)).toBe(true)
    const kept = await ada.message(message.conversationId, message.id)
    expect(kept).toEqual(message satisfies Message)
    await provider.settled()
    expect(provider.calls.findLast(({ path }) => path.endsWith('/chat/completions'))?.state).toBe('aborted')
  })

  test('records the call once, at what it had used, and holds no money', async () => {
    const records = (await ada.usageRecords()).filter(({ purpose }) => purpose === 'message')
    expect(records).toHaveLength(1)
    expect(records[0]?.requestId).toBe(endingOf(events).message.receipt?.requestId)
    expect(records[0]?.status).toMatch(/aborted|interrupted/)
    // Far below the bound of a call that vanished: the server knew what had been written.
    expect(records[0]?.completionTokens).toBeGreaterThan(0)
    expect(records[0]?.completionTokens).toBeLessThan(1_000)
    const { body } = await ada.call<Page<Budget>>('GET', '/api/v1/budgets')
    expect(body.data[0]).toMatchObject({ heldNanos: '0', settledNanos: records[0]?.costNanos })
  })

  test('leaves a document that was being read to the next start, which reads it to its end', async () => {
    const read = await ada.untilRead(document.id)
    expect(read).toMatchObject({ status: 'ready', pageCount, failure: null })
    const ordinals = (await ada.passagesOf(document.id)).map(({ ordinal }) => ordinal)
    expect(ordinals).toEqual(Array.from({ length: read.passageCount }, (_, index) => index))
  })

  test('goes on where it was: the conversation can be continued', async () => {
    provider.script({ kind: 'answer', text: 'From zero [1].' })
    const { conversationId } = endingOf(events).message
    const { status, body } = await ada.ask('From where on?', { conversationId })
    expect([status, body.message.content]).toEqual([201, 'From zero [1].'])
  })

  test('and reports no failure of its own', () => {
    expect(
      at
        .log()
        .split('\n')
        .filter((line) => line.includes('"level":50')),
    ).toEqual([])
  })
})

test('a question whose provider hangs is interrupted and answered, and the stop waits for nothing else', async () => {
  provider.script({ kind: 'hang' })
  const asking = ada.ask('What?')
  await eventually(async () => provider.calls.some(({ state }) => state === 'open'), Boolean)
  const { code, tookMs } = await at.stop()
  const { status, body } = await asking
  expect([status, body.message.status]).toEqual([201, 'interrupted'])
  expect(code).toBe(0)
  expect(tookMs).toBeLessThan(12_000)
})

test('a second signal ends the server at once', async () => {
  await at.start()
  await ada.signIn()
  provider.script({ kind: 'hang' })
  const asking = ada.ask('What?').catch(() => undefined)
  await eventually(async () => provider.calls.some(({ state }) => state === 'open'), Boolean)
  const { processId } = at
  const seen = at.log().length
  const stopping = at.stop()
  await eventually(
    async () => at.log().slice(seen),
    (log) => log.includes('"msg":"stopping;'),
  )
  process.kill(processId, 'SIGTERM')
  expect((await stopping).code).toBe(1)
  await asking
})
