import { callerOutputCap } from '../../rules/bound-call.ts'
import type { ChatCall, ProviderTraits } from '../provider.ts'

/** Where servers that speak OpenAI's protocol differ in what they take. */
export type Dialect = 'openai' | 'openrouter' | 'generic'

export function dialectOf(baseUrl: URL): Dialect {
  if (baseUrl.hostname === 'api.openai.com') return 'openai'
  return baseUrl.hostname === 'openrouter.ai' || baseUrl.hostname.endsWith('.openrouter.ai')
    ? 'openrouter'
    : 'generic'
}

/** A server of a kind we do not know may ignore what it does not know, so nothing is taken for granted there. */
export const traitsOf: Readonly<Record<Dialect, ProviderTraits>> = {
  // OpenAI's reasoning models refuse the older name; other servers may not know the newer one.
  openai: {
    topK: false,
    cacheControl: false,
    reasoningDetails: false,
    messagesApi: false,
    outputCap: 'max_completion_tokens',
  },
  openrouter: {
    topK: true,
    cacheControl: true,
    reasoningDetails: true,
    messagesApi: false,
    outputCap: 'max_tokens',
  },
  generic: {
    topK: false,
    cacheControl: false,
    reasoningDetails: false,
    messagesApi: false,
    outputCap: 'max_tokens',
  },
}

/**
 * The body that goes to the provider: the caller's, with the provider's name of the model, the output cap in the field the
 * caller used, and usage asked for. Everything else goes as it came.
 */
export function buildChatBody(call: ChatCall, stream: boolean, dialect: Dialect): Record<string, unknown> {
  const { body } = call
  const cap = Math.min(callerOutputCap(body) ?? call.maxOutputTokens, call.maxOutputTokens)
  const sent: Record<string, unknown> = { ...body, model: call.deploymentModel, stream }
  delete sent.stream_options
  if (stream) sent.stream_options = { ...body.stream_options, include_usage: true }
  for (const field of capFields(body, dialect)) sent[field] = cap
  // OpenAI refuses fields it does not know, so only OpenRouter is asked for the cost.
  if (dialect === 'openrouter') sent.usage = { include: true }
  return sent
}

function capFields(body: ChatCall['body'], dialect: Dialect): readonly string[] {
  const used = ['max_tokens', 'max_completion_tokens'].filter((field) => typeof body[field] === 'number')
  if (used.length > 0) return used
  return [traitsOf[dialect].outputCap]
}
