import type { Caller } from '../../../platform/context.ts'
import type { MessageAnswer, MessageRequest } from '../anthropic-contract.ts'
import type { Gateway } from '../gateway.ts'
import type { Receipt } from '../metered-call.ts'
import { type AnswerHead, type TokenCounts, toMessage } from '../rules/anthropic-answer.ts'
import { toChatRequest } from '../rules/anthropic-request.ts'
import type { ModelDeployment } from '../rules/catalogue.ts'
import { type ChatInput, completeChat } from './complete-chat.ts'

export interface MessageInput {
  requestId: string
  request: MessageRequest
  deployment: ModelDeployment
  /** What the caller said it is for. */
  tag: string | null
  signal: AbortSignal
}

/** One whole answer in Anthropic's shape, metered as any chat. @throws what completeChat does, field_not_supported (400) */
export async function completeMessage(
  gateway: Gateway,
  caller: Caller,
  input: MessageInput,
): Promise<MessageAnswer> {
  const { chat, head } = prepareMessage(gateway, input)
  const { result, receipt } = await completeChat(gateway, caller, chat)
  return toMessage(result, head, result.usage ?? countsOf(receipt))
}

/** The chat call that a message is, for the model it asks for. */
export function prepareMessage(
  gateway: Gateway,
  { requestId, request, deployment, tag, signal }: MessageInput,
): { chat: ChatInput & { body: ReturnType<typeof toChatRequest> }; head: AnswerHead } {
  const body = toChatRequest(request, told(gateway, deployment))
  return {
    chat: { requestId, purpose: 'chat', body, tag, deployment, signal },
    head: { requestId, model: deployment.id, stopSequences: request.stop_sequences ?? [] },
  }
}

/** Who would answer, and what can be told to them. */
export function told(gateway: Gateway, deployment: ModelDeployment) {
  return { id: deployment.id, traits: gateway.providerOf(deployment).traits }
}

/** The counts of a receipt, which are estimates where the provider said none. */
export function countsOf(receipt: Receipt): TokenCounts {
  const { promptTokens, cachedTokens, completionTokens } = receipt
  return { promptTokens, cachedTokens, completionTokens, reasoningTokens: 0 }
}
