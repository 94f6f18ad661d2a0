import { z } from '@hono/zod-openapi'
import { pageOf, pageQuery } from '../../platform/http/pagination.ts'

export const mostMessages = 100
export const mostVariables = 100
/** Of all texts of one version together. */
export const mostVersionCharacters = 200_000

const promptName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
    'must be 1 to 100 letters, digits and . _ - and begin with a letter or digit',
  )
  .openapi({
    example: 'triage',
    description: 'What calls say. Unique in the organization, whatever its folder.',
  })
export const promptFolder = z
  .string()
  .max(300)
  .regex(
    /^$|^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}(\/[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}){0,7}$/u,
    'must be up to 8 names divided by /, such as support/mail, or empty',
  )
  .openapi({ example: 'support', description: 'Where people find it; empty is none. Calls do not say it.' })
const description = z.string().max(1_000)
const newestVersion = 'latest'
export const promptLabel = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,39}$/, 'must be 1 to 40 small letters, digits, _ or - and begin with a letter')
  .refine(
    (label) => label !== newestVersion,
    `must not be ${newestVersion}: that is always the newest version`,
  )
  .openapi({ example: 'production' })
const versionNumber = z.int().min(1).max(1_000_000)

export const variableName = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/

const promptMessage = z.strictObject({
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: z.string().max(mostVersionCharacters),
})
export type PromptMessage = z.infer<typeof promptMessage>

const promptVariable = z.strictObject({
  name: z.string().regex(variableName, 'must be 1 to 64 letters, digits and _ and begin with no digit'),
  default: z
    .string()
    .max(10_000)
    .nullable()
    .default(null)
    .openapi({ description: 'What stands in where a call gives no value; null means that a call must.' }),
  description: z.string().max(300).default(''),
})
export type PromptVariable = z.infer<typeof promptVariable>

const tokenLimit = z.int().positive()

/** What a version may say besides its messages, in OpenAI's words. Each is a default that the call's own field wins over. */
const promptParameters = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  presence_penalty: z.number().min(-2).max(2).optional(),
  frequency_penalty: z.number().min(-2).max(2).optional(),
  max_tokens: tokenLimit.optional(),
  max_completion_tokens: tokenLimit.optional(),
  reasoning_effort: z.string().min(1).max(40).optional(),
  verbosity: z.string().min(1).max(40).optional(),
  seed: z.int().optional(),
  stop: z.union([z.string(), z.array(z.string()).max(16)]).optional(),
  response_format: z.looseObject({ type: z.enum(['text', 'json_object', 'json_schema']) }).optional(),
  tools: z
    .array(z.looseObject({ type: z.string() }))
    .max(128)
    .optional(),
  tool_choice: z
    .union([z.enum(['none', 'auto', 'required']), z.looseObject({ type: z.string() })])
    .optional(),
  parallel_tool_calls: z.boolean().optional(),
})
export type PromptParameters = z.infer<typeof promptParameters>

export const newVersionBody = z
  .strictObject({
    messages: z.array(promptMessage).min(1).max(mostMessages).openapi({
      description: 'Texts in which {{name}} stands for a variable; \\{{ is two braces and no variable.',
    }),
    variables: z.array(promptVariable).max(mostVariables).default([]).openapi({
      description: 'Defaults and descriptions of variables of the messages; the others need none.',
    }),
    model: z.string().min(1).max(200).nullable().default(null),
    parameters: promptParameters.default({}),
    note: z.string().max(500).default('').openapi({ description: 'What has changed.' }),
  })
  .openapi('NewPromptVersion')
export type NewVersion = z.infer<typeof newVersionBody>

export const newPromptBody = z
  .strictObject({
    name: promptName,
    folder: promptFolder.default(''),
    description: description.default(''),
    version: newVersionBody,
    labels: z
      .array(promptLabel)
      .max(20)
      .default([])
      .openapi({ description: 'What the first version is called at once, such as production.' }),
  })
  .openapi('NewPrompt')
export type NewPrompt = z.infer<typeof newPromptBody>

export const promptChanges = z
  .strictObject({
    name: promptName.optional(),
    folder: promptFolder.optional(),
    description: description.optional(),
    archived: z
      .boolean()
      .optional()
      .openapi({ description: 'An archived prompt is called by nobody and can be restored.' }),
  })
  .openapi('PromptChanges')
export type PromptChanges = z.infer<typeof promptChanges>

export const duplicateBody = z
  .strictObject({ name: promptName, folder: promptFolder.optional(), version: versionNumber.optional() })
  .openapi('PromptDuplicate')

export const labelBody = z
  .strictObject({
    version: versionNumber,
    canary: z
      .strictObject({ version: versionNumber, percent: z.int().min(1).max(99) })
      .nullable()
      .default(null)
      .openapi({
        description:
          'The version that a share of the calls gets. Left out, none: a canary there was is called off.',
      }),
    expectedVersion: versionNumber.nullable().optional().openapi({
      description:
        'Where the label is thought to stand (null: nowhere); refused if somebody has moved it since.',
    }),
  })
  .openapi('PromptLabelMove')
export type LabelMove = z.infer<typeof labelBody>

const variableValues = z
  .record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean()], { error: 'must be a text, a number or a boolean' }),
  )
  .openapi({
    description:
      'Inserted as text and never read as a template again. Names the prompt does not use are ignored.',
  })

export const renderBody = z
  .strictObject({
    label: z.string().max(40).optional(),
    version: versionNumber.optional(),
    variables: variableValues.default({}),
    subject: z
      .string()
      .max(300)
      .optional()
      .openapi({ description: 'Whom a canary keeps on one side: a person or a conversation.' }),
  })
  .openapi('PromptRender')

