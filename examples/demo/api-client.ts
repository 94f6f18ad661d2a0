import type { z } from 'zod'
import type * as conversations from '../../server/src/modules/conversations/contract.ts'
import type * as identity from '../../server/src/modules/identity/contract.ts'
import type * as knowledge from '../../server/src/modules/knowledge/contract.ts'
import { readEvents } from './read-events.ts'

/** The few calls of Freehold's HTTP API that lead from nothing to an answer, with `fetch` and nothing else. */

export type Session = z.infer<typeof identity.sessionWithTokens>
export type Document = z.infer<typeof knowledge.document>
export type Message = z.infer<typeof conversations.message>
export type Citation = z.infer<typeof conversations.citation>
export type Receipt = z.infer<typeof conversations.receipt>

export interface Credentials {
  url: string
  accessToken: string
  signal: AbortSignal
}

export type AnswerEvent =
  | { event: 'message.start'; data: { message: Message } }
  | { event: 'message.citations'; data: { citations: Citation[] } }
  | { event: 'message.delta'; data: { messageId: string; offset: number; text: string } }
  | { event: 'message.done'; data: { message: Message } }
  | { event: 'message.error'; data: { message: Message; error: { code: string; message: string } } }

export interface Person {
  email: string
  password: string
  name: string
  organizationName?: string
}

/** Makes a person, and the organization that the documents and answers will belong to. */
export async function signUp(url: string, person: Person, signal: AbortSignal): Promise<Session> {
  return postForSession(`${url}/api/v1/auth/signup`, person, signal)
}

export async function signIn(
  url: string,
  person: { email: string; password: string },
  signal: AbortSignal,
): Promise<Session> {
  return postForSession(`${url}/api/v1/auth/signin`, person, signal)
}

/** Answers as soon as the file is stored; it is read in the background. */
export async function uploadDocument(
  to: Credentials,
  file: { name: string; bytes: Uint8Array<ArrayBuffer> },
): Promise<Document> {
  const body = new FormData()
  body.set('file', new File([file.bytes], file.name))
  const response = await call(to, '/api/v1/documents', { method: 'POST', body })
  return (await response.json()) as Document // by the API's contract
}

/** The document as it is read, until it is ready or has failed. */
export async function* followDocument(to: Credentials, documentId: string): AsyncGenerator<Document> {
  const response = await call(to, `/api/v1/documents/${documentId}/events`)
  for await (const { event, data } of readEvents(response)) {
    if (event === 'progress') yield JSON.parse(data) as Document // by the API's contract
  }
}

/** Asks, and gives the answer as it is written. The last event is `message.done` or `message.error`. */
export async function* ask(to: Credentials, content: string): AsyncGenerator<AnswerEvent> {
  const response = await call(to, '/api/v1/messages', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ content, stream: true }),
  })
  for await (const { event, data } of readEvents(response)) {
    yield { event, data: JSON.parse(data) } as AnswerEvent // by the API's contract
  }
}

async function postForSession(url: string, body: object, signal: AbortSignal): Promise<Session> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal })
  return (await successOf(response).then((success) => success.json())) as Session // by the API's contract
}

async function call(to: Credentials, path: string, request: RequestInit = {}): Promise<Response> {
  const headers = new Headers(request.headers)
  headers.set('authorization', `Bearer ${to.accessToken}`)
  return successOf(await fetch(`${to.url}${path}`, { ...request, headers, signal: to.signal }))
}

/** Errors come in one envelope: `{ success: false, error: { code, message, details } }`. */
async function successOf(response: Response): Promise<Response> {
  if (response.ok) return response
  throw new Error(`${response.status} from ${new URL(response.url).pathname}: ${await response.text()}`)
}
