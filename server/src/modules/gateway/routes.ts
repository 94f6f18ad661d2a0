import { openAiError, toAppError } from '../../platform/http/error-response.ts'
import { Reply } from '../../platform/http/reply.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { budgetExceeded, spendingUnavailable } from '../budgets/index.ts'
import { answerBlocked, blocked } from '../guardrails/index.ts'
import type { Prompts } from '../prompts/index.ts'
import { completeChat } from './actions/complete-chat.ts'
import { embedTexts } from './actions/embed-texts.ts'
import { resolveRoute } from './actions/resolve-route.ts'
import { streamChat } from './actions/stream-chat.ts'
import * as contract from './contract.ts'
import {
  modelNotAllowed,
  modelNotFound,
  providerRateLimited,
  providerRejected,
  providerTimeout,
  providerUnavailable,
} from './errors.ts'
import { fillInPrompt, promptFailures, promptHeader } from './fill-in-prompt.ts'
import type { Gateway } from './gateway.ts'
import { promptableChatSchema } from './promptable-chat.ts'
import { readCallTag } from './rules/read-call-tag.ts'

const tag = 'OpenAI-compatible'
export const bodyLimitBytes = 16 * 1_048_576
/** Longer than any provider may take; their own limits come first. */
export const timeoutMs = 660_000
const tagDescription =
  'With the header `X-Freehold-Tag`, or `metadata.freehold_tag` in a chat, the call counts in the budgets of that tag.'
export const failures = [
  modelNotFound,
  modelNotAllowed,
  budgetExceeded,
  spendingUnavailable,
  blocked,
  answerBlocked,
  providerRejected,
  providerRateLimited,
  providerUnavailable,
  providerTimeout,
]

export function gatewayRoutes(gateway: Gateway, prompts: Prompts): Route[] {
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
        },
        errors: [...failures, ...promptFailures],
      },
      async ({ body: sent, caller, headers, requestId, signal }) => {
        const { body: whole, prompt } = await fillInPrompt(prompts, caller, sent, requestId)
        const { metadata, ...rest } = whole
        const { tag: callTag, others } = readCallTag(headers, metadata)
        const told = prompt ? { [promptHeader]: `${prompt.name}@${prompt.version}` } : {}
        const body = others ? { ...rest, metadata: others } : rest
        const input = { requestId, purpose: 'chat', body, tag: callTag, prompt, signal } as const
        if (body.stream !== true)
          return Reply.json((await completeChat(gateway, caller, input)).result.body, told)
        const stream = await streamChat(gateway, caller, input)
        return Reply.events(await eventsOf(stream.chunks), told)
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
      async ({ body, caller, request, requestId, signal }) => {
        const { tag: callTag } = readCallTag(request.headers, undefined)
        // Here and not in the action: the reading of documents has no choice of model.
        const route = await resolveRoute(gateway, caller, { model: body.model, kind: 'embedding' })
        return (await embedTexts(gateway, caller, { requestId, body, route, tag: callTag, signal })).result
          .body
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
