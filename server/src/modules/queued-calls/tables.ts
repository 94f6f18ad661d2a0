import { integer, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { freehold, instant } from '../../platform/db/schema.ts'

export const queuedCalls = freehold.table(
  'queued_calls',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    userId: uuid('user_id'),
    apiKeyId: uuid('api_key_id'),
    serviceAccountId: uuid('service_account_id'),
    requestId: uuid('request_id').notNull(),
    status: text('status').notNull().$type<'waiting' | 'running' | 'completed' | 'failed' | 'cancelled'>(),
    tries: integer('tries').notNull().default(0),
    requestSealed: text('request_sealed'),
    resultSealed: text('result_sealed'),
    errorCode: text('error_code'),
    webhookSealed: text('webhook_sealed'),
    webhookStatus: text('webhook_status').$type<'waiting' | 'delivered' | 'failed' | 'stopped'>(),
    webhookTries: integer('webhook_tries').notNull().default(0),
    webhookAnswer: integer('webhook_answer'),
    webhookAt: instant('webhook_at'),
    createdAt: instant('created_at').notNull(),
    startedAt: instant('started_at'),
    finishedAt: instant('finished_at'),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)

export const webhookSecrets = freehold.table(
  'webhook_secrets',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    secretSealed: text('secret_sealed').notNull(),
    createdAt: instant('created_at').notNull(),
    endsAt: instant('ends_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)
