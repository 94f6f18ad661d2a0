import { z } from '@hono/zod-openapi'

/** The items that a conversation of `/v1/responses` is made of, as far as a model can be told them. */

const textPartSchema = z.strictObject({
  type: z.literal('input_text'),
  text: z.string({ error: 'must be a string' }),
  prompt_cache_breakpoint: z.looseObject({}).nullish(),
})

const imagePartSchema = z.strictObject({
  type: z.literal('input_image'),
  image_url: z
    .string({ error: 'is required: https:// or a data URL; images of OpenAI’s own files are not supported' })
    .regex(/^(https?:\/\/|data:image\/)/, { error: 'must begin with https://, http:// or data:image/' }),
  detail: z.enum(['auto', 'low', 'high', 'original']).nullish(),
  file_id: z.null({ error: 'files of OpenAI are not supported: send image_url' }).optional(),
  prompt_cache_breakpoint: z.looseObject({}).nullish(),
})

const filePartSchema = z.strictObject({
  type: z.literal('input_file'),
  file_data: z
    .string({ error: 'is required: a data URL; files of OpenAI’s own and by address are not supported' })
    .regex(/^data:[\w.+-]+\/[\w.+-]+;base64,/, { error: 'must be a data URL in base64' }),
  filename: z.string().nullish(),
  detail: z.enum(['auto', 'low', 'high']).nullish(),
  file_id: z.null({ error: 'files of OpenAI are not supported: send file_data' }).optional(),
  file_url: z.null({ error: 'files by address are not supported: send file_data' }).optional(),
  prompt_cache_breakpoint: z.looseObject({}).nullish(),
})

const outputTextPartSchema = z.looseObject({ type: z.literal('output_text'), text: z.string() })
const refusalPartSchema = z.looseObject({ type: z.literal('refusal'), refusal: z.string() })

const partSchema = z.discriminatedUnion(
  'type',
  [textPartSchema, imagePartSchema, filePartSchema, outputTextPartSchema, refusalPartSchema],
  { error: 'must be input_text, input_image, input_file, output_text or refusal' },
)

const resultPartSchema = z.discriminatedUnion('type', [textPartSchema, imagePartSchema, filePartSchema], {
  error: 'must be input_text, input_image or input_file',
})

const stateSchema = z.enum(['in_progress', 'completed', 'incomplete']).nullish()

const messageItemSchema = z.strictObject({
  type: z.literal('message'),
  role: z.enum(['user', 'assistant', 'system', 'developer'], {
    error: 'must be user, assistant, system or developer',
  }),
  content: z.union([z.string(), z.array(partSchema)], { error: 'must be a string or a list of parts' }),
  id: z.string().nullish(),
  status: stateSchema,
  phase: z.string().nullish(),
})

const functionCallItemSchema = z.strictObject({
  type: z.literal('function_call'),
  call_id: z.string().min(1),
  name: z.string().min(1),
  arguments: z.string(),
  id: z.string().nullish(),
  status: stateSchema,
  caller: z.strictObject({ type: z.literal('direct') }).nullish(),
  namespace: z.null({ error: 'namespaces are not supported' }).optional(),
  async: z.literal(false).nullish(),
})

const functionOutputItemSchema = z.strictObject({
  type: z.literal('function_call_output'),
  call_id: z.string({ error: 'is required' }).min(1),
  output: z.union([z.string(), z.array(resultPartSchema)], { error: 'must be a string or a list of parts' }),
  id: z.string().nullish(),
  status: stateSchema,
  name: z.string().nullish(),
  caller: z.strictObject({ type: z.literal('direct') }).nullish(),
  namespace: z.null({ error: 'namespaces are not supported' }).optional(),
})

const reasoningItemSchema = z.strictObject({
  type: z.literal('reasoning'),
  id: z.string().nullish(),
  summary: z.array(z.looseObject({ type: z.string(), text: z.string() })),
  content: z.array(z.looseObject({ type: z.string(), text: z.string() })).nullish(),
  encrypted_content: z.string().nullish(),
  status: stateSchema,
})

const kinds = [
  messageItemSchema,
  functionCallItemSchema,
  functionOutputItemSchema,
  reasoningItemSchema,
] as const
const types = kinds.map((kind) => kind.shape.type.value)

/** A message need not say that it is one. */
export const responseItemSchema = z
  .looseObject({ type: z.string().optional() })
  .transform((item) => ({ ...item, type: item.type ?? 'message' }))
  .pipe(
    z.discriminatedUnion('type', kinds, {
      error: `must be ${types.join(', ')}; other items are not supported`,
    }),
  )
  .openapi('ResponseItem', { type: 'object', properties: { type: { type: 'string', enum: types } } })

export type MessageItem = z.infer<typeof messageItemSchema>
export type FunctionCallItem = z.infer<typeof functionCallItemSchema>
export type FunctionOutputItem = z.infer<typeof functionOutputItemSchema>
export type ReasoningItem = z.infer<typeof reasoningItemSchema>
export type ResponseItem = MessageItem | FunctionCallItem | FunctionOutputItem | ReasoningItem
export type ResponsePart = Exclude<MessageItem['content'], string>[number]
