import { bigint, boolean, date, integer, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { freehold, instant } from '../../platform/db/schema.ts'
import type { CallAttempt, GuardrailVerdict } from './contract.ts'
import type { CostTerms, CountedBudget } from './kept-with-record.ts'

const count = (name: string) => bigint(name, { mode: 'number' }).notNull()
const nanos = (name: string) => bigint(name, { mode: 'bigint' })

export const usageRecords = freehold.table(
  'usage_records',
  {
    organizationId: uuid('organization_id').notNull(),
    requestId: uuid('request_id').notNull(),
    createdAt: instant('created_at').notNull(),
    purpose: text('purpose').notNull().$type<'chat' | 'embedding' | 'message' | 'assistant'>(),
    model: text('model').notNull(),
    provider: text('provider').notNull(),
    deployment: text('deployment').notNull(),
    apiKeyId: uuid('api_key_id'),
    userId: uuid('user_id'),
    promptTokens: count('prompt_tokens'),
    cachedTokens: count('cached_tokens'),
    completionTokens: count('completion_tokens'),
    reasoningTokens: count('reasoning_tokens'),
    costNanos: nanos('cost_nanos').notNull(),
    reportedCostNanos: nanos('reported_cost_nanos'),
    priceVersion: text('price_version').notNull(),
    inputNanosPerMillion: nanos('input_nanos_per_million').notNull(),
    cachedInputNanosPerMillion: nanos('cached_input_nanos_per_million').notNull(),
    outputNanosPerMillion: nanos('output_nanos_per_million').notNull(),
    latencyMs: integer('latency_ms').notNull(),
    timeToFirstTokenMs: integer('time_to_first_token_ms'),
    status: text('status').notNull().$type<'ok' | 'error' | 'aborted' | 'interrupted'>(),
    errorCode: text('error_code'),
    fallback: boolean('fallback').notNull().default(false),
    cache: text('cache').notNull().default('miss').$type<'miss' | 'hit' | 'shared'>(),
    /** What the caller said it was for. */
    tag: text('tag'),
    /** The name that was asked for, where it stood for several deployments. */
    alias: text('alias'),
    /** The deployments that were considered, in order. */
    attempts: jsonb('attempts').notNull().default([]).$type<CallAttempt[]>(),
    /** Whose provider key it was. */
    paidBy: text('paid_by').notNull().default('installation').$type<'installation' | 'organization'>(),
    /** The part of the cost that budgets do not count. */
    uncountedNanos: nanos('uncounted_nanos').notNull().default(0n),
    /** The prompt it was made with, and which of its versions. */
    promptId: uuid('prompt_id'),
    promptVersion: integer('prompt_version'),
    /** What its arithmetic has beside the three rates of its price; null for most. */
    costTerms: jsonb('cost_terms').$type<CostTerms>(),
    /** The budgets it counted in as they stood then; null in records from before these were kept. */
    budgets: jsonb('budgets').$type<readonly CountedBudget[]>(),
    /** What an answer that was given again had cost. */
    savedNanos: nanos('saved_nanos').notNull().default(0n),
    /** What guards found in it; null where they found nothing. */
    guardrails: jsonb('guardrails').$type<GuardrailVerdict[]>(),
    /** The project it was made for. */
    projectId: uuid('project_id'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.requestId] })],
)

/** What a correction adds to the cost of a call. */
export const usageAdjustments = freehold.table(
  'usage_adjustments',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    correctionId: uuid('correction_id').notNull(),
    requestId: uuid('request_id').notNull(),
    amountNanos: nanos('amount_nanos').notNull(),
    uncountedNanos: nanos('uncounted_nanos').notNull(),
    inputNanosPerMillion: nanos('input_nanos_per_million').notNull(),
    cachedInputNanosPerMillion: nanos('cached_input_nanos_per_million').notNull(),
    outputNanosPerMillion: nanos('output_nanos_per_million').notNull(),
    reason: text('reason').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)

/** What an operator corrects; no tenant reaches it. */
export const usageCorrections = freehold.table('usage_corrections', {
  id: uuid('id').primaryKey(),
  model: text('model').notNull(),
  provider: text('provider'),
  fromTime: instant('from_time').notNull(),
  toTime: instant('to_time').notNull(),
  inputNanosPerMillion: nanos('input_nanos_per_million').notNull(),
  cachedInputNanosPerMillion: nanos('cached_input_nanos_per_million').notNull(),
  outputNanosPerMillion: nanos('output_nanos_per_million').notNull(),
  reason: text('reason').notNull(),
  createdBy: uuid('created_by'),
  createdAt: instant('created_at').notNull(),
  finishedAt: instant('finished_at'),
})

export const usageDaily = freehold.table(
  'usage_daily',
  {
    organizationId: uuid('organization_id').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    model: text('model').notNull(),
    calls: count('calls'),
    promptTokens: count('prompt_tokens'),
    completionTokens: count('completion_tokens'),
    costNanos: nanos('cost_nanos').notNull(),
    uncountedNanos: nanos('uncounted_nanos').notNull().default(0n),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.day, table.model] })],
)

/** What erased organizations have cost; no tenant reaches it. */
export const erasedUsage = freehold.table(
  'erased_usage',
  {
    erasedOrganizationId: uuid('erased_organization_id').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    purpose: text('purpose').notNull(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    priceVersion: text('price_version').notNull(),
    calls: count('calls'),
    promptTokens: count('prompt_tokens'),
    cachedTokens: count('cached_tokens'),
    completionTokens: count('completion_tokens'),
    reasoningTokens: count('reasoning_tokens'),
    costNanos: nanos('cost_nanos').notNull(),
    reportedCostNanos: nanos('reported_cost_nanos'),
    erasedAt: instant('erased_at').notNull(),
  },
  (table) => [
    primaryKey({
      columns: [
        table.erasedOrganizationId,
        table.day,
        table.purpose,
        table.provider,
        table.model,
        table.priceVersion,
      ],
    }),
  ],
)

/** What calls were priced at beside what their providers reported; the operator's own account. */
export const costComparisons = freehold.table(
  'cost_comparisons',
  {
    day: date('day', { mode: 'string' }).notNull(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    priceVersion: text('price_version').notNull(),
    calls: count('calls'),
    computedNanos: nanos('computed_nanos').notNull(),
    reportedNanos: nanos('reported_nanos').notNull(),
    comparedAt: instant('compared_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.provider, table.model, table.priceVersion] })],
)
