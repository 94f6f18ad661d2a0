import { bigint, boolean, integer, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { freehold, instant } from '../../platform/db/schema.ts'
import type { BudgetWindow } from './contract.ts'

const nanos = (name: string) => bigint(name, { mode: 'bigint' }).notNull()

/** What a call is, and what a budget is about. */
const parts = {
  userId: uuid('user_id'),
  apiKeyId: uuid('api_key_id'),
  serviceAccountId: uuid('service_account_id'),
  projectId: uuid('project_id'),
  model: text('model'),
  tag: text('tag'),
}

export const budgets = freehold.table(
  'budgets',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    ...parts,
    limitNanos: nanos('limit_nanos'),
    settledNanos: nanos('settled_nanos').default(0n),
    heldNanos: nanos('held_nanos').default(0n),
    window: text('budget_window').notNull().$type<BudgetWindow>(),
    timeZone: text('time_zone').notNull().default('UTC'),
    hard: boolean('hard').notNull(),
    /** It is the balance of prepaid credits. */
    credits: boolean('credits').notNull().default(false),
    thresholds: integer('thresholds').array().notNull().default([50, 80, 100]),
    notifiedPercent: integer('notified_percent').notNull().default(0),
    windowStartedAt: instant('window_started_at').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)

export const holds = freehold.table(
  'holds',
  {
    organizationId: uuid('organization_id').notNull(),
    requestId: uuid('request_id').notNull(),
    nodeId: uuid('node_id').notNull(),
    ...parts,
    amountNanos: nanos('amount_nanos'),
    call: jsonb('call').notNull().$type<Record<string, unknown>>(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.requestId] })],
)

/** What a node may spend of a hard budget without asking. */
export const leases = freehold.table(
  'leases',
  {
    organizationId: uuid('organization_id').notNull(),
    budgetId: uuid('budget_id').notNull(),
    nodeId: uuid('node_id').notNull(),
    amountNanos: nanos('amount_nanos'),
    recalled: boolean('recalled').notNull().default(false),
    answeredAt: instant('answered_at'),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.budgetId, table.nodeId] })],
)
