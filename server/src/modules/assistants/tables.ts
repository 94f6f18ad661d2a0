import { bigint, boolean, integer, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { freehold, instant } from '../../platform/db/schema.ts'
import type { AssistantDefinition } from './definition.ts'

export const assistants = freehold.table(
  'assistants',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    name: text('name').notNull(),
    latestVersion: integer('latest_version').notNull().default(0),
    createdBy: uuid('created_by'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
    archivedAt: instant('archived_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)

export const assistantVersions = freehold.table(
  'assistant_versions',
  {
    organizationId: uuid('organization_id').notNull(),
    assistantId: uuid('assistant_id').notNull(),
    number: integer('number').notNull(),
    definition: jsonb('definition').notNull().$type<AssistantDefinition>(),
    createdBy: uuid('created_by'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.assistantId, table.number] })],
)

export const assistantRuns = freehold.table(
  'assistant_runs',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    assistantId: uuid('assistant_id').notNull(),
    assistantVersion: integer('assistant_version').notNull(),
    graph: text('graph').notNull(),
    graphVersion: integer('graph_version').notNull(),
    model: text('model').notNull(),
    userId: uuid('user_id'),
    apiKeyId: uuid('api_key_id'),
    serviceAccountId: uuid('service_account_id'),
    state: text('state').notNull().$type<'queued' | 'running' | 'waiting' | 'done' | 'failed' | 'stopped'>(),
    inputSealed: text('input_sealed').notNull(),
    outputSealed: text('output_sealed'),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    modelCalls: integer('model_calls').notNull().default(0),
    inputTokens: bigint('input_tokens', { mode: 'number' }).notNull().default(0),
    outputTokens: bigint('output_tokens', { mode: 'number' }).notNull().default(0),
    costNanos: bigint('cost_nanos', { mode: 'bigint' }).notNull().default(0n),
    stopRequested: boolean('stop_requested').notNull().default(false),
    leaseId: uuid('lease_id'),
    leaseUntil: instant('lease_until'),
    createdAt: instant('created_at').notNull(),
    startedAt: instant('started_at'),
    finishedAt: instant('finished_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)

export const assistantRunSteps = freehold.table(
  'assistant_run_steps',
  {
    organizationId: uuid('organization_id').notNull(),
    runId: uuid('run_id').notNull(),
    key: text('key').notNull(),
    ordinal: integer('ordinal').notNull(),
    kind: text('kind').notNull().$type<'model' | 'tool'>(),
    name: text('name').notNull(),
    state: text('state').notNull().$type<'running' | 'done' | 'failed'>(),
    requestId: uuid('request_id').notNull(),
    inputSealed: text('input_sealed').notNull(),
    outputSealed: text('output_sealed'),
    errorCode: text('error_code'),
    inputTokens: integer('input_tokens').notNull().default(0),
    outputTokens: integer('output_tokens').notNull().default(0),
    costNanos: bigint('cost_nanos', { mode: 'bigint' }).notNull().default(0n),
    startedAt: instant('started_at').notNull(),
    finishedAt: instant('finished_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.runId, table.key] })],
)

export const assistantApprovals = freehold.table(
  'assistant_approvals',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    runId: uuid('run_id').notNull(),
    toolCallId: text('tool_call_id').notNull(),
    tool: text('tool').notNull(),
    permission: text('permission').notNull(),
    argumentsSealed: text('arguments_sealed').notNull(),
    editedSealed: text('edited_sealed'),
    state: text('state').notNull().$type<'waiting' | 'approved' | 'rejected' | 'expired' | 'withdrawn'>(),
    noteSealed: text('note_sealed'),
    decidedBy: uuid('decided_by'),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    decidedAt: instant('decided_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)

export const graphCheckpoints = freehold.table(
  'graph_checkpoints',
  {
    organizationId: uuid('organization_id').notNull(),
    threadId: text('thread_id').notNull(),
    namespace: text('namespace').notNull(),
    id: text('id').notNull(),
    parentId: text('parent_id'),
    runId: uuid('run_id'),
    checkpointSealed: text('checkpoint_sealed').notNull(),
    metadataSealed: text('metadata_sealed').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.threadId, table.namespace, table.id] })],
)

export const graphBlobs = freehold.table(
  'graph_blobs',
  {
    organizationId: uuid('organization_id').notNull(),
    threadId: text('thread_id').notNull(),
    namespace: text('namespace').notNull(),
    channel: text('channel').notNull(),
    version: text('version').notNull(),
    runId: uuid('run_id'),
    type: text('type').notNull(),
    valueSealed: text('value_sealed').notNull(),
  },
  (table) => [
    primaryKey({
      columns: [table.organizationId, table.threadId, table.namespace, table.channel, table.version],
    }),
  ],
)

export const graphWrites = freehold.table(
  'graph_writes',
  {
    organizationId: uuid('organization_id').notNull(),
    threadId: text('thread_id').notNull(),
    namespace: text('namespace').notNull(),
    checkpointId: text('checkpoint_id').notNull(),
    taskId: text('task_id').notNull(),
    position: integer('position').notNull(),
    channel: text('channel').notNull(),
    runId: uuid('run_id'),
    type: text('type').notNull(),
    valueSealed: text('value_sealed').notNull(),
  },
  (table) => [
    primaryKey({
      columns: [
        table.organizationId,
        table.threadId,
        table.namespace,
        table.checkpointId,
        table.taskId,
        table.position,
      ],
    }),
  ],
)
