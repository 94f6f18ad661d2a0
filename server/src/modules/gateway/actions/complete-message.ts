import type { Caller } from '../../../platform/context.ts'
import type { UsedPrompt } from '../../prompts/index.ts'
import type { MessageAnswer, MessageRequest } from '../anthropic-contract.ts'
import type { ChatRequest } from '../contract.ts'
import type { Gateway } from '../gateway.ts'
import type { Receipt } from '../metered-call.ts'
import { ownModel } from '../promptable-chat.ts'
import { type AnswerHead, type TokenCounts, toMessage } from '../rules/anthropic-answer.ts'
import { toChatRequest } from '../rules/anthropic-request.ts'
import { mergePrompt } from '../rules/merge-prompt.ts'
import { chooseModel } from './choose-model.ts'
import { type ChatInput, completeChat } from './complete-chat.ts'

export interface MessageInput {
  requestId: string
  request: MessageRequest
  /** What comes before its messages. */
  prompt?: UsedPrompt | undefined
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
  const { chat, head } = await prepareMessage(gateway, caller, input)
  const { result, receipt } = await completeChat(gateway, caller, chat)
  return toMessage(result, head, result.usage ?? countsOf(receipt))
}

/** The chat call that a message is, for the model it asks for. */
export async function prepareMessage(
  gateway: Gateway,
  caller: Caller,
  { requestId, request, prompt, tag, signal }: MessageInput,
): Promise<{ chat: ChatInput & { body: ChatRequest }; head: AnswerHead }> {
  const model = await chooseMessageModel(
    gateway,
    caller,
    prompt ? (ownModel(request) ?? prompt.model ?? undefined) : request.model,
  )
  const own = toChatRequest(request, model)
  // What a prompt adds was checked when it was written.
  const body = prompt ? (mergePrompt(prompt, own) as ChatRequest) : own
  return {
    chat: { requestId, purpose: 'chat', body, tag, prompt, deployment: model.deployment, signal },
    head: { requestId, model: model.id, stopSequences: [body.stop ?? []].flat() },
  }
}

/** Who would answer, and what can be told to them. */
export async function chooseMessageModel(gateway: Gateway, caller: Caller, name: string | undefined) {
  const deployment = await chooseModel(gateway, caller, name, 'chat')
  return { id: deployment.id, deployment, traits: gateway.providerOf(deployment).traits }
}

/** The counts of a receipt, which are estimates where the provider said none. */
export function countsOf(receipt: Receipt): TokenCounts {
  const { promptTokens, cachedTokens, completionTokens } = receipt
  return { promptTokens, cachedTokens, completionTokens, reasoningTokens: 0 }
}
