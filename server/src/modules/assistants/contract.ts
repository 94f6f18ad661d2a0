import { z } from '@hono/zod-openapi'
import { pageOf, pageQuery } from '../../platform/http/pagination.ts'

const graphNames = ['retrieval', 'project-assistant'] as const
export type GraphName = (typeof graphNames)[number]

export const toolNames = [
  'search_knowledge',
  'read_document',
  'list_conversations',
  'create_document',
] as const
export type ToolName = (typeof toolNames)[number]

export const idParams = z.object({ id: z.uuid() })

const nanos = z
  .string()
  .regex(/^(0|[1-9]\d{0,17})$/, { error: 'must be a whole number of nano-dollars, as a string' })

const definitionFields = {
  name: z.string().trim().min(1).max(120),
  instructions: z.string().max(20_000).openapi({ description: 'Said to the model before everything else.' }),
  model: z
    .string()
    .min(1)
    .max(200)
    .nullable()
    .openapi({ description: 'An alias or a model; null for the organization’s default.' }),
  graph: z.enum(graphNames).openapi({
    description:
      '`retrieval` answers from documents: rewrite, retrieve, grade, answer. `project-assistant` calls tools until it has an answer.',
  }),
  collectionIds: z
    .array(z.uuid())
    .min(1)
    .max(100)
    .nullable()
    .openapi({ description: 'What it may search; null for all that whoever runs it may read.' }),
  tools: z.array(z.enum(toolNames)).max(20),
  stepLimit: z.number().int().min(1).max(200).openapi({ description: 'Calls of the model in one run.' }),
  costLimitNanos: nanos
    .nullable()
    .openapi({ description: 'A run that has cost so many nano-dollars ends; null for the budgets alone.' }),
}

export const assistantBody = z
  .strictObject({
    name: definitionFields.name,
    instructions: definitionFields.instructions.default(''),
    model: definitionFields.model.default(null),
    graph: definitionFields.graph.default('project-assistant'),
    collectionIds: definitionFields.collectionIds.default(null),
    tools: definitionFields.tools.default(['search_knowledge', 'read_document']),
    stepLimit: definitionFields.stepLimit.default(20),
    costLimitNanos: definitionFields.costLimitNanos.default(null),
  })
  .openapi('NewAssistant')
export const assistantChanges = z.strictObject(definitionFields).partial().openapi('AssistantChanges')

export const assistant = z
  .object({
    id: z.uuid(),
    ...definitionFields,
    version: z.number().int(),
    createdBy: z.uuid().nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .openapi('Assistant')
export const assistantList = pageOf(assistant).openapi('AssistantList')
export const assistantListQuery = z.strictObject(pageQuery)

export const assistantTool = z
  .object({
    name: z.enum(toolNames),
    description: z.string(),
    permission: z.string(),
    writes: z.boolean().openapi({ description: 'A person decides about each call.' }),
  })
  .openapi('AssistantTool')
export const assistantToolList = z
  .object({ data: z.array(assistantTool), nextCursor: z.null() })
  .openapi('AssistantToolList')

const citation = z.object({
  marker: z.number().int(),
  passageId: z.uuid(),
  documentId: z.uuid(),
  documentName: z.string(),
  page: z.number().int().nullable(),
  heading: z.string().nullable(),
  quote: z.string(),
  startOffset: z.number().int(),
  endOffset: z.number().int(),
})

const runOutput = z.object({
  text: z.string().openapi({
    description: 'Markdown without images, HTML or links to other hosts, and with checked citations.',
  }),
  citations: z.array(citation),
})
export type RunOutput = z.infer<typeof runOutput>

export const runBody = z
  .strictObject({ assistantId: z.uuid(), input: z.string().trim().min(1).max(20_000) })
  .openapi('NewRun')

const runState = z.enum(['queued', 'running', 'waiting', 'done', 'failed', 'stopped'])
export const run = z
  .object({
    id: z.uuid(),
    assistantId: z.uuid(),
    assistantVersion: z.number().int(),
    graph: z.string(),
    graphVersion: z.number().int(),
    model: z.string(),
    userId: z.uuid().nullable(),
    state: runState.openapi({ description: '`waiting`: for a person’s decision.' }),
    input: z.string(),
    output: runOutput.nullable(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    modelCalls: z.number().int(),
    inputTokens: z.number().int(),
    outputTokens: z.number().int(),
    costNanos: z.string(),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .openapi('Run')
export const runList = pageOf(run).openapi('RunList')
export const runListQuery = z.strictObject({ ...pageQuery, assistantId: z.uuid().optional() })

export const runStep = z
  .object({
    ordinal: z.number().int(),
    kind: z.enum(['model', 'tool']),
    name: z.string(),
    state: z.enum(['running', 'done', 'failed']),
    requestId: z.uuid().openapi({ description: 'Of the usage record, where it is a call of a model.' }),
    input: z.unknown().openapi({ description: 'Of a tool: its arguments.' }),
    output: z.unknown().openapi({ description: 'Of a tool: its result.' }),
    errorCode: z.string().nullable(),
    inputTokens: z.number().int(),
    outputTokens: z.number().int(),
    costNanos: z.string(),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .openapi('RunStep')
export const runSteps = z.object({ data: z.array(runStep), nextCursor: z.null() }).openapi('RunStepList')

export const eventsQuery = z.strictObject({
  after: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .openapi({ description: 'The ordinal of the last step that was seen.' }),
})

const approvalState = z.enum(['waiting', 'approved', 'rejected', 'expired', 'withdrawn'])
export const approval = z
  .object({
    id: z.uuid(),
    runId: z.uuid(),
    assistantId: z.uuid(),
    assistantName: z.string(),
    requestedBy: z.uuid().nullable(),
    tool: z.string(),
    permission: z
      .string()
      .openapi({ description: 'What the tool needs; whoever approves must hold it too.' }),
    arguments: z
      .record(z.string(), z.unknown())
      .openapi({ description: 'Exactly what the tool would be called with.' }),
    editedArguments: z.record(z.string(), z.unknown()).nullable(),
    state: approvalState,
    note: z.string().nullable(),
    decidedBy: z.uuid().nullable(),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    decidedAt: z.iso.datetime().nullable(),
  })
  .openapi('Approval')
export const approvalList = pageOf(approval).openapi('ApprovalList')
export const approvalListQuery = z.strictObject({ ...pageQuery, state: approvalState.optional() })
export const approveBody = z
  .strictObject({
    arguments: z
      .record(z.string(), z.unknown())
      .optional()
      .openapi({ description: 'What is to be done in the place of what was asked.' }),
  })
  .openapi('ApproveBody')
export const rejectBody = z
  .strictObject({
    note: z.string().trim().min(1).max(2_000).optional().openapi({ description: 'Told to the model.' }),
  })
  .openapi('RejectBody')
