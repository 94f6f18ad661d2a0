import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMemoryPubSub } from '../../../platform/cache/memory-pub-sub.ts'
import { systemCaller } from '../../../platform/context.ts'
import { type FakeProvider, startFakeProvider } from '../../../testing/fake-provider/fake-provider.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../../testing/test-app.ts'
import { upload } from '../../../testing/upload.ts'
import { ingestDocument } from '../../knowledge/actions/ingest-document.ts'
import { createAnswers } from '../answers.ts'
import { readAnswer } from './read-answer.ts'
import { recoverAnswers } from './recover-answers.ts'

let local: TestApp
let provider: FakeProvider
let modelled: TestApp

beforeAll(async () => {
  local = await createTestApp()
  provider = await startFakeProvider()
  modelled = await createTestApp({ OPENAI_BASE_URL: provider.url, FREEHOLD_DEFAULT_MODEL: 'test-model' })
})
afterAll(async () => {
  await local.dispose()
  await modelled.dispose()
  await provider.close()
})

interface Message {
  id: string
  conversationId: string
  content: string
  status: string
  citations: { marker: number; passageId: string; quote: string; documentName: string }[]
  receipt: { requestId: string; isLanguageModel: boolean; costNanos: string } | null
  error: { code: string } | null
}
interface Answer {
  conversation: { id: string; title: string }
  userMessage: Message
  message: Message
}
interface Event {
  id: string | undefined
  event: string
  // biome-ignore lint/suspicious/noExplicitAny: events of several shapes, read by each test as it knows them
  data: any
}

async function give(on: TestApp, actor: Actor, name: string, text: string): Promise<void> {
  const { body } = await upload(on, actor, name, text)
  await ingestDocument(
    on.knowledge,
    { organizationId: actor.organizationId, documentId: body.id },
    new AbortController().signal,
  )
}

async function readEvents(response: Response, until?: (event: Event) => boolean): Promise<Event[]> {
  const events: Event[] = []
  const decoder = new TextDecoder()
  let text = ''
  if (!response.body) throw new Error('no stream')
  for await (const part of response.body) {
    text += decoder.decode(part, { stream: true })
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n')
      text = text.slice(end + 2)
      const field = (name: string) =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
      const data = field('data')
      if (data === undefined) continue
      events.push({ id: field('id'), event: field('event') ?? '', data: JSON.parse(data) })
      const last = events.at(-1)
      if (last && until?.(last)) return events
    }
  }
  return events
}

/** The data of an event that must be there. */
function dataOf<T>(event: Event | undefined): T {
  if (!event) throw new Error('The event did not come.')
  return event.data
}

const ask = (on: TestApp, actor: Actor, body: object) =>
  on.request('POST', '/api/v1/messages', { token: actor.token, body })

test('an answer quotes the passage, cites it and has its receipt', async () => {
  const ada = await signUp(local)
  await give(local, ada, 'lease.md', 'The rent is 940 francs a month and is due on the third.')
  const { status, body } = await ada.call<Answer>('POST', '/api/v1/messages', {
    content: 'How much is the rent?',
  })
  expect(status).toBe(201)
  expect(body.message).toMatchObject({ status: 'complete', error: null })
  expect(body.message.content).toContain('940 francs')
  expect(body.message.content).toMatch(/No language model/)
  const [citation] = body.message.citations
  expect(citation).toMatchObject({ documentName: 'lease.md' })
  expect(body.message.content).toContain(`[${citation?.marker}]`)
  const passage = await ada.call<{ text: string }>('GET', `/api/v1/passages/${citation?.passageId}`)
  expect(passage.body.text).toContain(citation?.quote)
  expect(body.message.receipt).toMatchObject({ isLanguageModel: false, costNanos: '0' })
  const record = await ada.call('GET', `/api/v1/usage/${body.message.receipt?.requestId}`)
  expect(record.body).toMatchObject({ purpose: 'message', status: 'ok' })
})

test('a stream tells its start, its citations, the text in order and its end', async () => {
  const ada = await signUp(local)
  await give(local, ada, 'lease.md', 'The rent is 940 francs a month and is due on the third.')
  const events = await readEvents(await ask(local, ada, { content: 'How much is the rent?', stream: true }))
  const names = events.map((event) => event.event)
  expect(names[0]).toBe('message.start')
  expect(names[1]).toBe('message.citations')
  expect(names.at(-1)).toBe('message.done')
  const text = events
    .filter((event) => event.event === 'message.delta')
    .map((event) => event.data.text)
    .join('')
  expect(text).toBe(events.at(-1)?.data.message.content)
})

