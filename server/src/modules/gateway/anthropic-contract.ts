import { z } from '@hono/zod-openapi'
import { promptCall } from '../prompts/index.ts'

/**
 * The bodies of `/v1/messages`, which speaks Anthropic's Messages API. Unlike the OpenAI-compatible bodies these are
 * translated and not passed on, so every field is known: one that could not be told to a model is refused by its name.
 */
const cacheControlSchema = z
  .strictObject({ type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).nullish() })
  .nullish()
  .openapi({
    description: 'Passed on where the provider has prompt caching by marks, without effect elsewhere.',
  })

/** What answers carry and callers send back unchanged, where it says nothing more than its absence. */
const directCaller = z.strictObject({ type: z.literal('direct') }).nullish()

function unsupported(message: string) {
  return z.null({ error: message }).optional()
}

const textBlockSchema = z.strictObject({
  type: z.literal('text'),
  text: z.string({ error: 'must be a string' }),
  cache_control: cacheControlSchema,
  citations: z.array(z.unknown()).max(0, { error: 'citations are not supported' }).nullish(),
})

const imageBlockSchema = z.strictObject({
  type: z.literal('image'),
  source: z.discriminatedUnion(
    'type',
    [
      z.strictObject({
        type: z.literal('base64'),
        media_type: z.enum(['image/jpeg', 'image/png', 'image/gif', 'image/webp']),
        data: z.string().min(1),
      }),
      z.strictObject({
        type: z.literal('url'),
        url: z.string().regex(/^https?:\/\//, { error: 'must begin with https:// or http://' }),
      }),
    ],
    { error: 'must be base64 or url' },
  ),
  cache_control: cacheControlSchema,
  transformations: unsupported('transformations of images are not supported'),
})

const toolUseBlockSchema = z.strictObject({
  type: z.literal('tool_use'),
  id: z.string().min(1),
  name: z.string().min(1),
  input: z.record(z.string(), z.unknown()),
  cache_control: cacheControlSchema,
  caller: directCaller,
  toolset_name: unsupported('toolsets are not supported'),
})

const toolResultBlockSchema = z.strictObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string().min(1),
  content: z
    .union([
      z.string(),
      z.array(
        z.discriminatedUnion('type', [textBlockSchema, imageBlockSchema], {
          error: 'must be text or image; documents, search results and other blocks are not supported',
        }),
      ),
    ])
    .nullish(),
  is_error: z.boolean().nullish(),
  cache_control: cacheControlSchema,
  toolset_name: unsupported('toolsets are not supported'),
})

const userBlocksSchema = z
  .array(
    z.discriminatedUnion('type', [textBlockSchema, imageBlockSchema, toolResultBlockSchema], {
      error: 'must be text, image or tool_result; documents and other blocks are not supported',
    }),
  )
  .superRefine((blocks, context) => {
    const others = blocks.findIndex(({ type }) => type !== 'tool_result')
    const late = blocks.findLastIndex(({ type }) => type === 'tool_result')
    if (others === -1 || late < others) return
    context.addIssue({
      code: 'custom',
      path: [late, 'type'],
      message: 'a tool_result must come before the text and images of its message',
    })
  })

const assistantBlocksSchema = z.array(
  z.discriminatedUnion('type', [textBlockSchema, toolUseBlockSchema], {
    error: 'must be text or tool_use; thinking and other blocks are not supported',
  }),
)

const messageSchema = z.discriminatedUnion(
  'role',
  [
    z.strictObject({ role: z.literal('user'), content: z.union([z.string(), userBlocksSchema]) }),
    z.strictObject({ role: z.literal('assistant'), content: z.union([z.string(), assistantBlocksSchema]) }),
    z.strictObject({ role: z.literal('system'), content: z.union([z.string(), z.array(textBlockSchema)]) }),
  ],
  { error: 'must be user, assistant or system' },
)

const toolSchema = z.strictObject({
  type: z
    .literal('custom', { error: 'must be custom: the tools of a provider itself are not supported' })
    .nullish(),
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/, { error: 'must be 1 to 128 letters, digits, _ or -' }),
  description: z.string().nullish(),
  input_schema: z.looseObject({ type: z.literal('object') }),
  strict: z.boolean().nullish(),
  cache_control: cacheControlSchema,
  /** How finely the input is streamed, which here is as finely as the provider does. */
  eager_input_streaming: z.boolean().nullish(),
  allowed_callers: z
    .array(z.literal('direct', { error: 'must be direct: code execution is not supported' }))
    .nullish(),
  defer_loading: z.literal(false, { error: 'deferred tools are not supported' }).nullish(),
  input_examples: unsupported('examples of inputs are not supported'),
})

const disableParallel = z.boolean().nullish()

const toolChoiceSchema = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('auto'), disable_parallel_tool_use: disableParallel }),
    z.strictObject({ type: z.literal('any'), disable_parallel_tool_use: disableParallel }),
    z.strictObject({
      type: z.literal('tool'),
      name: z.string().min(1),
      disable_parallel_tool_use: disableParallel,
    }),
    z.strictObject({ type: z.literal('none') }),
  ],
  { error: 'must be auto, any, tool or none' },
)

