import { readServerEvents } from '@freehold/sdk'
import { useSyncExternalStore } from 'react'
import { toast } from 'sonner'
import { api, FreeholdError, fetchOk, messageOf, take } from '../../app/api.ts'
import type { Message } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { applyEvent, type LiveAnswer, parseEvent } from './live-answer.ts'
import { messagesQuery, refreshConversations } from './queries.ts'
import { withoutReplaced } from './without-replaced.ts'

// The answers being written now, kept outside the components so that they go on while another page is shown.
//
// sending ──start──▶ answering ──done/error──▶ (handed to the query cache and forgotten here)
//    │                   │ ▲
//    │ refused           │ │ stream resumed at the offset reached
//    ▼                   ▼ │
//  failed            reconnecting (tries for as long as the page is open; the answer itself is safe on the server)

let answers: readonly LiveAnswer[] = []
let nextKey = 1
const listeners = new Set<() => void>()
/** Keys under which a turn was first drawn, so that it stays the same element once the server has named it. */
const turnKeys = new Map<string, string>()
/** Content grows faster than a screen draws: changes are published once a frame. */
let frame = 0
const pending = new Map<string, LiveAnswer>()

function publish(): void {
  cancelAnimationFrame(frame)
  frame = 0
  answers = answers.map((answer) => pending.get(answer.key) ?? answer)
  pending.clear()
  for (const listener of listeners) listener()
}

function current(key: string): LiveAnswer | undefined {
  return pending.get(key) ?? answers.find((answer) => answer.key === key)
}

function update(key: string, next: Partial<LiveAnswer>): void {
  const answer = current(key)
  if (!answer) return
  pending.set(key, { ...answer, ...next })
  // A hidden tab gets no frames; it must not fall behind for that.
  if (document.hidden) publish()
  else if (frame === 0) frame = requestAnimationFrame(publish)
}

function forget(key: string): void {
  pending.delete(key)
  answers = answers.filter((answer) => answer.key !== key)
  publish()
}

export function useAnswers(): readonly LiveAnswer[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => answers,
  )
}

export function turnKey(questionId: string): string {
  return turnKeys.get(questionId) ?? questionId
}

export interface Question {
  content: string
  /** The question that this one takes the place of. */
  edited?: Message
  /** The answer that is to be written again, with its question; what was asked is its `content`. */
  regenerated?: { question: Message; answer: Message }
  conversationId: string | undefined
  model: string | undefined
  collectionIds: string[] | undefined
}

/** Sends a question and follows its answer. Returns the key of the live answer. */
export function ask(question: Question): string {
  const key = `live-${nextKey++}`
  const asked: Message = question.regenerated?.question ?? {
    id: key,
    conversationId: question.conversationId ?? '',
    role: 'user',
    content: question.content,
    status: 'complete',
    citations: [],
    receipt: null,
    error: null,
    createdAt: new Date().toISOString(),
    parentId: question.edited?.parentId ?? null,
    siblingIds: [key],
  }
  // The turn of an answer that is written again stays the same turn.
  if (question.regenerated) turnKeys.set(asked.id, key)
  const answer: LiveAnswer = {
    key,
    sent: question,
    replacedId: question.edited?.id ?? question.regenerated?.question.id ?? null,
    conversationId: question.conversationId ?? null,
    question: asked,
    message: null,
    phase: 'sending',
    stopping: false,
    refusal: null,
  }
  answers = [...answers.filter((other) => other.phase !== 'failed'), answer]
  publish()
  void send(key, question)
  return key
}

async function send(key: string, question: Question): Promise<void> {
  try {
    const { regenerated, edited, content, conversationId, ...how } = question
    const response = await fetchOk(
      regenerated ? `/api/v1/messages/${regenerated.answer.id}/regenerate` : '/api/v1/messages',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify({
          ...how,
          ...(regenerated ? {} : { content, conversationId, editedMessageId: edited?.id }),
          stream: true,
        }),
      },
    )
    if (await follow(key, response)) return
  } catch (error) {
    const answer = current(key)
    if (answer?.message === null) {
      const refusal = error instanceof FreeholdError ? error : null
      update(key, { phase: 'failed', refusal })
      publish()
      return
    }
  }
  await reconnect(key)
}

