import type { ServerEvent } from '@freehold/sdk'
import type { FreeholdError } from '../../app/api.ts'
import type { Citation, Message } from '../../app/api-types.ts'
import type { Question } from './answers.ts'

/** An answer on its way. */
export interface LiveAnswer {
  key: string
  /** What was sent; null for an answer found under way when the page was loaded. */
  sent: Question | null
  /** The question whose place it takes, with all that followed. */
  replacedId: string | null
  /** Null until the server has made the conversation. */
  conversationId: string | null
  question: Message
  message: Message | null
  phase: 'sending' | 'answering' | 'reconnecting' | 'failed'
  stopping: boolean
  /** Why the question was not taken. */
  refusal: FreeholdError | null
}

export type AnswerEvent =
  /** A stream that is resumed may leave out the question: who resumes has it. */
  | { type: 'message.start'; userMessage?: Message; message: Message }
  | { type: 'message.citations'; citations: Citation[] }
  | { type: 'message.delta'; offset: number; text: string }
  | { type: 'message.done'; message: Message }
  | { type: 'message.error'; message: Message }

const eventTypes = new Set([
  'message.start',
  'message.citations',
  'message.delta',
  'message.done',
  'message.error',
])

/** Null for events of a later server that this page does not know. */
export function parseEvent(raw: ServerEvent): AnswerEvent | null {
  if (!eventTypes.has(raw.event)) return null
  // The server's own document, in the shape its contract gives the event of this name.
  return { ...(JSON.parse(raw.data) as object), type: raw.event } as AnswerEvent
}

/** The answer after the event, or `gap` when text before this piece is missing. A piece seen already changes nothing. */
export function applyEvent(answer: LiveAnswer, event: AnswerEvent): LiveAnswer | 'gap' {
  switch (event.type) {
    case 'message.start': {
      const known = answer.message
      // A resumed stream may begin again; what we have is never shortened.
      const content =
        known && known.content.length > event.message.content.length ? known.content : event.message.content
      return {
        ...answer,
        conversationId: event.message.conversationId,
        question: event.userMessage ?? answer.question,
        message: { ...event.message, content, citations: known?.citations ?? event.message.citations },
        phase: 'answering',
      }
    }
    case 'message.citations':
      return answer.message
        ? { ...answer, message: { ...answer.message, citations: event.citations } }
        : answer
    case 'message.delta': {
      if (!answer.message) return answer
      const { content } = answer.message
      if (event.offset > content.length) return 'gap'
      const added = event.text.slice(content.length - event.offset)
      return added === ''
        ? answer
        : { ...answer, phase: 'answering', message: { ...answer.message, content: content + added } }
    }
    case 'message.done':
    case 'message.error':
      return { ...answer, message: event.message }
  }
}
