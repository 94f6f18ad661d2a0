import { z } from '@hono/zod-openapi'
import { pageOf, pageQuery } from '../../platform/http/pagination.ts'

export const idParams = z.object({ id: z.uuid() })

export const citation = z
  .object({
    marker: z.number().int().openapi({ description: 'The answer refers to the passage as [marker].' }),
    passageId: z.uuid(),
    documentId: z.uuid(),
    documentName: z.string(),
    page: z.number().int().nullable(),
    heading: z.string().nullable(),
    quote: z.string().openapi({
      description: 'The words the answer quotes, or the beginning of the passage; word for word.',
    }),
    startOffset: z.number().int(),
    endOffset: z.number().int(),
    withdrawn: z.boolean().openapi({
      description:
        'The reader may not see the document, or not any more: nothing of it is told but the marker.',
    }),
  })
  .openapi('Citation')
/** As it is kept; whether it is withdrawn depends on who reads it, and when. */
export type Citation = Omit<z.infer<typeof citation>, 'withdrawn'>

export const receipt = z
  .object({
    requestId: z.uuid(),
    model: z.string(),
    provider: z.string(),
    isLanguageModel: z.boolean(),
    promptTokens: z.number().int(),
    cachedTokens: z.number().int(),
    completionTokens: z.number().int(),
    costNanos: z.string(),
    costUsd: z.string(),
    latencyMs: z.number().int(),
    timeToFirstTokenMs: z.number().int().nullable(),
    cache: z.enum(['miss', 'hit', 'shared']),
    fallback: z.boolean(),
  })
  .openapi('Receipt')

export const message = z
  .object({
    id: z.uuid(),
    conversationId: z.uuid(),
    role: z.enum(['user', 'assistant']),
    content: z.string(),
    status: z.enum(['complete', 'streaming', 'stopped', 'failed', 'interrupted']),
    citations: z.array(citation),
    receipt: z.union([receipt, z.null()]),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    createdAt: z.iso.datetime(),
    parentId: z.uuid().nullable().openapi({ description: 'The message before it; null for the first.' }),
    siblingIds: z.array(z.uuid()).openapi({
      description:
        'The messages that stand in its place, itself among them, the oldest first: a question as it was edited, an ' +
        'answer as often as it was written. One of them is chosen.',
    }),
  })
  .openapi('Message')

export const conversation = z
  .object({
    id: z.uuid(),
    title: z.string(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    lastMessagePreview: z.string().nullable(),
    pinnedAt: z.iso.datetime().nullable(),
    archivedAt: z.iso.datetime().nullable(),
    match: z.string().nullable().openapi({
      description:
        'In a search: where the newest message with the words has them; null where only the title does.',
    }),
  })
  .openapi('Conversation')

export const conversationList = pageOf(conversation).openapi('ConversationList')
export const conversationListQuery = z.strictObject({
  ...pageQuery,
  q: z
    .string()
    .max(200)
    .optional()
    .openapi({
      description:
        'Words of the title or of a message, whatever their case. A page of a search may have fewer than `limit`, even ' +
        'none, and a next one all the same: each looks through so much and no more.',
    }),
  archived: z
    .enum(['true', 'false', 'any'])
    .default('false')
    .openapi({ description: 'Whether those put away are listed, or only they.' }),
  pinned: z
    .enum(['true', 'false'])
    .optional()
    .openapi({ description: 'Only those that are pinned, or only those that are not.' }),
})
export const conversationBody = z
  .strictObject({
    title: z.string().trim().min(1).max(200).optional(),
    pinned: z.boolean().optional(),
    archived: z.boolean().optional(),
  })
  .openapi('ConversationChange')

export const share = z
  .object({
    id: z.uuid().openapi({ description: 'The dashboard shows it under `/shared/{id}`.' }),
    conversationId: z.uuid(),
    messageId: z.uuid().openapi({ description: 'The last message that is shown.' }),
    createdAt: z.iso.datetime(),
  })
  .openapi('ConversationShare')
export const shareOfConversation = z.object({ share: share.nullable() }).openapi('ShareOfConversation')

export const sharedConversation = z
  .object({
    id: z.uuid(),
    title: z.string(),
    sharedBy: z.string().nullable().openapi({ description: 'The name of whose it is; null for a machine.' }),
    own: z.boolean(),
    createdAt: z.iso.datetime(),
  })
  .openapi('SharedConversation')
export const messageList = pageOf(message).openapi('MessageList')
export const messageListQuery = z.strictObject(pageQuery)

export const messageBody = z
  .strictObject({
    content: z.string().trim().min(1).max(32_000),
    conversationId: z.uuid().optional().openapi({ description: 'A new conversation when absent.' }),
    model: z.string().min(1).max(200).optional(),
    editedMessageId: z.uuid().optional().openapi({
      description:
        'A question of yours that this one takes the place of, with what follows it; the old one is kept beside.',
    }),
    collectionIds: z.array(z.uuid()).min(1).max(100).optional(),
    stream: z.boolean().default(false),
  })
  .openapi('NewMessage')

export const regenerationBody = messageBody
  .pick({ model: true, collectionIds: true, stream: true })
  .openapi('NewRegeneration')

export const answer = z
  .object({ conversation: z.object({ id: z.uuid(), title: z.string() }), userMessage: message, message })
  .openapi('Answer')

export const streamQuery = z.strictObject({
  offset: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .openapi({ description: 'UTF-16 code units already read; the header Last-Event-ID does the same.' }),
})
