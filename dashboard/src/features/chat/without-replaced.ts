import type { Message } from '../../app/api-types.ts'

/** The conversation up to where another branch begins: what stood there, and all that followed it, is not in it. */
export function withoutReplaced(messages: Message[], replacedId: string | null): Message[] {
  const index = messages.findIndex((message) => message.id === replacedId)
  return index === -1 ? messages : messages.slice(0, index)
}
