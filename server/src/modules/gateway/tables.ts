import { bigint, boolean, integer, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { freehold, instant } from '../../platform/db/schema.ts'
import type { AliasTarget } from './rules/alias.ts'
import type { Strategy } from './rules/order-targets.ts'

export const modelAliases = freehold.table(
  'model_aliases',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    name: text('name').notNull(),
    description: text('description').notNull(),
    strategy: text('strategy').notNull().$type<Strategy>(),
    targets: jsonb('targets').notNull().$type<AliasTarget[]>(),
    maxAttempts: integer('max_attempts').notNull(),
    totalTimeoutMs: integer('total_timeout_ms').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)

export const providerKeys = freehold.table(
  'provider_keys',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    provider: text('provider').notNull(),
    name: text('name').notNull(),
    keySealed: text('key_sealed'),
    lastFour: text('last_four'),
    baseUrl: text('base_url'),
    models: jsonb('models').notNull().default([]).$type<string[]>(),
    weight: integer('weight').notNull(),
    requestsPerMinute: integer('requests_per_minute'),
    countsInBudgets: boolean('counts_in_budgets').notNull(),
    enabled: boolean('enabled').notNull(),
    problem: text('problem'),
    problemAt: instant('problem_at'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)

const nanos = (name: string) => bigint(name, { mode: 'bigint' }).notNull()

/** Of the installation: every price that was ever in force here. */
export const modelPrices = freehold.table(
  'model_prices',
  {
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    version: text('version').notNull(),
    inputNanosPerMillion: nanos('input_nanos_per_million'),
    cachedInputNanosPerMillion: nanos('cached_input_nanos_per_million'),
    cacheWriteNanosPerMillion: nanos('cache_write_nanos_per_million'),
    outputNanosPerMillion: nanos('output_nanos_per_million'),
    source: text('source').notNull().$type<'catalogue' | 'provider-list' | 'override'>(),
    firstSeenAt: instant('first_seen_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.provider, table.model, table.version] })],
)

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
