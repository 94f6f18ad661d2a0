import { primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { freehold, instant } from '../../platform/db/schema.ts'

export const storedResponses = freehold.table(
  'stored_responses',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    previousId: uuid('previous_id'),
    userId: uuid('user_id'),
    serviceAccountId: uuid('service_account_id'),
    apiKeyId: uuid('api_key_id'),
    inputSealed: text('input_sealed').notNull(),
    answerSealed: text('answer_sealed').notNull(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)
