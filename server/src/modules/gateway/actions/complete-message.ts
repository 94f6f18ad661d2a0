import type { HeaderReader } from '../../../platform/auth/credentials.ts'
import type { Caller } from '../../../platform/context.ts'
import { unlessRefused } from '../../../platform/errors.ts'
import type { UsedPrompt } from '../../prompts/index.ts'
import type { MessageAnswer, MessageRequest } from '../anthropic-contract.ts'
import { completeCachedChat } from '../cached-chat.ts'
import type { ChatRequest } from '../contract.ts'
import type { Gateway } from '../gateway.ts'
import { traitsOf } from '../key-pool.ts'
import { noUsage } from '../outcome.ts'
import { type AnswerHead, type TokenCounts, toMessage } from '../rules/anthropic-answer.ts'
import { toChatRequest } from '../rules/anthropic-request.ts'
import type { ModelDeployment } from '../rules/catalogue.ts'
import { mergePrompt } from '../rules/merge-prompt.ts'
import type { Receipt } from '../settle-call.ts'
import type { ChatInput } from './complete-chat.ts'
import type { Route } from './resolve-route.ts'

export interface MessageInput {
  requestId: string
  request: MessageRequest
  route: Route
  /** What comes before its messages. */
  prompt?: UsedPrompt | undefined
  /** What the caller said it is for. */
  tag: string | null
  headers?: HeaderReader | undefined
  /** Takes headers that the answer is to have. */
  tell?: ((headers: Readonly<Record<string, string>>) => void) | undefined
  signal: AbortSignal
}

/** One whole answer in Anthropic's shape, metered as any chat. @throws what completeChat does, field_not_supported (400) */
export async function completeMessage(
  gateway: Gateway,
  caller: Caller,
  input: MessageInput,
): Promise<MessageAnswer> {
  const { chat, head } = prepareMessage(input)
  const { result, receipt, model } = await completeCachedChat(gateway, caller, chat, (one) =>
    toMessage(one, head, noUsage),
  )
  return toMessage(result, { ...head, model }, result.usage ?? countsOf(receipt))
}

/** The chat call that a message is, for the models that may answer it. */
export function prepareMessage({ request, route, prompt, ...input }: MessageInput): {
  chat: ChatInput & { body: ChatRequest }
  head: AnswerHead
} {
  const traits = new Map(route.candidates.map(({ deployment, keys }) => [deployment, traitsOf(keys)]))
  const bodyFor = (deployment: ModelDeployment) => {
    const own = toChatRequest(request, { id: deployment.id, traits: traits.get(deployment) ?? traitsOf([]) })
    // What a prompt adds was checked when it was written.
    return prompt ? (mergePrompt(prompt, own) as ChatRequest) : own
  }
  const able = route.candidates.find(({ deployment }) => unlessRefused(() => bodyFor(deployment)))
  const { deployment } = able ?? route.candidates[0]
  const body = bodyFor(deployment)
  return {
    chat: { ...input, purpose: 'chat', body, bodyFor, prompt, route },
    head: { requestId: input.requestId, model: deployment.id, stopSequences: [body.stop ?? []].flat() },
  }
}

/** The counts of a receipt, which are estimates where the provider said none. */
export function countsOf(receipt: Receipt): TokenCounts {
  const { promptTokens, cachedTokens, completionTokens } = receipt
  return { promptTokens, cachedTokens, completionTokens, reasoningTokens: 0 }
}
