import { text, uuid } from 'drizzle-orm/pg-core'
import { freehold, instant } from '../db/schema.ts'

export const outboxMails = freehold.table('outbox_mails', {
  id: uuid('id').primaryKey(),
  recipient: text('recipient').notNull(),
  subject: text('subject').notNull(),
  contentSealed: text('content_sealed').notNull(),
  createdAt: instant('created_at').notNull(),
})
