import { bigint, boolean, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { freehold, instant } from '../../platform/db/schema.ts'
import type { BudgetWindow } from './rules/budget-window.ts'

const nanos = (name: string) => bigint(name, { mode: 'bigint' }).notNull()

export const budgets = freehold.table(
  'budgets',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    scope: text('scope').notNull().$type<'organization'>(),
    limitNanos: nanos('limit_nanos'),
    settledNanos: nanos('settled_nanos').default(0n),
    heldNanos: nanos('held_nanos').default(0n),
    window: text('budget_window').notNull().$type<BudgetWindow>(),
    hard: boolean('hard').notNull(),
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
    amountNanos: nanos('amount_nanos'),
    call: jsonb('call').notNull().$type<Record<string, unknown>>(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.requestId] })],
)
