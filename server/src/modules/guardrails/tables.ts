import { jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { freehold, instant } from '../../platform/db/schema.ts'
import type { GuardrailChoices } from './contract.ts'

export const guardrailPolicies = freehold.table(
  'guardrail_policies',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    /** The name whose calls it is for; null for all. */
    model: text('model'),
    guards: jsonb('guards').notNull().$type<GuardrailChoices>(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)
