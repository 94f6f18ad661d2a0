import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FakeProvider, startFakeProvider } from '../../../testing/fake-provider/fake-provider.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../../testing/test-app.ts'

let provider: FakeProvider
let on: TestApp
beforeAll(async () => {
  provider = await startFakeProvider()
  on = await createTestApp({ OPENAI_BASE_URL: provider.url, FREEHOLD_DEFAULT_MODEL: 'test-model' })
})
afterAll(async () => {
  await on.dispose()
  await provider.close()
})

interface Message {
  id: string
  role: string
  content: string
  parentId: string | null
  siblingIds: string[]
}
interface Answer {
  conversation: { id: string }
  userMessage: Message
  message: Message
}

async function ask(actor: Actor, content: string, answer: string, more: object = {}): Promise<Answer> {
  provider.script({ kind: 'answer', text: answer })
  const { status, body } = await actor.call<Answer>('POST', '/api/v1/messages', { content, ...more })
  expect(status).toBe(201)
  return body
}

async function regenerate(actor: Actor, messageId: string, answer: string): Promise<Answer> {
  provider.script({ kind: 'answer', text: answer })
  const { status, body } = await actor.call<Answer>('POST', `/api/v1/messages/${messageId}/regenerate`, {})
  expect(status).toBe(201)
  return body
}

async function line(actor: Actor, conversationId: string): Promise<string[]> {
  const path = `/api/v1/conversations/${conversationId}/messages`
  const { body } = await actor.call<{ data: Message[] }>('GET', path)
  return body.data.map((message) => message.content)
}

/** What the model was given last, without the instructions. */
function sentLast(): string[] {
  // The fake keeps the request's own JSON.
  const sent = provider.calls.at(-1)?.body as { messages: { content: string }[] }
  return sent.messages.slice(1).map((message) => message.content)
}

const choose = (actor: Actor, id: string) => actor.call('POST', `/api/v1/messages/${id}/choose`)

test('an edited question stands beside the old one, and the model hears of the chosen one only', async () => {
  const ada = await signUp(on)
  const first = await ask(ada, 'Name a colour', 'Red')
  const conversationId = first.conversation.id
  await ask(ada, 'A darker one', 'Maroon', { conversationId })
  const edited = await ask(ada, 'Name an animal', 'A cat', { editedMessageId: first.userMessage.id })
  expect(edited.conversation.id).toBe(conversationId)
  expect(edited.userMessage.siblingIds).toEqual([first.userMessage.id, edited.userMessage.id])
  await ask(ada, 'A larger one', 'A lion', { conversationId })
  expect(sentLast()).toEqual(['Name an animal', 'A cat', 'A larger one'])
  expect(await line(ada, conversationId)).toEqual(['Name an animal', 'A cat', 'A larger one', 'A lion'])
})

test('who goes back to a branch finds it as it was left, and goes on in it', async () => {
  const ada = await signUp(on)
  const first = await ask(ada, 'Name a colour', 'Red')
  const conversationId = first.conversation.id
  const second = await ask(ada, 'A darker one', 'Maroon', { conversationId })
  const again = await regenerate(ada, second.message.id, 'Burgundy')
  expect(again.message.siblingIds).toEqual([second.message.id, again.message.id])
  await choose(ada, second.message.id)
  await ask(ada, 'Name an animal', 'A cat', { editedMessageId: first.userMessage.id })
  expect(await choose(ada, first.userMessage.id)).toMatchObject({ status: 200 })
  expect(await line(ada, conversationId)).toEqual(['Name a colour', 'Red', 'A darker one', 'Maroon'])
  await ask(ada, 'A lighter one', 'Pink', { conversationId })
  expect(sentLast()).toEqual(['Name a colour', 'Red', 'A darker one', 'Maroon', 'A lighter one'])
})

test('an answer written again is asked what the first was asked, and not told the first', async () => {
  const ada = await signUp(on)
  const first = await ask(ada, 'Name a colour', 'Red')
  await regenerate(ada, first.message.id, 'Blue')
  expect(sentLast()).toEqual(['Name a colour'])
  expect(await line(ada, first.conversation.id)).toEqual(['Name a colour', 'Blue'])
})

test('pages of a conversation follow the chosen branch', async () => {
  const ada = await signUp(on)
  const first = await ask(ada, 'one', 'two')
  const conversationId = first.conversation.id
  await regenerate(ada, first.message.id, 'deux')
  await ask(ada, 'three', 'four', { conversationId })
  const read: string[] = []
  let cursor = ''
  do {
    const path = `/api/v1/conversations/${conversationId}/messages?limit=1${cursor}`
    const { body } = await ada.call<{ data: Message[]; nextCursor: string | null }>('GET', path)
    read.push(...body.data.map((message) => message.content))
    cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`
  } while (cursor !== '')
  expect(read).toEqual(['one', 'deux', 'three', 'four'])
})

test('a question is not written again, an answer not edited, and nothing under another conversation', async () => {
  const ada = await signUp(on)
  const first = await ask(ada, 'one', 'two')
  const other = await ask(ada, 'three', 'four')
  const edit = (body: object) => ada.call('POST', '/api/v1/messages', { content: 'x', ...body })
  expect(await edit({ editedMessageId: first.message.id })).toMatchObject({
    status: 400,
    body: { error: { code: 'conversations.not_a_question' } },
  })
  const answer = await ada.call('POST', `/api/v1/messages/${first.userMessage.id}/regenerate`, {})
  expect(answer).toMatchObject({ status: 400, body: { error: { code: 'conversations.not_an_answer' } } })
  const foreign = { editedMessageId: first.userMessage.id, conversationId: other.conversation.id }
  expect((await edit(foreign)).status).toBe(404)
  const grace = await signUp(on)
  expect((await choose(grace, first.message.id)).status).toBe(404)
})

test('of two questions asked at once one is answered and the other told to wait', async () => {
  const ada = await signUp(on)
  const { conversation } = await ask(ada, 'one', 'two')
  provider.script({ kind: 'answer', text: 'four' }, { kind: 'answer', text: 'five' })
  const both = await Promise.all(
    ['three', 'drei'].map((content) =>
      ada.call('POST', '/api/v1/messages', { content, conversationId: conversation.id }),
    ),
  )
  const statuses = both.map((answer) => answer.status)
  expect(statuses).toContain(201)
  expect(statuses.every((status) => status === 201 || status === 409)).toBe(true)
})
