import { z } from '@hono/zod-openapi'
import { responseItemSchema } from './responses-items.ts'

/**
 * The bodies of `/v1/responses`, which speaks OpenAI's Responses API. They are translated and not passed on, so every field
 * is known: one that could not be told to a model is refused by its name.
 */
function unsupported(message: string) {
  return z.null({ error: message }).optional()
}

const functionToolSchema = z.strictObject({
  type: z.literal('function', {
    error: 'must be function: tools that OpenAI itself runs, custom tools and MCP servers are not supported',
  }),
  name: z
    .string()
    .regex(/^[a-zA-Z0-9_.:-]{1,128}$/, { error: 'must be 1 to 128 letters, digits, _ . : or -' }),
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  strict: z.boolean().nullish(),
  allowed_callers: z
    .array(z.literal('direct', { error: 'must be direct: calls by programs are not supported' }))
    .nullish(),
  async: z.literal(false, { error: 'must be false: asynchronous tools are not supported' }).nullish(),
  defer_loading: z.literal(false, { error: 'must be false: deferred tools are not supported' }).nullish(),
  output_schema: unsupported('schemas of outputs are not supported'),
})

/** Tools that this server cannot offer are named before their fields are looked at. */
const toolSchema = z
  .looseObject({ type: z.string() })
  .superRefine(({ type }, context) => {
    if (type === 'function') return
    const message = `must be function: '${type.slice(0, 60)}' is a tool that OpenAI itself runs or no function, which is not supported`
    context.addIssue({ code: 'custom', path: ['type'], message })
  })
  .pipe(functionToolSchema)

const functionNameSchema = z.strictObject({ type: z.literal('function'), name: z.string().min(1) })

const toolChoiceSchema = z.union(
  [
    z.enum(['none', 'auto', 'required']),
    functionNameSchema,
    z.strictObject({
      type: z.literal('allowed_tools'),
      mode: z.enum(['auto', 'required']),
      tools: z.array(functionNameSchema).min(1),
    }),
  ],
  { error: 'must be none, auto, required, one function or allowed_tools; other tools are not supported' },
)

const formatSchema = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('text') }),
    z.strictObject({ type: z.literal('json_object') }),
    z.strictObject({
      type: z.literal('json_schema'),
      name: z.string().min(1),
      description: z.string().nullish(),
      schema: z.record(z.string(), z.unknown()),
      strict: z.boolean().nullish(),
    }),
  ],
  { error: 'must be text, json_object or json_schema' },
)

const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const

const reasoningSchema = z.strictObject({
  effort: z.enum(efforts, { error: `must be one of ${efforts.join(', ')}` }).nullish(),
  summary: z.enum(['auto', 'concise', 'detailed']).nullish(),
  generate_summary: z.enum(['auto', 'concise', 'detailed']).nullish(),
  context: z.literal('auto', { error: 'must be auto: a choice of context is not supported' }).nullish(),
  mode: z.literal('standard', { error: 'must be standard: other modes are not supported' }).nullish(),
})

/** Of what can be asked for besides, only reasoning can be in an answer here; the others are of tools there are none of. */
const includeSchema = z
  .string()
  .refine((name) => name !== 'message.output_text.logprobs', { error: 'log probabilities are not supported' })

export const responseRequestSchema = z
  .strictObject({
    model: z.string({ error: 'is required: the id of a model of GET /v1/models' }).min(1),
    input: z
      .union([z.string(), z.array(responseItemSchema)], { error: 'must be a string or a list of items' })
      .openapi({ description: 'What is new: with `previous_response_id` the turns before come first.' }),
    instructions: z.string({ error: 'must be a string' }).nullish(),
    previous_response_id: z
      .string()
      .nullish()
      .openapi({ description: 'A stored response of the same caller, of whichever model.' }),
    tools: z.array(toolSchema).nullish(),
    tool_choice: toolChoiceSchema.nullish(),
    parallel_tool_calls: z.boolean().nullish(),
    text: z
      .strictObject({
        format: formatSchema.nullish(),
        verbosity: z
          .literal('medium', { error: 'must be medium: other verbosities are not supported' })
          .nullish(),
      })
      .nullish(),
    reasoning: reasoningSchema.nullish(),
    include: z.array(includeSchema).nullish(),
    max_output_tokens: z
      .int({ error: 'must be a whole number' })
      .positive({ error: 'must be at least 1' })
      .nullish(),
    temperature: z.number().min(0).max(2).nullish(),
    top_p: z.number().min(0).max(1).nullish(),
    top_logprobs: z.literal(0, { error: 'must be 0: log probabilities are not supported' }).nullish(),
    metadata: z
      .record(z.string().max(64), z.string().max(512))
      .refine((entries) => Object.keys(entries).length <= 16, { error: 'must have 16 entries or fewer' })
      .nullish(),
    truncation: z.enum(['auto', 'disabled']).nullish(),
    store: z
      .boolean()
      .nullish()
      .openapi({ description: 'True when left out: kept, sealed, for 30 days after its last use.' }),
    stream: z.boolean().nullish(),
    stream_options: z.strictObject({ include_obfuscation: z.boolean().nullish() }).nullish(),
    service_tier: z
      .enum(['auto', 'default', 'flex'], {
        error: 'must be auto, default or flex: other tiers have other prices',
      })
      .nullish(),
    user: z.string().nullish(),
    safety_identifier: z.string().nullish(),
    prompt_cache_key: z
      .string()
      .nullish()
      .openapi({ description: 'Taken and without effect, as the next two are.' }),
    prompt_cache_retention: z.enum(['in_memory', 'in-memory', '24h']).nullish(),
    prompt_cache_options: z.looseObject({}).nullish(),
    background: z
      .literal(false, { error: 'must be false: answers in the background are not supported' })
      .nullish(),
    conversation: unsupported('conversations are not supported: use previous_response_id'),
    prompt: unsupported('prompts of OpenAI are not supported'),
    max_tool_calls: unsupported('it limits tools that OpenAI itself runs, which are not supported'),
    context_management: unsupported('context management is not supported'),
    moderation: unsupported('moderation is not supported'),
    access_programs: unsupported('access programs are not supported'),
    image: unsupported('images cannot be made here'),
  })
  .openapi('ResponseRequest')

