import type { Caller } from '../../platform/context.ts'
import type { UsedPrompt } from '../prompts/index.ts'
import { boundAtCandidate } from './actions/begin-chat.ts'
import { prepareMessage } from './actions/complete-message.ts'
import type { EstimatedCall } from './actions/estimate-call.ts'
import { resolveMessageRoute } from './actions/resolve-message-route.ts'
import { resolveRoute } from './actions/resolve-route.ts'
import { type MessageRequest, messageRequestSchema } from './anthropic-contract.ts'
import { nativeMessageSchema } from './anthropic-native-contract.ts'
import type { ChatRequest, EmbeddingsRequest } from './contract.ts'
import type { Gateway } from './gateway.ts'
import { traitsOf } from './key-pool.ts'
import { parseBody } from './native-call.ts'
import { type FilledChat, ownModel } from './promptable-chat.ts'
import { boundEmbeddingCall, callerOutputCap } from './rules/bound-call.ts'
import { freePrice } from './rules/catalogue-data.ts'
import { estimateInputTokens, estimateTokens } from './rules/estimate-tokens.ts'
import { boundWithServerTools, measurableChat } from './rules/native-messages.ts'
import { refuseLongInput } from './rules/refuse-long-input.ts'

/** The body of a chat, filled in, as what can be estimated. */
export function measurableChatCall(
  gateway: Gateway,
  caller: Caller,
  body: FilledChat,
  tag: string | null,
): EstimatedCall {
  const { models, ...asked } = body
  // The name makes it a whole request; its other fields were checked where it came in.
  const bodyFor = (model: string) => ({ ...asked, model }) as ChatRequest
  return {
    tag,
    mayShorten: callerOutputCap(bodyFor('')) === undefined,
    resolve: () =>
      resolveRoute(gateway, caller, {
        model: asked.model,
        // The cast above has forgotten what it is.
        ...(Array.isArray(models) ? { models } : {}),
        kind: 'chat',
        body: bodyFor(asked.model ?? ''),
      }),
    measure(candidate) {
      const own = bodyFor(candidate.deployment.id)
      refuseLongInput(own, candidate.deployment)
      return { ...boundAtCandidate(own, candidate), inputTokensLikely: estimateInputTokens(own) }
    },
  }
}

export function measurableEmbedding(
  gateway: Gateway,
  caller: Caller,
  body: EmbeddingsRequest,
  tag: string | null,
): EstimatedCall {
  return {
    tag,
    mayShorten: false,
    resolve: () => resolveRoute(gateway, caller, { model: body.model, kind: 'embedding' }),
    measure({ deployment, keys }) {
      const isCounted = keys.some(({ countsInBudgets }) => countsInBudgets)
      const price = isCounted ? deployment.price : freePrice('own-key')
      const bound = boundEmbeddingCall(body, { ...deployment, price })
      return { bound, price, inputTokensLikely: estimateTokens(JSON.stringify(body.input)) }
    },
  }
}

/** A request in Anthropic's shape: as it is where Anthropic answers, translated everywhere else. */
export function measurableMessage(
  gateway: Gateway,
  caller: Caller,
  body: { model: string } & Record<string, unknown>,
  prompt: UsedPrompt | undefined,
  tag: string | null,
): EstimatedCall {
  const model = prompt ? (ownModel(body) ?? prompt.model ?? undefined) : body.model
  return {
    tag,
    mayShorten: false,
    resolve: () => resolveMessageRoute(gateway, caller, body, model),
    measure(candidate) {
      const { deployment } = candidate
      if (traitsOf(candidate.keys).messagesApi && !prompt) {
        const chat = measurableChat(parseBody(nativeMessageSchema, body))
        refuseLongInput(chat, deployment)
        const { bound, price } = boundAtCandidate(chat, candidate)
        const whole = boundWithServerTools(bound, body, { ...deployment, price })
        return { bound: whole, price, inputTokensLikely: estimateInputTokens(chat) }
      }
      const request: MessageRequest = parseBody(messageRequestSchema, body)
      const alone = {
        alias: null,
        candidates: [candidate],
        skipped: [],
        maxAttempts: 1,
        totalTimeoutMs: 1,
      } as const
      const input = { requestId: '', request, route: alone, prompt, tag, signal: AbortSignal.abort() }
      const chat = prepareMessage(input).chat.body
      refuseLongInput(chat, deployment)
      return { ...boundAtCandidate(chat, candidate), inputTokensLikely: estimateInputTokens(chat) }
    },
  }
}
