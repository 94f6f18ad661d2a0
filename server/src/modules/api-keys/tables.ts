import { cidr, integer, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { freehold, instant } from '../../platform/db/schema.ts'

export const apiKeys = freehold.table(
  'api_keys',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    name: text('name').notNull(),
    prefix: text('prefix').notNull(),
    keyHash: text('key_hash').notNull(),
    createdBy: uuid('created_by'),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at'),
    lastUsedAt: instant('last_used_at'),
    revokedAt: instant('revoked_at'),
    userId: uuid('user_id'),
    serviceAccountId: uuid('service_account_id'),
    scopes: text('scopes').array(),
    allowedIps: cidr('allowed_ips').array(),
    requestsPerMinute: integer('requests_per_minute'),
    rotatedTo: uuid('rotated_to'),
    madeWith: uuid('made_with'),
    projectId: uuid('project_id'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)
