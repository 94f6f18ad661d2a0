import type { z } from '@hono/zod-openapi'
import type { Caller } from '../../../platform/context.ts'
import { invalidBody } from '../../../platform/http/parse-input.ts'
import { isObject } from '../adapters/json-value.ts'
import type { NativeMessages } from '../adapters/provider.ts'
import type { MessageEvent } from '../anthropic-contract.ts'
import {
  type NativeMessageRequest,
  type NativePrompt,
  nativeMessageSchema,
  nativePromptSchema,
} from '../anthropic-native-contract.ts'
import type { Gateway } from '../gateway.ts'
import type { ModelDeployment } from '../rules/catalogue.ts'
import { measurableChat } from '../rules/native-messages.ts'
import { type ChatInput, completeChat } from './complete-chat.ts'
import { streamChat } from './stream-chat.ts'

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

function nativeChat({ body, betas, deployment, ...input }: NativeInput): ChatInput {
  const request = parseBody<NativeMessageRequest>(nativeMessageSchema, body)
  const { model: _model, max_tokens: _cap, stream: _stream, ...sent } = request
  const native: NativeMessages = { body: sent, betas }
  return { ...input, purpose: 'chat', body: measurableChat(request), deployment, native }
}

/** One whole answer of Anthropic's, as it came but for its id and the name of its model. @throws what completeChat does */
export async function completeNativeMessage(gateway: Gateway, caller: Caller, input: NativeInput) {
  const { result } = await completeChat(gateway, caller, nativeChat(input))
  return { ...result.body, ...nameOf(input) }
}

/** The events of Anthropic's as they came, but for the id and the name of the model in the first. @throws what streamChat does */
export async function streamNativeMessage(
  gateway: Gateway,
  caller: Caller,
  input: NativeInput,
): Promise<AsyncGenerator<MessageEvent, void, undefined>> {
  const { chunks } = await streamChat(gateway, caller, nativeChat(input))
  return named(chunks, input)
}

async function* named(chunks: AsyncIterable<{ data: string }>, input: NativeInput) {
  for await (const { data } of chunks) {
    // The provider's adapter has read it as an event.
    const event = JSON.parse(data) as MessageEvent
    yield event.type === 'message_start' && isObject(event.message)
      ? { ...event, message: { ...event.message, ...nameOf(input) } }
      : event
  }
}

/** The id leads to the record of the call, as with every other model's messages. */
function nameOf({ requestId, deployment }: NativeInput) {
  return { id: `msg_${requestId}`, model: deployment.id }
}

/** What Anthropic counts in a prompt. Nothing is charged. */
export async function countNativeTokens(
  gateway: Gateway,
  { body, betas, deployment, signal, requestId }: Omit<NativeInput, 'tag'>,
): Promise<number> {
  const { model: _, ...sent } = parseBody<NativePrompt>(nativePromptSchema, body)
  const { countTokens } = gateway.providerOf(deployment)
  if (!countTokens) throw new Error(`The provider ${deployment.providerId} counts no tokens.`)
  return countTokens({ body: sent, betas }, deployment.deploymentModel, signal, requestId)
}
