import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import type { ServerEvent } from '../../../platform/http/sse.ts'
import { type Answers, nudgeChannel } from '../answers.ts'
import type { Citation } from '../contract.ts'
import { messageNotFound } from '../errors.ts'
import { ownerOf } from '../owner.ts'
import { type MessageView, presentMessage } from '../present.ts'
import { openSeal } from '../sealed-messages.ts'
import { findMessage } from '../store.ts'

const lookAgainMs = 1_000

/**
 * An answer's events from an offset on, on any node: the database is read, a nudge or a second's wait says when to
 * look again. Ids are offsets, so `Last-Event-ID` resumes without a gap or a repetition.
 * @param start the first event, with what the reader needs to know before the text
 */
export async function* readAnswer(
  answers: Answers,
  caller: Caller,
  messageId: string,
  fromOffset: number,
  start: Record<string, unknown>,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  const bell = createBell(signal)
  const unsubscribe = await answers.platform.pubSub.subscribe(nudgeChannel(messageId), bell.ring)
  try {
    yield { event: 'message.start', id: String(fromOffset), data: start }
    let offset = fromOffset
    let citationsTold = false
    for (;;) {
      // Looked at once more after the signal: an answer that a stopping server interrupted ends before it, and its reader
      // must hear how.
      const last = signal.aborted
      const { view, retrieved } = await look(answers, caller, messageId)
      // The statements of one look see the database at different moments: text that was read before what it cites could
      // be seen is read again.
      if (!retrieved && view.status === 'streaming' && view.content !== '') continue
      if (retrieved && !citationsTold) {
        citationsTold = true
        yield {
          event: 'message.citations',
          id: String(offset),
          data: { citations: view.citations satisfies Citation[] },
        }
      }
      if (view.content.length > offset) {
        const text = view.content.slice(offset)
        const data = { messageId, offset, text }
        offset = view.content.length
        yield { event: 'message.delta', id: String(offset), data }
      }
      if (view.status !== 'streaming') {
        yield endEvent(view, offset)
        return
      }
      if (last) return
      await bell.wait(lookAgainMs)
    }
  } finally {
    await unsubscribe()
  }
}

function endEvent(view: MessageView, offset: number): ServerEvent {
  const id = String(offset)
  if (view.status !== 'failed' && view.status !== 'interrupted')
    return { event: 'message.done', id, data: { message: view } }
  const requestId = view.receipt?.requestId ?? null
  return { event: 'message.error', id, data: { message: view, error: { ...view.error, requestId } } }
}

async function look(
  answers: Answers,
  caller: Caller,
  messageId: string,
): Promise<{ view: MessageView; retrieved: boolean }> {
  return withTenant(answers.platform, caller, async (scope) => {
    const row = await findMessage(scope.tx, messageId, ownerOf(caller))
    if (!row) throw messageNotFound()
    const seal = await openSeal(answers.platform, scope)
    return { view: await presentMessage(scope, seal, row), retrieved: row.retrievedAt !== null }
  })
}

/** Remembers a ring that came while nobody waited, so that none is slept through. */
function createBell(signal: AbortSignal) {
  let rung = false
  let wake: (() => void) | undefined
  const ring = () => {
    rung = true
    wake?.()
  }
  signal.addEventListener('abort', ring, { once: true })
  return {
    ring,
    async wait(timeoutMs: number): Promise<void> {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
        wake = undefined
      }
      rung = false
    },
  }
}