/** How a call says which prompt it is made with. */
export const promptCall = z
  .strictObject(
    {
      name: z.string().min(1).max(200).optional(),
      id: z.uuid().optional(),
      label: z
        .string()
        .max(40)
        .optional()
        .openapi({ description: 'production when neither is given; latest is the newest.' }),
      version: versionNumber.optional(),
      variables: variableValues.optional(),
      subject: renderBody.shape.subject,
    },
    { error: 'must be an object such as {"name": "triage", "variables": {"customer": "Ada"}}' },
  )
  .superRefine((call, context) => {
    if ((call.name === undefined) === (call.id === undefined))
      context.addIssue({ code: 'custom', message: 'must have either a name or an id' })
    if (call.label !== undefined && call.version !== undefined)
      context.addIssue({ code: 'custom', path: ['version'], message: 'must not stand beside a label' })
  })
  .openapi('PromptCall')
export type PromptCall = z.infer<typeof promptCall>

const person = z.object({ id: z.uuid(), name: z.string() }).nullable()
const canary = z.object({ version: z.int(), percent: z.int() }).nullable()

export const promptLabelSchema = z
  .object({ label: z.string(), version: z.int(), canary, updatedAt: z.iso.datetime() })
  .openapi('PromptLabel')

export const prompt = z
  .object({
    id: z.uuid(),
    name: z.string(),
    folder: z.string(),
    description: z.string(),
    latestVersion: z.int(),
    labels: z.array(promptLabelSchema),
    createdBy: person,
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    archivedAt: z.iso.datetime().nullable(),
  })
  .openapi('Prompt')

export const promptVersion = z
  .object({
    number: z.int(),
    messages: z.array(promptMessage),
    variables: z.array(
      z.object({ name: z.string(), default: z.string().nullable(), description: z.string() }),
    ),
    model: z.string().nullable(),
    parameters: promptParameters,
    note: z.string(),
    createdBy: person,
    createdAt: z.iso.datetime(),
  })
  .openapi('PromptVersion')

export const promptVersionSummary = z
  .object({
    number: z.int(),
    model: z.string().nullable(),
    note: z.string(),
    createdBy: person,
    createdAt: z.iso.datetime(),
  })
  .openapi('PromptVersionSummary')

export const labelMoveRecord = z
  .object({
    id: z.uuid(),
    label: z.string(),
    from: z.int().nullable(),
    to: z.int().nullable(),
    canary,
    movedBy: person,
    movedAt: z.iso.datetime(),
  })
  .openapi('PromptLabelMoveRecord')

export const renderedPrompt = z
  .object({
    name: z.string(),
    version: z.int(),
    isCanary: z.boolean(),
    model: z.string().nullable(),
    parameters: promptParameters,
    messages: z.array(promptMessage),
    estimatedTokens: z
      .int()
      .openapi({ description: 'About what a model reads of it: four bytes of text to a token.' }),
  })
  .openapi('RenderedPrompt')

export const promptFigures = z
  .object({
    data: z.array(
      z.object({
        version: z.int(),
        calls: z.int(),
        failed: z.int(),
        costNanos: z.string(),
        costUsd: z.string(),
        averageLatencyMs: z.int(),
      }),
    ),
  })
  .openapi('PromptFigures')

const exportedPrompt = z.strictObject({
  name: promptName,
  folder: promptFolder.default(''),
  description: description.default(''),
  versions: z
    .array(newVersionBody.safeExtend({ number: versionNumber }))
    .min(1)
    .max(500),
  labels: z
    .record(promptLabel, versionNumber)
    .default({})
    .openapi({ description: 'Which version each label stands on.' }),
})
export type ExportedPrompt = z.infer<typeof exportedPrompt>

export const promptExport = z
  .strictObject({ format: z.literal('freehold.prompts/1'), prompts: z.array(exportedPrompt).max(1_000) })
  .openapi('PromptExport')

export const promptImportBody = z
  .strictObject({
    ...promptExport.shape,
    existing: z.enum(['refuse', 'skip', 'add']).default('refuse').openapi({
      description:
        'What is done where a prompt of the name is there: refuse all, skip it, or add the versions as new ones and leave its labels.',
    }),
  })
  .openapi('PromptImport')
export type PromptImport = z.infer<typeof promptImportBody>

export const importedPrompts = z
  .object({ created: z.array(z.string()), extended: z.array(z.string()), skipped: z.array(z.string()) })
  .openapi('ImportedPrompts')

export const folderMoveBody = z
  .strictObject({ from: promptFolder.min(1), to: promptFolder })
  .openapi('PromptFolderMove')
export const folderList = z
  .object({ data: z.array(z.object({ path: z.string(), prompts: z.int() })) })
  .openapi('PromptFolders')

export const listQuery = z.strictObject({
  ...pageQuery,
  q: z.string().max(200).optional().openapi({ description: 'A part of the name or the description.' }),
  folder: promptFolder.optional().openapi({ description: 'Those in the folder and below it.' }),
  archived: z.enum(['true', 'false']).default('false'),
})
export const pageOnly = z.strictObject(pageQuery)
export const exportQuery = z.strictObject({ folder: promptFolder.optional(), promptId: z.uuid().optional() })

export const promptList = pageOf(prompt).openapi('PromptList')
export const promptVersionList = pageOf(promptVersionSummary).openapi('PromptVersionList')
export const labelMoveList = pageOf(labelMoveRecord).openapi('PromptLabelMoveList')

export const promptParams = z.object({ id: z.uuid() })
export const versionParams = z.object({
  id: z.uuid(),
  number: z.coerce.number().int().min(1).max(1_000_000),
})
export const labelParams = z.object({ id: z.uuid(), label: promptLabel })