/** What both a message and the count of its tokens are made of. */
const promptFields = {
  model: z.string({ error: 'is required: the id of a model of GET /v1/models' }).min(1),
  messages: z.array(messageSchema).min(1, { error: 'must hold at least one message' }),
  system: z.union([z.string(), z.array(textBlockSchema)]).nullish(),
  tools: z.array(toolSchema).nullish(),
  tool_choice: toolChoiceSchema.nullish(),
  cache_control: cacheControlSchema,
  thinking: z
    .strictObject(
      { type: z.literal('disabled', { error: 'thinking is not supported' }) },
      { error: 'thinking is not supported' },
    )
    .nullish(),
  output_config: z
    .strictObject({
      effort: unsupported('an effort is not supported'),
      format: z
        .strictObject({ type: z.literal('json_schema'), schema: z.record(z.string(), z.unknown()) })
        .nullish(),
    })
    .nullish(),
  speed: z.literal('standard', { error: 'must be standard: other speeds have other prices' }).nullish(),
}

export const tokenCountRequestSchema = z.strictObject(promptFields)

export const messageRequestSchema = z.strictObject({
  ...promptFields,
  max_tokens: z
    .int({ error: 'is required: a whole number of tokens' })
    .positive({ error: 'must be at least 1' }),
  stream: z.boolean().nullish(),
  stop_sequences: z.array(z.string().min(1)).max(16).nullish(),
  temperature: z.number().min(0).max(1).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z
    .int()
    .positive()
    .nullish()
    .openapi({ description: 'Refused where the provider of the model has no such setting.' }),
  metadata: z.strictObject({ user_id: z.string().nullish() }).nullish(),
  service_tier: z
    .enum(['auto', 'standard_only'], {
      error: 'must be auto or standard_only: other tiers have other prices',
    })
    .nullish(),
  container: unsupported('containers are not supported'),
  context_management: unsupported('context management is not supported'),
  diagnostics: unsupported('diagnostics are not supported'),
  inference_geo: unsupported('a choice of place is not supported'),
  prompt: promptCall.nullish(),
})

export type MessageRequest = z.infer<typeof messageRequestSchema>
/** What a message and a count of tokens have in common. */
export type MessagePrompt = z.infer<typeof tokenCountRequestSchema>
export type TextBlock = z.infer<typeof textBlockSchema>
export type ImageBlock = z.infer<typeof imageBlockSchema>
export type ToolUseBlock = z.infer<typeof toolUseBlockSchema>
export type ToolResultBlock = z.infer<typeof toolResultBlockSchema>

/** The rest is judged once it is known whose the model is: Anthropic's own take more than others can be told. */
const anyPrompt = {
  model: z
    .string({ error: 'is required: the id of a model of GET /v1/models' })
    .min(1, { error: 'must not be empty' }),
  messages: z
    .array(
      z.looseObject({
        role: z.enum(['user', 'assistant', 'system'], { error: 'must be user, assistant or system' }),
      }),
    )
    .min(1, { error: 'must hold at least one message' }),
}
export const anyTokenCountRequestSchema = z.looseObject(anyPrompt).openapi('AnthropicTokenCountRequest')
export const anyMessageRequestSchema = z
  .looseObject({
    ...anyPrompt,
    max_tokens: z
      .int({ error: 'is required: a whole number of tokens' })
      .positive({ error: 'must be at least 1' }),
    stream: z.boolean().nullish(),
    prompt: promptCall.nullish().openapi({
      description:
        'A prompt of the organization, with the model "prompt" for its own. Its messages come before those of the call.',
    }),
  })
  .openapi('AnthropicMessageRequest')

const stopReasons = ['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'refusal'] as const

const usageSchema = z.object({
  input_tokens: z
    .int()
    .openapi({ description: 'Without those that were read from or written to a prompt cache.' }),
  cache_read_input_tokens: z.int(),
  cache_creation_input_tokens: z.int(),
  output_tokens: z.int(),
  output_tokens_details: z.object({ thinking_tokens: z.int() }),
  cache_creation: z.null(),
  inference_geo: z.null(),
  server_tool_use: z.null(),
  service_tier: z.null(),
  speed: z.null(),
})

export const messageAnswerSchema = z
  .object({
    id: z.string().openapi({ description: 'msg_ and the request id, which names the record of the call.' }),
    type: z.literal('message'),
    role: z.literal('assistant'),
    model: z.string(),
    content: z.array(
      z.discriminatedUnion('type', [
        z.object({ type: z.literal('text'), text: z.string(), citations: z.null() }),
        z.object({
          type: z.literal('tool_use'),
          id: z.string(),
          name: z.string(),
          input: z.record(z.string(), z.unknown()),
          caller: z.object({ type: z.literal('direct') }),
        }),
      ]),
    ),
    stop_reason: z.enum(stopReasons).nullable(),
    stop_sequence: z.string().nullable(),
    stop_details: z
      .object({ type: z.literal('refusal'), category: z.null(), explanation: z.string().nullable() })
      .nullable(),
    container: z.null(),
    diagnostics: z.null(),
    usage: usageSchema,
  })
  .openapi('AnthropicMessage')

/** An answer in Anthropic's shape. */
export type MessageAnswer = z.infer<typeof messageAnswerSchema>
export type MessageUsage = z.infer<typeof usageSchema>

export const messageEventSchema = z
  .looseObject({
    type: z.enum([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
      'ping',
      'error',
    ]),
  })
  .openapi('AnthropicMessageEvent')

export type MessageEvent = z.infer<typeof messageEventSchema>

export const tokenCountSchema = z.object({ input_tokens: z.int() }).openapi('AnthropicTokenCount')
