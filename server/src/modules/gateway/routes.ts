import { openAiError, toAppError } from '../../platform/http/error-response.ts'
import { Reply } from '../../platform/http/reply.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { budgetExceeded, spendingUnavailable } from '../budgets/index.ts'
import { answerBlocked, blocked } from '../guardrails/index.ts'
import { rateLimitExceeded } from '../limits/index.ts'
import { projectFailures } from '../projects/index.ts'
import type { Prompts } from '../prompts/index.ts'
import { embedFromCache } from './actions/embed-from-cache.ts'
import { resolveRoute } from './actions/resolve-route.ts'
import { answerChat, readChat } from './answer-chat.ts'
import { streamCachedChat } from './cached-chat.ts'
import * as contract from './contract.ts'
import {
  modelNotAllowed,
  modelNotFound,
  providerRateLimited,
  providerRejected,
  providerTimeout,
  providerUnavailable,
} from './errors.ts'
import { promptFailures } from './fill-in-prompt.ts'
import type { Gateway } from './gateway.ts'
import { promptableChatSchema } from './promptable-chat.ts'
import { type ChatQueue, prefersAsync, queuedChatSchema } from './queue-chat.ts'
import { readCallTag } from './rules/read-call-tag.ts'
import { tellIn } from './tell-headers.ts'

const tag = 'OpenAI-compatible'
export const bodyLimitBytes = 16 * 1_048_576
/** Longer than any provider may take; their own limits come first. */
export const timeoutMs = 660_000
const tagDescription =
  'With the header `X-Freehold-Tag`, or `metadata.freehold_tag` in a chat, the call counts in the budgets of that tag. With ' +
  '`OpenAI-Project`, the id or slug of a project, it is for that project; else for that of its key.'
export const failures = [
  modelNotFound,
  modelNotAllowed,
  budgetExceeded,
  spendingUnavailable,
  rateLimitExceeded,
  blocked,
  answerBlocked,
  ...projectFailures,
  providerRejected,
  providerRateLimited,
  providerUnavailable,
  providerTimeout,
]

export function gatewayRoutes(gateway: Gateway, prompts: Prompts, queue: ChatQueue): Route[] {
  return [
    defineRoute(
      {
        method: 'post',
        path: '/v1/chat/completions',
        tag,
        summary: 'Complete a chat, whole or as a stream',
        description: tagDescription,
        access: 'use:models',
        body: promptableChatSchema,
        bodyLimitBytes,
        timeoutMs,
        direct: true,
        response: {
          status: 200,
          description: 'The completion; with `stream: true`, server-sent events that end with [DONE]',
          schema: contract.chatCompletionSchema,
          alternative: {
            mediaType: 'text/event-stream',
            description: 'Chunks',
            schema: contract.chatCompletionChunkSchema,
          },
          accepted: {
            description:
              'With `Prefer: respond-async`: the call is queued; `Location` says where its answer will be',
            schema: queuedChatSchema,
          },
        },
        errors: [...failures, ...promptFailures, ...queue.failures],
      },
      async (sent) => {
        const { headers } = sent
        if (prefersAsync(headers)) return queue.accept(sent)
        if (sent.body.stream !== true) {
          const { json, told } = await answerChat(gateway, prompts, sent)
          return Reply.json(json, told)
        }
        const { caller, input, told } = await readChat(gateway, prompts, sent)
        const { chunks } = await streamCachedChat(gateway, caller, input)
        return Reply.events(await eventsOf(chunks), told)
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/v1/embeddings',
        tag,
        summary: 'Turn texts into vectors',
        description: tagDescription,
        access: 'use:models',
        body: contract.embeddingsRequestSchema,
        bodyLimitBytes,
        timeoutMs,
        response: { status: 200, description: 'The vectors', schema: contract.embeddingsResponseSchema },
        errors: failures,
      },
      async ({ body, request, requestId, signal, http, ...sent }) => {
        const caller = await gateway.projects.callerFor(sent.caller, request.headers)
        const { tag: callTag } = readCallTag(request.headers, undefined)
        const tell = tellIn(http)
        // Here and not in the action: the reading of documents has no choice of model.
        const route = await resolveRoute(gateway, caller, { model: body.model, kind: 'embedding' })
        const input = { requestId, body, route, tag: callTag, tell, signal }
        return embedFromCache(gateway, caller, input, request.headers)
      },
    ),
  ]
}

/**
 * The chunks as server-sent events. The first is awaited here, so that a failure before it is still an HTTP error; one
 * after it ends the stream with an error event in OpenAI's shape.
 */
async function eventsOf(
  chunks: AsyncIterable<{ data: string; hidden: boolean }>,
): Promise<AsyncIterable<string>> {
  const iterator = chunks[Symbol.asyncIterator]()
  let next = await iterator.next()
  async function* events(): AsyncGenerator<string> {
    let over = false
    try {
      while (!next.done) {
        if (!next.value.hidden) yield `data: ${next.value.data}\n\n`
        next = await iterator.next()
      }
      over = true
      yield 'data: [DONE]\n\n'
    } catch (error) {
      over = true
      yield `data: ${JSON.stringify(openAiError(toAppError(error)))}\n\n`
    } finally {
      // The reader has left in the middle.
      if (!over) await iterator.return?.()
    }
  }
  return events()
}
