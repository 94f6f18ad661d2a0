import { z } from '@hono/zod-openapi'

/**
 * The OpenAI-compatible bodies of `/v1`. Known fields are checked, unknown ones pass through to the provider, as
 * OpenAI's own SDKs expect. Refused are the few fields that would make a call cost more than can be known before it
 * leaves: a hard budget could not be kept.
 */
const refusedFields: Readonly<Record<string, string>> = {
  plugins: "'plugins' is not supported: a plugin adds cost that cannot be known before the call.",
  web_search_options:
    "'web_search_options' is not supported: a search adds cost that cannot be known before the call.",
  route: "'route' is not supported: it lets the provider choose another model. Send one 'model'.",
}

const maxEmbeddingInputs = 2048

const contentPartSchema = z
  .looseObject({ type: z.string({ error: 'must say the type of the part, such as "text"' }) })
  .superRefine((part, context) => {
    if (part.type === 'text' && typeof part.text !== 'string') {
      context.addIssue({ code: 'custom', path: ['text'], message: 'must be a string' })
    }
    if (part.type === 'image_url') {
      const image = part.image_url
      if (typeof image !== 'object' || image === null || !('url' in image) || typeof image.url !== 'string') {
        context.addIssue({ code: 'custom', path: ['image_url', 'url'], message: 'must be a string' })
      }
    }
  })

const contentSchema = z.union([z.string(), z.array(contentPartSchema)], {
  error: 'must be a string or an array of content parts',
})

const toolCallSchema = z.looseObject({
  id: z.string(),
  type: z.string(),
  function: z.looseObject({ name: z.string(), arguments: z.string() }).optional(),
})

const roles = ['system', 'developer', 'user', 'assistant', 'tool', 'function'] as const

export const chatMessageSchema = z
  .looseObject({
    role: z.enum(roles, { error: `must be one of ${roles.join(', ')}` }),
    content: contentSchema.nullish(),
    name: z.string().nullish(),
    tool_calls: z.array(toolCallSchema).nullish(),
    tool_call_id: z.string().nullish(),
  })
  .superRefine((message, context) => {
    const mayBeEmpty = message.role === 'assistant' || message.role === 'function'
    if (!mayBeEmpty && (message.content === undefined || message.content === null)) {
      context.addIssue({
        code: 'custom',
        path: ['content'],
        message: `is required in a ${message.role} message`,
      })
    }
    if (message.role === 'tool' && !message.tool_call_id) {
      context.addIssue({ code: 'custom', path: ['tool_call_id'], message: 'is required in a tool message' })
    }
  })
  .openapi('ChatCompletionMessage')

const toolSchema = z.looseObject({
  type: z.string(),
  function: z
    .looseObject({
      name: z
        .string()
        .regex(/^[a-zA-Z0-9_.:-]{1,128}$/, { error: 'must be 1 to 128 letters, digits, _ . : or -' }),
      description: z.string().nullish(),
      parameters: z.record(z.string(), z.unknown()).nullish(),
      strict: z.boolean().nullish(),
    })
    .optional(),
})

const tokenLimitSchema = z.int({ error: 'must be a whole number' }).positive({ error: 'must be at least 1' })

export const emptyMessages = 'must hold at least one message'

export const chatRequestSchema = z
  .looseObject({
    model: z
      .string({ error: 'is required: the id of a model of GET /v1/models' })
      .min(1, { error: 'must not be empty' }),
    models: z
      .array(z.string().min(1), { error: 'must be an array of the ids of models to fall back to' })
      .max(10, { error: 'must name at most 10' })
      .nullish(),
    messages: z.array(chatMessageSchema).min(1, { error: emptyMessages }),
    temperature: z.number().min(0).max(2).nullish(),
    top_p: z.number().min(0).max(1).nullish(),
    presence_penalty: z.number().min(-2).max(2).nullish(),
    frequency_penalty: z.number().min(-2).max(2).nullish(),
    max_tokens: tokenLimitSchema.nullish(),
    max_completion_tokens: tokenLimitSchema.nullish(),
    n: z
      .literal(1, {
        error: 'must be 1: several choices from one call are not supported, send the request again instead',
      })
      .nullish(),
    stream: z.boolean().nullish(),
    stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
    stop: z
      .union([z.string(), z.array(z.string()).max(16)], { error: 'must be a string or up to 16 strings' })
      .nullish(),
    tools: z.array(toolSchema).nullish(),
    tool_choice: z
      .union([z.enum(['none', 'auto', 'required']), z.looseObject({ type: z.string() })], {
        error: 'must be "none", "auto", "required" or an object that names a tool',
      })
      .nullish(),
    parallel_tool_calls: z.boolean().nullish(),
    response_format: z
      .looseObject({
        type: z.enum(['text', 'json_object', 'json_schema']),
        json_schema: z.looseObject({ name: z.string() }).optional(),
      })
      .nullish(),
    seed: z.int().nullish(),
    logprobs: z.boolean().nullish(),
    top_logprobs: z.int().min(0).max(20).nullish(),
    logit_bias: z.record(z.string(), z.number()).nullish(),
    service_tier: z
      .enum(['auto', 'default', 'flex'], {
        error: 'must be auto, default or flex: other tiers have other prices',
      })
      .nullish(),
    user: z.string().nullish(),
    metadata: z.record(z.string(), z.string()).nullish(),
  })
  .superRefine(refineChat)

