import { primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { Role } from '../../platform/auth/permissions.ts'
import { freehold, instant } from '../../platform/db/schema.ts'

export const organizations = freehold.table('organizations', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull(),
  slug: text('slug').notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})

export const memberships = freehold.table(
  'memberships',
  {
    organizationId: uuid('organization_id').notNull(),
    userId: uuid('user_id').notNull(),
    role: text('role').notNull().$type<Role>(),
    joinedAt: instant('joined_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.userId] })],
)

export const organizationKeys = freehold.table(
  'organization_keys',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    wrapped: text('wrapped').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)