export type ResponseRequest = z.infer<typeof responseRequestSchema>

const statuses = ['in_progress', 'completed', 'incomplete', 'failed'] as const

const outputItemSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('message'),
    id: z.string(),
    role: z.literal('assistant'),
    status: z.enum(statuses),
    content: z.array(
      z.discriminatedUnion('type', [
        z.object({
          type: z.literal('output_text'),
          text: z.string(),
          annotations: z.array(z.unknown()),
          logprobs: z.array(z.unknown()),
        }),
        z.object({ type: z.literal('refusal'), refusal: z.string() }),
      ]),
    ),
  }),
  z.object({
    type: z.literal('function_call'),
    id: z.string(),
    call_id: z.string(),
    name: z.string(),
    arguments: z.string(),
    status: z.enum(statuses),
  }),
  z.object({
    type: z.literal('reasoning'),
    id: z.string(),
    summary: z.array(z.object({ type: z.literal('summary_text'), text: z.string() })),
    encrypted_content: z.string().nullish().openapi({
      description: 'What the provider needs to go on from its reasoning, where it was asked for.',
    }),
    status: z.enum(statuses),
  }),
])

const responseUsageSchema = z.object({
  input_tokens: z.int(),
  input_tokens_details: z.object({ cached_tokens: z.int(), cache_write_tokens: z.int() }),
  output_tokens: z.int(),
  output_tokens_details: z.object({ reasoning_tokens: z.int() }),
  total_tokens: z.int(),
})

export const responseSchema = z
  .object({
    id: z.string().openapi({ description: 'resp_ and the request id, which names the record of the call.' }),
    object: z.literal('response'),
    created_at: z.int(),
    completed_at: z.int().nullable(),
    status: z.enum(statuses),
    background: z.literal(false),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    incomplete_details: z.object({ reason: z.enum(['max_output_tokens', 'content_filter']) }).nullable(),
    instructions: z.string().nullable(),
    max_output_tokens: z.int().nullable(),
    max_tool_calls: z.null(),
    model: z.string(),
    output: z.array(outputItemSchema),
    parallel_tool_calls: z.boolean(),
    previous_response_id: z.string().nullable(),
    prompt_cache_key: z.string().nullable(),
    reasoning: z.object({ effort: z.string().nullable(), summary: z.string().nullable() }),
    safety_identifier: z.string().nullable(),
    service_tier: z.string(),
    store: z.boolean(),
    temperature: z.number(),
    text: z.object({ format: z.looseObject({ type: z.string() }), verbosity: z.literal('medium') }),
    tool_choice: z.union([z.string(), z.looseObject({ type: z.string() })]),
    tools: z.array(z.looseObject({ type: z.literal('function') })),
    top_logprobs: z.literal(0),
    top_p: z.number(),
    truncation: z.enum(['auto', 'disabled']),
    usage: responseUsageSchema.nullable(),
    user: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
  })
  .openapi('Response')

/** An answer in the shape of OpenAI's Responses API. */
export type ModelResponse = z.infer<typeof responseSchema>
export type OutputItem = ModelResponse['output'][number]
export type ResponseUsage = z.infer<typeof responseUsageSchema>

export const responseEventSchema = z
  .looseObject({ type: z.string(), sequence_number: z.int() })
  .openapi('ResponseEvent')

export const deletedResponseSchema = z
  .object({ id: z.string(), object: z.literal('response'), deleted: z.literal(true) })
  .openapi('DeletedResponse')

export const inputItemListSchema = z
  .object({
    object: z.literal('list'),
    data: z.array(z.looseObject({ type: z.string(), id: z.string() })),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
    has_more: z.boolean(),
  })
  .openapi('ResponseInputItems')

export const inputItemQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  order: z.enum(['asc', 'desc']).default('desc'),
  after: z.string().optional(),
})
