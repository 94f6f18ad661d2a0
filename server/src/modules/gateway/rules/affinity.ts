import type { ChatRequest } from '../contract.ts'

/**
 * What makes calls belong together for a provider's prompt cache: what the caller says does, else the beginning that
 * calls of one conversation share, which is its tools, its instructions and its first question. A provider caches by
 * prefix, so calls that begin alike are worth having in one place though they be of different conversations.
 */
export function affinityOf(body: ChatRequest): string {
  const named = body.prompt_cache_key ?? body.metadata?.conversation_id ?? body.user
  if (typeof named === 'string' && named !== '') return named
  const firstQuestion = body.messages.findIndex((message) => message.role === 'user')
  const prefix = body.messages.slice(0, firstQuestion < 0 ? body.messages.length : firstQuestion + 1)
  return JSON.stringify([body.tools ?? null, prefix])
}