/** What no field can say by itself. */
export function refineChat(body: ChatFields, context: z.RefinementCtx): void {
  if (body.stream_options && !body.stream) {
    context.addIssue({
      code: 'custom',
      path: ['stream_options'],
      message: 'is only allowed when stream is true',
    })
  }
  if (body.response_format?.type === 'json_schema' && !body.response_format.json_schema) {
    context.addIssue({ code: 'custom', path: ['response_format', 'json_schema'], message: 'is required' })
  }
  for (const [field, message] of Object.entries(refusedFields)) {
    if (body[field] !== undefined && body[field] !== null)
      context.addIssue({ code: 'custom', path: [field], message })
  }
}

type ChatFields = Readonly<Record<string, unknown>> & {
  stream?: boolean | null | undefined
  stream_options?: object | null | undefined
  response_format?: { type: string; json_schema?: object | undefined } | null | undefined
}

/** The caller's validated chat body: known fields are typed, unknown ones kept as they came. */
export type ChatRequest = z.infer<typeof chatRequestSchema>
export type ChatMessage = ChatRequest['messages'][number]

const tokenArraySchema = z.array(z.int().nonnegative()).min(1)
const embeddingTextSchema = z.string().min(1, { error: 'must not be an empty string' })

export const embeddingsRequestSchema = z
  .looseObject({
    model: z.string({ error: 'is required: the id of an embedding model of GET /v1/models' }).min(1),
    input: z.union(
      [
        embeddingTextSchema,
        z.array(embeddingTextSchema).min(1).max(maxEmbeddingInputs),
        tokenArraySchema,
        z.array(tokenArraySchema).min(1).max(maxEmbeddingInputs),
      ],
      {
        error: `must be a string that is not empty, 1 to ${maxEmbeddingInputs} such strings, or arrays of tokens`,
      },
    ),
    dimensions: z.int().positive().nullish(),
    encoding_format: z.enum(['float', 'base64']).nullish(),
    user: z.string().nullish(),
  })
  .openapi('EmbeddingsRequest')

export type EmbeddingsRequest = z.infer<typeof embeddingsRequestSchema>

export const completionUsageSchema = z
  .looseObject({
    prompt_tokens: z.int().nonnegative(),
    completion_tokens: z.int().nonnegative(),
    total_tokens: z.int().nonnegative(),
    prompt_tokens_details: z.looseObject({ cached_tokens: z.int().optional() }).nullish(),
    completion_tokens_details: z.looseObject({ reasoning_tokens: z.int().optional() }).nullish(),
  })
  .openapi('CompletionUsage')

export const chatCompletionSchema = z
  .looseObject({
    id: z.string(),
    object: z.literal('chat.completion'),
    created: z.int(),
    model: z.string(),
    system_fingerprint: z.string(),
    choices: z.array(
      z.looseObject({
        index: z.int(),
        message: z.looseObject({
          role: z.literal('assistant'),
          content: z.string().nullable(),
          tool_calls: z.array(toolCallSchema).optional(),
        }),
        finish_reason: z.string().nullable(),
      }),
    ),
    usage: completionUsageSchema.optional(),
  })
  .openapi('ChatCompletion')

export const chatCompletionChunkSchema = z
  .looseObject({
    id: z.string(),
    object: z.literal('chat.completion.chunk'),
    created: z.int(),
    model: z.string(),
    choices: z.array(
      z.looseObject({
        index: z.int(),
        delta: z.looseObject({ role: z.string().optional(), content: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    ),
    usage: completionUsageSchema.nullish(),
  })
  .openapi('ChatCompletionChunk')

export const embeddingsResponseSchema = z
  .looseObject({
    object: z.literal('list'),
    model: z.string(),
    data: z.array(
      z.looseObject({
        object: z.literal('embedding'),
        index: z.int(),
        embedding: z.union([z.array(z.number()), z.string()]),
      }),
    ),
    usage: z.looseObject({ prompt_tokens: z.int(), total_tokens: z.int() }),
  })
  .openapi('EmbeddingsResponse')

export const modelSchema = z
  .looseObject({ id: z.string(), object: z.literal('model'), created: z.int(), owned_by: z.string() })
  .openapi('Model')

export const modelListSchema = z
  .object({ object: z.literal('list'), data: z.array(modelSchema) })
  .openapi('ModelList')

export const modelDetailList = z
  .object({
    data: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        provider: z.string(),
        kind: z.enum(['chat', 'embedding']),
        isLanguageModel: z
          .boolean()
          .openapi({ description: 'False for the built-in model that only quotes passages.' }),
        contextTokens: z.number().int().nullable(),
        inputNanosPerMillion: z.string().openapi({ description: 'Nano-dollars for a million input tokens.' }),
        outputNanosPerMillion: z
          .string()
          .openapi({ description: 'Nano-dollars for a million output tokens.' }),
        priceKnown: z.boolean(),
        isAlias: z
          .boolean()
          .openapi({ description: 'True for a name that stands for several models, priced as the dearest.' }),
        isDefault: z.boolean(),
        notice: z.string().nullable(),
      }),
    ),
    nextCursor: z.null(),
  })
  .openapi('ModelDetailList')
