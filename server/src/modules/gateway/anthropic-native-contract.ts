import { z } from '@hono/zod-openapi'
import { boundedServerTools } from './rules/native-messages.ts'

/**
 * A request of `/v1/messages` for a model of Anthropic's own: passed on as it is, so blocks, thinking, citations and betas
 * need not be known here. What is known is everything that has a price: a field or a tool whose cost could not be bounded
 * before the call is refused by its name, as a hard budget could not be kept.
 */
function unsupported(message: string) {
  return z.null({ error: message }).optional()
}

const contentSchema = z.union([z.string(), z.array(z.looseObject({ type: z.string() }))], {
  error: 'must be a string or a list of blocks',
})

const mostUses = 20

/** Run by the caller: nothing of them is charged but tokens. */
const callerRunTools =
  /^(?:custom|bash_\d+|text_editor_\d+|memory_\d+|computer_\d+|(?:computer|browser)_toolset_\d+)$/

const toolSchema = z.looseObject({ type: z.string().nullish() }).superRefine((tool, context) => {
  const type = tool.type ?? 'custom'
  if (callerRunTools.test(type)) return
  if (!boundedServerTools.has(type)) {
    const message = `'${type.slice(0, 60)}' is not supported: its cost cannot be known before the call. ${[...boundedServerTools].join(' and ')} are`
    context.addIssue({ code: 'custom', path: ['type'], message })
    return
  }
  const { max_uses: uses } = tool
  if (typeof uses !== 'number' || !Number.isInteger(uses) || uses < 1 || uses > mostUses)
    context.addIssue({
      code: 'custom',
      path: ['max_uses'],
      message: `is required: a whole number from 1 to ${mostUses}, which bounds the cost of the call`,
    })
})

const editSchema = z.looseObject({
  type: z.string().regex(/^clear_/, { error: 'must only clear: other edits are calls of their own' }),
})

const promptFields = {
  model: z.string(),
  messages: z
    .array(z.looseObject({ role: z.enum(['user', 'assistant', 'system']), content: contentSchema }))
    .min(1, { error: 'must hold at least one message' }),
  system: contentSchema.nullish(),
  tools: z.array(toolSchema).nullish(),
  tool_choice: z.looseObject({ type: z.string() }).nullish(),
  cache_control: z.looseObject({ type: z.literal('ephemeral') }).nullish(),
  thinking: z.looseObject({ type: z.string() }).nullish(),
  output_config: z.looseObject({}).nullish(),
  context_management: z.strictObject({ edits: z.array(editSchema).nullish() }).nullish(),
  speed: z.literal('standard', { error: 'must be standard: other speeds have other prices' }).nullish(),
  mcp_servers: z
    .array(z.unknown())
    .max(0, { error: 'are not supported: their cost cannot be known' })
    .nullish(),
}

export const nativePromptSchema = z.strictObject(promptFields)

export const nativeMessageSchema = z.strictObject({
  ...promptFields,
  max_tokens: z.int({ error: 'is required: a whole number of tokens' }).positive(),
  stream: z.boolean().nullish(),
  stop_sequences: z.array(z.string()).nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  top_k: z.int().nullish(),
  metadata: z.strictObject({ user_id: z.string().nullish() }).nullish(),
  service_tier: z
    .enum(['auto', 'standard_only'], {
      error: 'must be auto or standard_only: other tiers have other prices',
    })
    .nullish(),
  container: unsupported('containers are not supported: their cost cannot be known'),
  diagnostics: z.looseObject({}).nullish(),
  inference_geo: unsupported('a choice of place is not supported: it has another price'),
})

export type NativePrompt = z.infer<typeof nativePromptSchema>
export type NativeMessageRequest = z.infer<typeof nativeMessageSchema>
