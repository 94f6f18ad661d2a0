import type { z } from '@hono/zod-openapi'
import { invalidBody } from '../../platform/http/parse-input.ts'
import type { ChatInput } from './actions/complete-chat.ts'
import type { NativeMessages } from './adapters/provider.ts'
import { type NativeMessageRequest, nativeMessageSchema } from './anthropic-native-contract.ts'
import type { ModelDeployment } from './rules/catalogue.ts'
import { measurableChat } from './rules/native-messages.ts'

export interface NativeInput {
  requestId: string
  body: unknown
  betas: string | null
  deployment: ModelDeployment
  tag: string | null
  signal: AbortSignal
}

/** As its schema reads it. @throws validation_failed (400) */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body)
  if (!parsed.success) throw invalidBody(parsed.error)
  return parsed.data
}

/** The chat call that a request of Anthropic's own protocol is. @throws validation_failed (400) */
export function nativeChat({ body, betas, deployment, ...input }: NativeInput): ChatInput {
  const request = parseBody<NativeMessageRequest>(nativeMessageSchema, body)
  const { model: _model, max_tokens: _cap, stream: _stream, ...sent } = request
  const native: NativeMessages = { body: sent, betas }
  return { ...input, purpose: 'chat', body: measurableChat(request), deployment, native }
}

/** The id leads to the record of the call, as with every other model's messages. */
export function nameOf({ requestId, deployment }: NativeInput) {
  return { id: `msg_${requestId}`, model: deployment.id }
}