test('a stream resumes where it was left, without a gap or a repetition', async () => {
  const ada = await signUp(local)
  await give(local, ada, 'lease.md', 'The rent is 940 francs a month and is due on the third.')
  const whole = await readEvents(await ask(local, ada, { content: 'How much is the rent?', stream: true }))
  const { message } = dataOf<{ message: Message }>(whole.at(-1))
  const again = await local.request('GET', `/api/v1/messages/${message.id}/stream`, {
    token: ada.token,
    headers: { 'last-event-id': '10' },
  })
  const deltas = (await readEvents(again)).filter((event) => event.event === 'message.delta')
  expect(deltas[0]?.data.offset).toBe(10)
  expect(deltas.map((event) => event.data.text).join('')).toBe(message.content.slice(10))
})

test('with a model the passages stand numbered in the prompt and the history goes along', async () => {
  const ada = await signUp(modelled)
  await give(modelled, ada, 'lease.md', 'The rent is 940 francs a month and is due on the third.')
  provider.script(
    { kind: 'answer', text: 'It is 940 francs [1].' },
    { kind: 'answer', text: 'On the third [1].' },
  )
  const first = await ada.call<Answer>('POST', '/api/v1/messages', { content: 'How much is the rent?' })
  expect(first.body.message.content).toBe('It is 940 francs [1].')
  expect(first.body.message.citations.map((citation) => citation.marker)).toEqual([1])
  const second = await ada.call<Answer>('POST', '/api/v1/messages', {
    content: 'And when is it due?',
    conversationId: first.body.conversation.id,
  })
  expect(second.body.message.content).toBe('On the third [1].')
  const sent = provider.calls.at(-1)?.body as { messages: { role: string; content: string }[] }
  expect(sent.messages[0]?.content).toContain('[1] lease.md')
  expect(sent.messages.slice(1).map((message) => message.content)).toEqual([
    'How much is the rent?',
    'It is 940 francs [1].',
    'And when is it due?',
  ])
})

test('a closed tab stops nothing: the answer is there afterwards, whole', async () => {
  const ada = await signUp(modelled)
  provider.script({ kind: 'answer', text: 'One two three four five six seven eight.', delayPerPieceMs: 20 })
  const response = await ask(modelled, ada, { content: 'Count', stream: true })
  const seen = await readEvents(response, (event) => event.event === 'message.delta')
  const { conversation } = dataOf<{ conversation: { id: string } }>(seen[0])
  const messages = () =>
    ada.call<{ data: Message[] }>('GET', `/api/v1/conversations/${conversation.id}/messages`)
  await expect
    .poll(async () => (await messages()).body.data.at(-1)?.status, { timeout: 8_000 })
    .toBe('complete')
  expect((await messages()).body.data.at(-1)?.content).toBe('One two three four five six seven eight.')
})

test('a stop keeps what was written and releases the money', async () => {
  const ada = await signUp(modelled)
  provider.script({ kind: 'answer', text: 'word '.repeat(400), delayPerPieceMs: 20 })
  const response = await ask(modelled, ada, { content: 'Talk', stream: true })
  const seen = await readEvents(response, (event) => event.event === 'message.delta')
  const { message } = dataOf<{ message: Message }>(seen[0])
  const stopped = await ada.call<Message>('POST', `/api/v1/messages/${message.id}/stop`)
  expect(stopped.body.status).toBe('stopped')
  expect(stopped.body.content).toMatch(/^word/)
  expect(stopped.body.content.length).toBeLessThan(2_000)
  expect(stopped.body.receipt).not.toBeNull()
  const holds = await modelled.platform.database.query(
    'select 1 from freehold.holds where organization_id = $1',
    [ada.organizationId],
  )
  expect(holds).toEqual([])
})

test('a reader hears how an answer ended although its own request ends in the same moment', async () => {
  const ada = await signUp(modelled)
  provider.script({ kind: 'answer', text: 'word '.repeat(400), delayPerPieceMs: 20 })
  const response = await ask(modelled, ada, { content: 'Talk', stream: true })
  const { message } = dataOf<{ message: Message }>((await readEvents(response, () => true))[0])
  // Nobody rings: what the reader learns, it learns by looking.
  const pubSub = createMemoryPubSub({ log: modelled.platform.logger })
  const deaf = createAnswers({ ...modelled.knowledge, platform: { ...modelled.platform, pubSub } })
  const requestEnds = new AbortController()
  const caller = systemCaller(ada.organizationId, message.id, ada.userId)
  const events = readAnswer(deaf, caller, message.id, 0, {}, requestEnds.signal)
  for (let seen = await events.next(); seen.value?.event !== 'message.delta'; ) seen = await events.next()
  const next = events.next()
  await ada.call('POST', `/api/v1/messages/${message.id}/stop`)
  requestEnds.abort()
  const rest = [(await next).value]
  for await (const event of events) rest.push(event)
  expect(rest.at(-1)).toMatchObject({ event: 'message.done', data: { message: { status: 'stopped' } } })
})

