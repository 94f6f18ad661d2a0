import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type FakeBehaviour,
  htmlError,
  rateLimited,
  serverError,
  wrongKey,
} from '../../src/testing/fake-provider/behaviours.ts'
import {
  type FakeCall,
  type FakeProvider,
  startFakeProvider,
} from '../../src/testing/fake-provider/fake-provider.ts'
import type { ErrorEnvelope, Message, Model, Page, UsageRecord } from './support/contract.ts'
import {
  collectEvents,
  endingOf,
  namesOf,
  readEvents,
  type StreamEvent,
  startedMessage,
  textOf,
} from './support/event-stream.ts'
import { eventually } from './support/eventually.ts'
import { type Installation, startInstallation } from './support/installation.ts'
import { type Person, signUp } from './support/person.ts'

/** The slice with a language model: a provider on a socket of its own, asked for nothing but what its protocol has. */

const providerKey = 'sk-acceptance-0123456789abcdef0123456789abcdef'
/** Dollars a token, as a provider's own list has them: 2 and 8 dollars a million. */
const pricing = { prompt: '0.000002', completion: '0.000008' }
const handbook =
  '# Night shift\n\nThe night shift begins at 22:15. The shift supervisor hands over the red folder in room 7.\n'
const question = 'When does the night shift begin?'
/** Long enough to be read in the middle, with characters of one, two, three and four bytes. */
const longAnswer = Array.from(
  { length: 40 },
  (_, index) => `Satz ${index}: Zwölf Bären 🐻 lesen 日本語 [1].`,
).join(' ')

let provider: FakeProvider
let at: Installation
let ada: Person

beforeAll(async () => {
  provider = await startFakeProvider({
    apiKey: providerKey,
    models: [{ id: 'fake-large', pricing, context_length: 32_000 }],
  })
  at = await startInstallation({ OPENAI_BASE_URL: provider.url, OPENAI_API_KEY: providerKey })
  ada = await signUp(at)
  await untilListed(ada, 'fake-large')
  expect((await ada.uploadAndRead('night-shift.md', handbook)).status).toBe('ready')
})
afterAll(async () => {
  await at?.dispose()
  await provider?.close()
})
beforeEach(() => provider.settled())

/** A provider's list is read in the background after the start. */
async function untilListed(person: Person, model: string): Promise<void> {
  const look = async () => (await person.call<Page<Model>>('GET', '/api/v1/models')).body.data
  await eventually(look, (models) => models.some(({ id }) => id === model))
}

async function lastCall(): Promise<FakeCall> {
  const call = provider.calls.findLast(({ path }) => path.endsWith('/chat/completions'))
  if (call === undefined) throw new Error('The provider was not called.')
  return call
}

function dripping(text = longAnswer): FakeBehaviour {
  return { kind: 'answer', text, delayPerPieceMs: 6 }
}

/** Asks and reads until some text has come. */
async function askAndReadSome(signal?: AbortSignal): Promise<StreamEvent[]> {
  const response = await ada.askStreaming(question, {}, signal)
  return collectEvents(response, (events) => textOf(events).length > 200)
}

async function ended(message: Message): Promise<Message> {
  return eventually(
    () => ada.message(message.conversationId, message.id),
    ({ status }) => status !== 'streaming',
  )
}

/** The record of a message that has ended; a message and its record are the same call. */
async function recordOf(message: Message): Promise<UsageRecord> {
  const requestId = message.receipt?.requestId
  if (requestId === undefined) throw new Error(`The message ${message.id} has no receipt.`)
  const records = (await ada.usageRecords()).filter((record) => record.requestId === requestId)
  expect(records).toHaveLength(1)
  return (await ada.call<UsageRecord>('GET', `/api/v1/usage/${requestId}`)).body
}

