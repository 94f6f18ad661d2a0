import { integer, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { freehold, instant } from '../db/schema.ts'

export const idempotencyKeys = freehold.table(
  'idempotency_keys',
  {
    ownerId: uuid('owner_id').notNull(),
    keyHash: text('key_hash').notNull(),
    requestHash: text('request_hash').notNull(),
    status: integer('status'),
    headers: jsonb('headers').$type<Record<string, string>>(),
    bodySealed: text('body_sealed'),
    nodeId: uuid('node_id').notNull(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.ownerId, table.keyHash] })],
)
