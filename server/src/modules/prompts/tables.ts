import { integer, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { freehold, instant } from '../../platform/db/schema.ts'
import type { PromptMessage, PromptParameters, PromptVariable } from './contract.ts'

export const prompts = freehold.table(
  'prompts',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    name: text('name').notNull(),
    folder: text('folder').notNull().default(''),
    description: text('description').notNull().default(''),
    latestVersion: integer('latest_version').notNull().default(0),
    createdBy: uuid('created_by'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
    archivedAt: instant('archived_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)

export const promptVersions = freehold.table(
  'prompt_versions',
  {
    organizationId: uuid('organization_id').notNull(),
    promptId: uuid('prompt_id').notNull(),
    number: integer('number').notNull(),
    id: uuid('id').notNull(),
    messages: jsonb('messages').notNull().$type<PromptMessage[]>(),
    variables: jsonb('variables').notNull().$type<PromptVariable[]>(),
    model: text('model'),
    parameters: jsonb('parameters').notNull().$type<PromptParameters>(),
    note: text('note').notNull().default(''),
    createdBy: uuid('created_by'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.promptId, table.number] })],
)

export const promptLabels = freehold.table(
  'prompt_labels',
  {
    organizationId: uuid('organization_id').notNull(),
    promptId: uuid('prompt_id').notNull(),
    label: text('label').notNull(),
    version: integer('version').notNull(),
    canaryVersion: integer('canary_version'),
    canaryPercent: integer('canary_percent'),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.promptId, table.label] })],
)

export const promptLabelMoves = freehold.table(
  'prompt_label_moves',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    promptId: uuid('prompt_id').notNull(),
    label: text('label').notNull(),
    fromVersion: integer('from_version'),
    toVersion: integer('to_version'),
    canaryVersion: integer('canary_version'),
    canaryPercent: integer('canary_percent'),
    movedBy: uuid('moved_by'),
    movedAt: instant('moved_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)