describe('a provider of OPENAI_BASE_URL', () => {
  test('writes the answer from the numbered passages, at a cost exact to the nano-dollar', async () => {
    provider.script({
      kind: 'answer',
      text: 'It begins at 22:15 [1].',
      tokens: { prompt: 1_234, completion: 57 },
    })
    const { status, body } = await ada.ask(question)
    expect(status).toBe(201)
    expect(body.message).toMatchObject({ content: 'It begins at 22:15 [1].', status: 'complete' })
    expect(body.message.citations.map(({ marker, documentName }) => [marker, documentName])).toEqual([
      [1, 'night-shift.md'],
    ])
    const costNanos = 1_234 * 2_000 + 57 * 8_000
    expect(body.message.receipt).toMatchObject({
      model: 'fake-large',
      provider: 'openai',
      isLanguageModel: true,
      promptTokens: 1_234,
      completionTokens: 57,
      costNanos: String(costNanos),
      costUsd: '0.002924000',
    })
    expect(await recordOf(body.message)).toMatchObject({
      costNanos: String(costNanos),
      price: { inputNanosPerMillion: '2000000000', outputNanosPerMillion: '8000000000' },
    })

    const { headers, body: sent } = await lastCall()
    expect(headers.authorization).toBe(`Bearer ${providerKey}`)
    expect(sent).toMatchObject({ model: 'fake-large', stream: true })
    // OpenAI's protocol.
    const messages = sent.messages as { role: string; content: string }[]
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user'])
    expect(messages[0]?.content).toMatch(/^\[1\] night-shift\.md.*\n[^[]*The night shift begins at 22:15\./m)
    expect(messages[1]?.content).toBe(question)
  })

  test('is sent the conversation so far', async () => {
    provider.script({ kind: 'answer', text: 'At 22:15 [1].' }, { kind: 'answer', text: 'In room 7 [1].' })
    const first = (await ada.ask(question)).body
    await ada.ask('And where?', { conversationId: first.conversation.id })
    const sent = (await lastCall()).body.messages as { role: string; content: string }[] // OpenAI's protocol
    expect(sent.slice(1)).toEqual([
      { role: 'user', content: question },
      { role: 'assistant', content: 'At 22:15 [1].' },
      { role: 'user', content: 'And where?' },
    ])
  })

  test('counts in the totals of the day', async () => {
    const before = await totals()
    provider.script({ kind: 'answer', text: 'Yes [1].', tokens: { prompt: 1_000, completion: 10 } })
    await ada.ask(question)
    const after = await totals()
    expect(after.costNanos - before.costNanos).toBe(2_080_000n)
    expect(after.promptTokens - before.promptTokens).toBe(1_000)
  })
})

async function totals(): Promise<{ costNanos: bigint; promptTokens: number }> {
  const { body } = await ada.call<{ data: { model: string; costNanos: string; promptTokens: number }[] }>(
    'GET',
    '/api/v1/usage',
  )
  const rows = body.data.filter(({ model }) => model === 'fake-large')
  return {
    costNanos: rows.reduce((sum, row) => sum + BigInt(row.costNanos), 0n),
    promptTokens: rows.reduce((sum, row) => sum + row.promptTokens, 0),
  }
}

describe('a provider that fails', () => {
  // Three failures in a row would keep the next test's call from it.
  afterEach(async () => {
    expect((await ada.ask(question)).body.message).toMatchObject({ status: 'complete' })
  })

  const failures: [what: string, behaviour: FakeBehaviour, status: number, code: string, advice: RegExp][] = [
    ['answers 500', serverError(500), 503, 'gateway.provider_unavailable', /try again/i],
    ['answers a page of HTML', htmlError(502), 503, 'gateway.provider_unavailable', /try again/i],
    ['limits the rate', rateLimited(), 429, 'gateway.provider_rate_limited', /try again/i],
    ['refuses the key', wrongKey(providerKey), 502, 'gateway.provider_authentication', /operator/i],
    [
      'cuts the stream',
      { kind: 'cut', afterPieces: 3, text: 'one two three four' },
      502,
      'gateway.provider_stream_cut',
      /ask again|before it was complete/i,
    ],
  ]
  for (const [what, behaviour, status, code, advice] of failures) {
    test(`and ${what}: the JSON answer is the error, and the message is kept`, async () => {
      provider.script(behaviour)
      const reply = await ada.ask<ErrorEnvelope>(question)
      expect([reply.status, reply.body.success, reply.body.error.code]).toEqual([status, false, code])
      expect(reply.body.error.message).toMatch(advice)
      expect(JSON.stringify(reply.body)).not.toContain(providerKey)
      const { conversationId, messageId } = reply.body.error.details
      const kept = await ada.message(String(conversationId), String(messageId))
      expect(kept).toMatchObject({ status: 'failed', error: { code } })
      expect(await recordOf(kept)).toMatchObject({ status: 'error', errorCode: code })
    })
  }

  test('in the middle of a stream: what had streamed is kept and paid for, and the stream says what happened', async () => {
    provider.script({ kind: 'cut', afterPieces: 40, text: longAnswer })
    const events = await collectEvents(await ada.askStreaming(question))
    const { name, message, error } = endingOf(events)
    expect([name, message.status, error?.code]).toEqual([
      'message.error',
      'failed',
      'gateway.provider_stream_cut',
    ])
    expect(error?.requestId).toBe(message.receipt?.requestId)
    expect(textOf(events)).toBe(message.content)
    expect(message.content.length).toBeGreaterThan(100)
    expect(longAnswer.startsWith(message.content)).toBe(true)
    expect(await ada.message(message.conversationId, message.id)).toEqual(message)
    const record = await recordOf(message)
    expect(record).toMatchObject({ status: 'error', errorCode: 'gateway.provider_stream_cut' })
    expect(BigInt(record.costNanos)).toBeGreaterThan(0n)
  })

  test('by an error inside the stream: it is the provider’s failure in our words', async () => {
    const error = { message: 'upstream at 10.0.0.7 overloaded', code: 503 }
    provider.script({ kind: 'stream_error', afterPieces: 20, error, text: longAnswer })
    const events = await collectEvents(await ada.askStreaming(question))
    const ending = endingOf(events)
    expect([ending.name, ending.error?.code]).toEqual(['message.error', 'gateway.provider_unavailable'])
    expect(JSON.stringify(events)).not.toContain('10.0.0.7')
    expect(longAnswer.startsWith(ending.message.content) && ending.message.content !== '').toBe(true)
  })

  test('and the next question is answered as if nothing had been', async () => {
    provider.script({ kind: 'answer', text: 'At 22:15 [1].' })
    expect((await ada.ask(question)).body.message).toMatchObject({
      status: 'complete',
      content: 'At 22:15 [1].',
    })
  })
})

describe('an answer under way', () => {
  test('is stopped: it keeps what was written, the provider is left, the money is settled', async () => {
    provider.script(dripping())
    const response = await ada.askStreaming(question)
    const events: StreamEvent[] = []
    let stopped: Message | undefined
    for await (const event of readEvents(response)) {
      events.push(event)
      if (stopped === undefined && textOf(events).length > 200) {
        stopped = (await ada.call<Message>('POST', `/api/v1/messages/${startedMessage(events).id}/stop`)).body
      }
    }
    const { name, message } = endingOf(events)
    expect([name, message.status]).toEqual(['message.done', 'stopped'])
    expect(stopped).toEqual(message)
    expect(textOf(events)).toBe(message.content)
    expect(longAnswer.startsWith(message.content)).toBe(true)
    expect(message.content.length).toBeLessThan(longAnswer.length)
    await provider.settled()
    expect((await lastCall()).state).toBe('aborted')
    const record = await recordOf(message)
    expect(record.status).toBe('aborted')
    expect(BigInt(record.costNanos)).toBeGreaterThan(0n)
    // Once more changes nothing.
    const again = await ada.call<Message>('POST', `/api/v1/messages/${message.id}/stop`)
    expect([again.status, again.body]).toEqual([200, message])
  })

  for (const afterPieces of [undefined, 5]) {
    const when = afterPieces === undefined ? 'before its first word' : 'in the middle'
    test(`of a provider that hangs ${when} is stopped all the same`, async () => {
      provider.script({
        kind: 'hang',
        text: longAnswer,
        ...(afterPieces === undefined ? {} : { afterPieces }),
      })
      const before = provider.calls.length
      const response = await ada.askStreaming(question)
      const events: StreamEvent[] = []
      let asked = false
      for await (const event of readEvents(response)) {
        events.push(event)
        const hanging =
          afterPieces === undefined ? event.name === 'message.citations' : textOf(events).includes('Bären')
        if (!asked && hanging) {
          asked = true
          // Stopped sooner, it would never be asked, and what it is to do would be left for another call.
          await eventually(
            async () => provider.calls.length,
            (count) => count > before,
          )
          await ada.call('POST', `/api/v1/messages/${startedMessage(events).id}/stop`)
        }
      }
      const { name, message } = endingOf(events)
      expect([name, message.status]).toEqual(['message.done', 'stopped'])
      expect(message.content === '').toBe(afterPieces === undefined)
      await provider.settled()
      expect((await lastCall()).state).toBe('aborted')
    })
  }

  test('goes on when the reader closes the tab, and is complete afterwards', async () => {
    provider.script(dripping())
    const tab = new AbortController()
    const seen = await askAndReadSome(tab.signal)
    tab.abort()
    const message = await ended(startedMessage(seen))
    expect(message).toMatchObject({ status: 'complete', content: longAnswer })
    expect((await recordOf(message)).status).toBe('ok')
    expect((await lastCall()).state).toBe('finished')
  })

  test('refuses a second question to the same conversation until it has ended', async () => {
    provider.script(dripping())
    const seen = await askAndReadSome()
    const { id, conversationId } = startedMessage(seen)
    const reply = await ada.ask<ErrorEnvelope>('And then?', { conversationId })
    expect([reply.status, reply.body.error.code]).toEqual([409, 'conversations.answer_under_way'])
    await ada.call('POST', `/api/v1/messages/${id}/stop`)
  })

  test('is resumed by Last-Event-ID with exactly the rest', async () => {
    provider.script(dripping())
    const seen = await askAndReadSome()
    const lastId = seen.at(-1)?.id ?? ''
    const { id } = startedMessage(seen)
    const rest = await collectEvents(
      await ada.send(`/api/v1/messages/${id}/stream`, { headers: { 'last-event-id': lastId } }),
    )
    expect(textOf(seen)).not.toBe(longAnswer)
    expect(textOf(seen) + textOf(rest)).toBe(longAnswer)
    expect(rest.find(({ name }) => name === 'message.delta')?.data.offset).toBe(Number(lastId))
    expect(endingOf(rest).message).toMatchObject({ status: 'complete', content: longAnswer })
    // Long after it has ended, from any place, the same.
    const late = await collectEvents(await ada.send(`/api/v1/messages/${id}/stream?offset=${lastId}`))
    expect(textOf(late)).toBe(textOf(rest))
    expect(textOf(await collectEvents(await ada.send(`/api/v1/messages/${id}/stream`)))).toBe(longAnswer)
  })

  test('shows two readers the same text', async () => {
    provider.script(dripping())
    const response = await ada.askStreaming(question)
    const first: StreamEvent[] = []
    let second: Promise<StreamEvent[]> | undefined
    for await (const event of readEvents(response)) {
      first.push(event)
      second ??= ada
        .send(`/api/v1/messages/${startedMessage(first).id}/stream`)
        .then((other) => collectEvents(other))
    }
    const other = (await second) ?? []
    expect(textOf(other)).toBe(longAnswer)
    expect(textOf(first)).toBe(longAnswer)
    expect(endingOf(other).message).toEqual(endingOf(first).message)
    expect(namesOf(other).filter((name) => name === 'message.delta').length).toBeGreaterThan(1)
  })
})

test('a provider of OPENROUTER_API_KEY answers the same slice at the price of the catalogue', async () => {
  await at.stop()
  await at.start({
    OPENAI_BASE_URL: '',
    OPENAI_API_KEY: '',
    OPENROUTER_API_KEY: providerKey,
    OPENROUTER_BASE_URL: provider.url,
  })
  await ada.signIn()
  provider.script({
    kind: 'answer',
    text: 'At 22:15 [1].',
    comments: true,
    tokens: { prompt: 1_000, cached: 200, completion: 50 },
  })
  const events = await collectEvents(await ada.askStreaming(question))
  const { message } = endingOf(events)
  expect(message).toMatchObject({ status: 'complete', content: 'At 22:15 [1].' })
  expect(message.citations.map(({ documentName }) => documentName)).toEqual(['night-shift.md'])
  // GPT-4o mini: 0.15, cached 0.075 and 0.60 dollars a million.
  const costNanos = 800 * 150 + 200 * 75 + 50 * 600
  expect(message.receipt).toMatchObject({
    provider: 'openrouter',
    model: 'openai/gpt-4o-mini',
    costNanos: String(costNanos),
    isLanguageModel: true,
  })
  const { headers, body } = await lastCall()
  expect([headers.authorization, body.model]).toEqual([`Bearer ${providerKey}`, 'openai/gpt-4o-mini'])
  expect(JSON.stringify(body.messages)).toContain('[1] night-shift.md')
})

test('the provider’s key stands in no log', () => {
  expect(at.log()).toContain('Freehold is ready')
  for (const secret of [providerKey, ...ada.secrets]) expect(at.log()).not.toContain(secret)
})