test('a provider that cuts the stream fails the message with what had come', async () => {
  const ada = await signUp(modelled)
  provider.script({ kind: 'cut', text: 'One two three four five six', afterPieces: 3 })
  const events = await readEvents(await ask(modelled, ada, { content: 'Count', stream: true }))
  expect(events.at(-1)).toMatchObject({
    event: 'message.error',
    data: { error: { code: 'gateway.provider_stream_cut' }, message: { status: 'failed' } },
  })
  expect(events.at(-1)?.data.message.content).toMatch(/^One/)
})

test('while one answer is written the conversation takes no second question', async () => {
  const ada = await signUp(modelled)
  provider.script({ kind: 'answer', text: 'a b c d e f g h i j', delayPerPieceMs: 30 })
  const response = await ask(modelled, ada, { content: 'First', stream: true })
  const [start] = await readEvents(response, (event) => event.event === 'message.start')
  const { conversation, message } = dataOf<{ conversation: { id: string }; message: Message }>(start)
  const second = await ada.call<{ error: { code: string } }>('POST', '/api/v1/messages', {
    content: 'Second',
    conversationId: conversation.id,
  })
  expect(second.status).toBe(409)
  expect(second.body.error.code).toBe('conversations.answer_under_way')
  await ada.call('POST', `/api/v1/messages/${message.id}/stop`)
})

test('an unknown model is refused before anything is stored', async () => {
  const ada = await signUp(local)
  const refused = await ada.call<{ error: { code: string } }>('POST', '/api/v1/messages', {
    content: 'Hi',
    model: 'nope',
  })
  expect(refused.status).toBe(404)
  expect(refused.body.error.code).toBe('gateway.model_not_found')
  expect((await ada.call<{ data: unknown[] }>('GET', '/api/v1/conversations')).body.data).toEqual([])
})

test('what a killed process had written is kept and marked as interrupted', async () => {
  const ada = await signUp(modelled)
  provider.script({ kind: 'answer', text: 'word '.repeat(400), delayPerPieceMs: 20 })
  const response = await ask(modelled, ada, { content: 'Talk', stream: true })
  const seen = await readEvents(response, (event) => event.event === 'message.delta')
  const { message } = dataOf<{ message: Message }>(seen[0])
  // As if this node were gone: nobody is alive.
  await recoverAnswers(modelled.platform, [])
  const { body } = await ada.call<{ data: Message[] }>(
    'GET',
    `/api/v1/conversations/${message.conversationId}/messages`,
  )
  const kept = body.data.at(-1)
  expect(kept).toMatchObject({ status: 'interrupted', error: { code: 'conversations.answer_interrupted' } })
  expect(kept?.content.startsWith(seen.at(-1)?.data.text)).toBe(true)
  await ada.call('POST', `/api/v1/messages/${message.id}/stop`)
})

test('nobody else sees a conversation: not a colleague, not another organization', async () => {
  const ada = await signUp(local)
  const bob = await signUp(local, 'Bob')
  const { body } = await ada.call<Answer>('POST', '/api/v1/messages', { content: 'Our secret canary' })
  for (const path of [
    `/api/v1/conversations/${body.conversation.id}`,
    `/api/v1/conversations/${body.conversation.id}/messages`,
    `/api/v1/messages/${body.message.id}/stream`,
  ]) {
    const answer = await bob.call('GET', path)
    expect(answer.status).toBe(404)
    expect(JSON.stringify(answer.body)).not.toContain('canary')
  }
})

test('no text of a conversation stands readable in the database', async () => {
  const ada = await signUp(local)
  await ada.call<Answer>('POST', '/api/v1/messages', { content: 'Zanzibar canary' })
  const rows = await local.platform.database.query(
    `select c::text as row from freehold.conversations c where organization_id = $1
     union all select m::text from freehold.messages m where organization_id = $1
     union all select e::text from freehold.events e where organization_id = $1`,
    [ada.organizationId],
  )
  expect(rows.length).toBeGreaterThan(2)
  expect(JSON.stringify(rows)).not.toContain('Zanzibar')
})

test('conversations are searched by title, renamed and deleted', async () => {
  const ada = await signUp(local)
  const { body } = await ada.call<Answer>('POST', '/api/v1/messages', { content: 'About heating' })
  const { id } = body.conversation
  await ada.call('PATCH', `/api/v1/conversations/${id}`, { title: 'Boiler' })
  const found = await ada.call<{ data: { id: string; title: string }[] }>(
    'GET',
    '/api/v1/conversations?q=boil',
  )
  expect(found.body.data).toEqual([expect.objectContaining({ id, title: 'Boiler' })])
  expect((await ada.call<{ data: unknown[] }>('GET', '/api/v1/conversations?q=zebra')).body.data).toEqual([])
  expect((await ada.call('DELETE', `/api/v1/conversations/${id}`)).status).toBe(204)
  expect((await ada.call('GET', `/api/v1/conversations/${id}`)).status).toBe(404)
})
