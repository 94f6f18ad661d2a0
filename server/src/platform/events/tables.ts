import { bigint, customType, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { freehold, instant } from '../db/schema.ts'

/** PostgreSQL's 64-bit transaction id, kept as its decimal text. */
const transactionId = customType<{ data: string }>({ dataType: () => 'xid8' })

export const events = freehold.table(
  'events',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    sequence: bigint('sequence', { mode: 'bigint' }).generatedAlwaysAsIdentity(),
    transactionId: transactionId('transaction_id').notNull().default('pg_current_xact_id()'),
    type: text('type').notNull(),
    data: jsonb('data').notNull().$type<Record<string, unknown>>(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)

export const eventCursors = freehold.table('event_cursors', {
  reader: text('reader').primaryKey(),
  transactionId: transactionId('transaction_id').notNull(),
  sequence: bigint('sequence', { mode: 'bigint' }).notNull(),
  updatedAt: instant('updated_at').notNull(),
})
