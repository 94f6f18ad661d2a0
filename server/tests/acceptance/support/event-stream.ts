import { EventSourceParserStream } from 'eventsource-parser/stream'
import type { Citation, Message } from './contract.ts'

export interface StreamEvent {
  id: string | undefined
  name: string
  // Whatever the server sent; `textOf` and its neighbours read what they need.
  data: Record<string, unknown>
}

/** The events of a response, as they come. Leaving the loop closes the connection. */
export async function* readEvents(response: Response): AsyncGenerator<StreamEvent> {
  const type = response.headers.get('content-type') ?? ''
  if (response.body === null || !type.startsWith('text/event-stream')) {
    throw new Error(`No event stream came but ${response.status} ${type}: ${await response.text()}`)
  }
  const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
  for await (const { id, event, data } of events) {
    yield { id, name: event ?? 'message', data: JSON.parse(data) }
  }
}

/** Reads to the end, or to the first event that `enough` accepts. */
export async function collectEvents(
  response: Response,
  enough: (events: readonly StreamEvent[]) => boolean = () => false,
): Promise<StreamEvent[]> {
  const events: StreamEvent[] = []
  for await (const event of readEvents(response)) {
    events.push(event)
    if (enough(events)) break
  }
  return events
}

/** The text that a reader of these events has seen. */
export function textOf(events: readonly StreamEvent[]): string {
  return events
    .filter(({ name }) => name === 'message.delta')
    .map(({ data }) => String(data.text))
    .join('')
}

export function namesOf(events: readonly StreamEvent[]): string[] {
  return events.map(({ name }) => name)
}

/** The message of the first event, so that a reader who leaves knows where to come back to. */
export function startedMessage(events: readonly StreamEvent[]): Message {
  const start = events.find(({ name }) => name === 'message.start')
  if (start === undefined) throw new Error(`No message.start among ${namesOf(events).join(', ')}.`)
  // The contract of message.start.
  return start.data.message as Message
}

export interface Ending {
  name: string
  message: Message
  error: { code: string; message: string; requestId: string | null } | undefined
}

/** How the answer ended. */
export function endingOf(events: readonly StreamEvent[]): Ending {
  const last = events.at(-1)
  if (last?.name !== 'message.done' && last?.name !== 'message.error') {
    throw new Error(
      `The stream did not end with message.done or message.error: ${namesOf(events).join(', ')}`,
    )
  }
  // The contract of the two.
  const { message, error } = last.data as { message: Message; error?: Ending['error'] }
  return { name: last.name, message, error }
}

export function citationsOf(events: readonly StreamEvent[]): Citation[] {
  const event = events.find(({ name }) => name === 'message.citations')
  // The contract of message.citations.
  return (event?.data.citations ?? []) as Citation[]
}
