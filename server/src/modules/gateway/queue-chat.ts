import { z } from '@hono/zod-openapi'
import type { HeaderReader } from '../../platform/auth/credentials.ts'
import type { ErrorDefinition } from '../../platform/errors.ts'
import type { SentChat } from './answer-chat.ts'

/** Takes chats that are to be answered later: the module of queued calls, which stands after this one. */
export interface ChatQueue {
  /** Says where the answer will be. */
  accept(sent: Omit<SentChat, 'signal'>): Promise<Response>
  /** What it can throw. */
  readonly failures: readonly ErrorDefinition[]
}

export const queuedChatSchema = z
  .object({
    id: z.uuid(),
    status: z.literal('waiting'),
    url: z.string().openapi({ description: 'Where its answer is fetched.' }),
  })
  .openapi('QueuedChat')

/** Whether a caller wants an answer later (RFC 7240, section 4.1). Other preferences are nobody's here. */
export function prefersAsync(headers: HeaderReader): boolean {
  const preferences = headers.get('prefer')?.split(',') ?? []
  return preferences.some((one) => one.split(';', 1)[0]?.trim().toLowerCase() === 'respond-async')
}
