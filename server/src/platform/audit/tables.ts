import { jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { freehold, instant } from '../db/schema.ts'

export const auditEntries = freehold.table(
  'audit_entries',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    action: text('action').notNull(),
    actorKind: text('actor_kind').notNull().$type<'user' | 'api_key' | 'system'>(),
    actorId: uuid('actor_id'),
    entityType: text('entity_type').notNull(),
    entityId: text('entity_id').notNull(),
    changes: jsonb('changes').notNull().$type<Record<string, unknown>>(),
    ip: text('ip'),
    userAgent: text('user_agent'),
    requestId: uuid('request_id').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)
