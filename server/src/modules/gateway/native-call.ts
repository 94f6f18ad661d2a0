import type { z } from '@hono/zod-openapi'
import type { HeaderReader } from '../../platform/auth/credentials.ts'
import { invalidBody } from '../../platform/http/parse-input.ts'
import type { ChatInput } from './actions/complete-chat.ts'
import type { Route } from './actions/resolve-route.ts'
import type { NativeMessages } from './adapters/provider.ts'
import { type NativeMessageRequest, nativeMessageSchema } from './anthropic-native-contract.ts'
import { measurableChat } from './rules/native-messages.ts'

export interface NativeInput {
  requestId: string
  body: unknown
  betas: string | null
  /** Of deployments that speak the protocol. */
  route: Route
  tag: string | null
  headers?: HeaderReader | undefined
  /** Takes headers that the answer is to have. */
  tell?: ((headers: Readonly<Record<string, string>>) => void) | undefined
  signal: AbortSignal
}

/** As its schema reads it. @throws validation_failed (400) */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body)
  if (!parsed.success) throw invalidBody(parsed.error)
  return parsed.data
}

/** The chat call that a request of Anthropic's own protocol is. @throws validation_failed (400) */
export function nativeChat({ body, betas, route, ...input }: NativeInput): ChatInput {
  const request = parseBody<NativeMessageRequest>(nativeMessageSchema, body)
  const { model: _model, max_tokens: _cap, stream: _stream, ...sent } = request
  const native: NativeMessages = { body: sent, betas }
  const chat = measurableChat(request)
  const bodyFor = ({ id }: { id: string }) => ({ ...chat, model: id })
  return { ...input, purpose: 'chat', body: chat, bodyFor, route, native }
}

/** The id leads to the record of the call, as with every other model's messages. */
export function nameOf({ requestId }: NativeInput, model: string) {
  return { id: `msg_${requestId}`, model }
}