/** Goes on with an answer that was being written when the page was loaded. */
export function resume(question: Message, message: Message): void {
  if (answers.some((answer) => answer.message?.id === message.id)) return
  const key = `live-${nextKey++}`
  turnKeys.set(question.id, turnKey(question.id))
  answers = [
    ...answers,
    {
      key,
      sent: null,
      replacedId: null,
      conversationId: message.conversationId,
      question,
      message,
      phase: 'answering',
      stopping: false,
      refusal: null,
    },
  ]
  publish()
  void reconnect(key)
}

/** Applies the events of one connection. True when the answer ended; false when only the connection did. */
async function follow(key: string, response: Response): Promise<boolean> {
  if (!response.body) return false
  try {
    for await (const raw of readServerEvents(response.body)) {
      const answer = current(key)
      if (!answer) return true
      const event = parseEvent(raw)
      if (event === null) continue
      const next = applyEvent(answer, event)
      // Some of the text is missing before this piece: ask again from where ours ends.
      if (next === 'gap') return false
      update(key, next)
      if (event.type === 'message.start') started(key)
      if (event.type === 'message.done' || event.type === 'message.error') {
        await settle(key, event.message)
        return true
      }
    }
  } catch {
    // A cut connection; the caller resumes.
  }
  return false
}

function started(key: string): void {
  const answer = current(key)
  if (!answer?.message) return
  turnKeys.set(answer.question.id, turnKeys.get(answer.question.id) ?? key)
  publish()
  void refreshConversations()
  if (answer.stopping) void stop(key)
}

const waitsMs = [250, 1000, 2000, 4000, 8000]

async function reconnect(key: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = current(key)
    if (!answer?.message) return
    if (attempt > 0) update(key, { phase: 'reconnecting' })
    await wait(attempt === 0 ? 0 : (waitsMs[Math.min(attempt - 1, waitsMs.length - 1)] ?? 8000))
    const before = current(key)?.message?.content.length ?? 0
    try {
      const response = await fetchOk(`/api/v1/messages/${answer.message.id}/stream?offset=${before}`, {
        headers: { accept: 'text/event-stream' },
      })
      update(key, { phase: 'answering' })
      if (await follow(key, response)) return
    } catch (error) {
      if (error instanceof FreeholdError && error.status >= 400 && error.status < 500) {
        // The server has no such stream (any more): what it kept is the truth.
        await queryClient.invalidateQueries({
          queryKey: messagesQuery(answer.message.conversationId).queryKey,
        })
        forget(key)
        return
      }
    }
    if ((current(key)?.message?.content.length ?? 0) > before) attempt = 0
  }
}

/** Waits, but no longer than until the network is back. */
function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      window.removeEventListener('online', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    window.addEventListener('online', done)
  })
}

/** Hands the finished answer to the query cache, then forgets it here: in that order nothing flickers. */
async function settle(key: string, message: Message): Promise<void> {
  const answer = current(key)
  if (!answer) return
  const { queryKey } = messagesQuery(message.conversationId)
  const known = queryClient.getQueryData(queryKey)
  if (known || answer.sent?.conversationId === undefined) {
    const ids = new Set([answer.question.id, message.id])
    const others = withoutReplaced(known ?? [], answer.replacedId).filter((other) => !ids.has(other.id))
    await queryClient.cancelQueries({ queryKey })
    queryClient.setQueryData(queryKey, [...others, answer.question, message])
  } else {
    await queryClient
      .fetchQuery({ ...messagesQuery(message.conversationId), staleTime: 0 })
      .catch(() => undefined)
  }
  forget(key)
  void refreshConversations()
  void queryClient.invalidateQueries({ queryKey: ['usage'] })
  void queryClient.invalidateQueries({ queryKey: ['budgets'] })
}

/** Stops the answer; what has been written stays. A question still on its way is stopped once it has arrived. */
export async function stop(key: string): Promise<void> {
  const answer = current(key)
  if (!answer) return
  update(key, { stopping: true })
  if (!answer.message) return
  try {
    const message = await take(
      api.POST('/api/v1/messages/{id}/stop', { params: { path: { id: answer.message.id } } }),
    )
    await settle(key, message)
  } catch {
    update(key, { stopping: false })
  }
}

/** Has the conversation go through a message instead of those beside it. */
export async function choose(message: Message, siblingId: string): Promise<void> {
  try {
    await take(api.POST('/api/v1/messages/{id}/choose', { params: { path: { id: siblingId } } }))
  } catch (error) {
    toast.error(messageOf(error))
  }
  await queryClient.invalidateQueries({ queryKey: messagesQuery(message.conversationId).queryKey })
}

/** Takes a question that was refused off the page. */
export function dismiss(key: string): void {
  forget(key)
}
