import type { Answer, Document, Message, Page, Passage, Session, UsageRecord } from './contract.ts'
import { collectEvents } from './event-stream.ts'
import type { Installation } from './installation.ts'

export interface Reply<Body> {
  status: number
  headers: Headers
  body: Body
}

export interface Person {
  readonly email: string
  readonly password: string
  readonly session: Session
  /** Every credential this person has ever held, to look for in logs. */
  readonly secrets: readonly string[]
  /** A request as this person; the body of the answer is read as JSON. */
  call<Body>(method: string, path: string, body?: unknown): Promise<Reply<Body>>
  /** A request as this person whose answer is not read. */
  send(path: string, init?: RequestInit): Promise<Response>
  upload<Body = Document>(name: string, content: string | Uint8Array, type?: string): Promise<Reply<Body>>
  /** Follows the document's events until it is ready or has failed. */
  untilRead(documentId: string): Promise<Document>
  uploadAndRead(name: string, content: string | Uint8Array): Promise<Document>
  passagesOf(documentId: string): Promise<Passage[]>
  ask<Body = Answer>(content: string, more?: object): Promise<Reply<Body>>
  /** The answer's event stream, not yet read. */
  askStreaming(content: string, more?: object, signal?: AbortSignal): Promise<Response>
  message(conversationId: string, messageId: string): Promise<Message>
  usageRecords(): Promise<UsageRecord[]>
  newApiKey(): Promise<{ id: string; key: string }>
  /** A new session: for after a restart, when the server is at another address. */
  signIn(): Promise<void>
}

let people = 0

/** A new person with an organization of their own. */
export async function signUp(at: Installation, name = 'Ada Lovelace'): Promise<Person> {
  const email = `person-${process.pid}-${Date.now()}-${people++}@example.com`
  const password = `correct horse ${Math.random().toString(36).slice(2)}`
  const reply = await request<Session>(at, '/api/v1/auth/signup', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...ownAddress() },
    body: JSON.stringify({ email, password, name, organizationName: `${name}'s` }),
  })
  if (reply.status !== 201)
    throw new Error(`Signing up failed: ${reply.status} ${JSON.stringify(reply.body)}`)
  return createPerson(at, { email, password }, reply.body)
}

/** Somebody who has an account already. */
export async function signIn(at: Installation, who: { email: string; password: string }): Promise<Person> {
  return createPerson(at, who, await openSession(at, who))
}

function createPerson(
  at: Installation,
  { email, password }: { email: string; password: string },
  first: Session,
): Person {
  let session = first
  const secrets = [password]
  const remember = () => secrets.push(session.accessToken, session.refreshToken)
  remember()

  const send = (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${session.accessToken}`)
    return fetch(at.url + path, { ...init, headers })
  }
  const call = async <Body>(method: string, path: string, body?: unknown): Promise<Reply<Body>> => {
    const json =
      body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    return readReply(await send(path, { method, ...json }))
  }
  const get = async <Body>(path: string): Promise<Body> => {
    const { status, body } = await call<Body>('GET', path)
    if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body)}`)
    return body
  }

  const person: Person = {
    email,
    password,
    get session() {
      return session
    },
    secrets,
    call,
    send,
    async upload(name, content, type = '') {
      const form = new FormData()
      // A Uint8Array is a blob part; the DOM types ask for one that is not shared memory.
      form.set('file', new Blob([content as Uint8Array<ArrayBuffer> | string], { type }), name)
      return readReply(await send('/api/v1/documents', { method: 'POST', body: form }))
    },
    async untilRead(documentId) {
      const events = await collectEvents(await send(`/api/v1/documents/${documentId}/events`))
      // The contract of these events.
      const last = events.at(-1)?.data as Document | undefined
      if (last?.status !== 'ready' && last?.status !== 'failed') {
        throw new Error(`The document's events ended early, with ${JSON.stringify(last)}.`)
      }
      return last
    },
    async uploadAndRead(name, content) {
      const { status, body } = await person.upload(name, content)
      if (status !== 202) throw new Error(`Uploading ${name} failed: ${status} ${JSON.stringify(body)}`)
      return person.untilRead(body.id)
    },
    passagesOf: (documentId) => everyPage(get, `/api/v1/documents/${documentId}/passages`),
    ask: (content, more = {}) => call('POST', '/api/v1/messages', { content, ...more }),
    askStreaming: (content, more = {}, signal) =>
      send('/api/v1/messages', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ content, stream: true, ...more }),
        ...(signal === undefined ? {} : { signal }),
      }),
    async message(conversationId, messageId) {
      const messages = await everyPage<Message>(get, `/api/v1/conversations/${conversationId}/messages`)
      const found = messages.find(({ id }) => id === messageId)
      if (found === undefined)
        throw new Error(`The conversation ${conversationId} has no message ${messageId}.`)
      return found
    },
    usageRecords: () => everyPage(get, '/api/v1/usage/records'),
    async newApiKey() {
      const { body } = await call<{ id: string; key: string }>('POST', '/api/v1/api-keys', {
        name: 'Acceptance',
      })
      secrets.push(body.key)
      return body
    },
    async signIn() {
      session = await openSession(at, { email, password })
      remember()
    },
  }
  return person
}

async function openSession(at: Installation, who: { email: string; password: string }): Promise<Session> {
  const { status, body } = await request<Session>(at, '/api/v1/auth/signin', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...ownAddress() },
    body: JSON.stringify(who),
  })
  if (status !== 200) throw new Error(`Signing in failed: ${status} ${JSON.stringify(body)}`)
  return body
}

/** A request without credentials. */
export async function request<Body>(
  at: Installation,
  path: string,
  init: RequestInit = {},
): Promise<Reply<Body>> {
  return readReply(await fetch(at.url + path, init))
}

async function readReply<Body>(response: Response): Promise<Reply<Body>> {
  const text = await response.text()
  const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json')
  // The caller states the shape it expects and looks at what it got.
  const body = (isJson ? JSON.parse(text) : text) as Body
  return { status: response.status, headers: response.headers, body }
}

async function everyPage<Item>(get: <Body>(path: string) => Promise<Body>, path: string): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | null = null
  do {
    const next: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const page: Page<Item> = await get<Page<Item>>(`${path}?limit=200${next}`)
    items.push(...page.data)
    cursor = page.nextCursor
  } while (cursor !== null)
  return items
}

/** Attempts are limited by address; behind a proxy each person has one. */
function ownAddress(): Record<string, string> {
  const part = () => Math.floor(Math.random() * 254) + 1
  return { 'x-forwarded-for': `203.${part()}.${part()}.${part()}` }
}
