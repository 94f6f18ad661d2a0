import { boolean, integer, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { freehold, instant } from '../../platform/db/schema.ts'

export const conversations = freehold.table(
  'conversations',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    titleSealed: text('title_sealed').notNull(),
    previewSealed: text('preview_sealed'),
    createdBy: uuid('created_by'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
    archivedAt: instant('archived_at'),
    pinnedAt: instant('pinned_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)

export const messages = freehold.table(
  'messages',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    conversationId: uuid('conversation_id').notNull(),
    role: text('role').notNull().$type<'user' | 'assistant'>(),
    contentSealed: text('content_sealed').notNull(),
    citationsSealed: text('citations_sealed').notNull(),
    status: text('status').notNull().$type<'complete' | 'streaming' | 'stopped' | 'failed' | 'interrupted'>(),
    requestId: uuid('request_id'),
    model: text('model'),
    nodeId: uuid('node_id'),
    retrievedAt: instant('retrieved_at'),
    stopRequested: boolean('stop_requested').notNull().default(false),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    createdAt: instant('created_at').notNull(),
    parentId: uuid('parent_id'),
    chosen: boolean('chosen').notNull().default(true),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)

export const sharedConversations = freehold.table(
  'shared_conversations',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    conversationId: uuid('conversation_id').notNull(),
    messageId: uuid('message_id').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)

export const messagePieces = freehold.table(
  'message_pieces',
  {
    organizationId: uuid('organization_id').notNull(),
    messageId: uuid('message_id').notNull(),
    startOffset: integer('start_offset').notNull(),
    textSealed: text('text_sealed').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.messageId, table.startOffset] })],
)
