import type { Context } from 'hono'
import { AppError } from '../../platform/errors.ts'
import { anthropicError, toAppError } from '../../platform/http/error-response.ts'
import { defineRoute, type HttpEnvironment, type Route } from '../../platform/http/route.ts'
import { eventStream, formatEvent, type ServerEvent } from '../../platform/http/sse.ts'
import type { Prompts } from '../prompts/index.ts'
import { completeMessage } from './actions/complete-message.ts'
import { countMessageTokens } from './actions/count-message-tokens.ts'
import { streamMessage } from './actions/stream-message.ts'
import * as contract from './anthropic-contract.ts'
import { fieldNotSupported, modelNotAllowed, modelNotFound } from './errors.ts'
import { promptFailures, promptHeader, promptOfMessage } from './fill-in-prompt.ts'
import type { Gateway } from './gateway.ts'
import { bodyLimitBytes, failures, timeoutMs } from './routes.ts'
import { readCallTag } from './rules/read-call-tag.ts'

const tag = 'Anthropic-compatible'

/** Anthropic's Messages API, answered by whatever model is asked for. */
export function anthropicRoutes(gateway: Gateway, prompts: Prompts): Route[] {
  return [
    defineRoute(
      {
        method: 'post',
        path: '/v1/messages',
        tag,
        summary: 'Answer messages, whole or as a stream',
        description:
          'Anthropic’s Messages API for every model of GET /v1/models: text, images, tools, system, stop sequences and a schema for ' +
          'the answer. The key comes as x-api-key or as a bearer token; anthropic-version and anthropic-beta change nothing. ' +
          'What the model’s provider could not be told is refused by the name of its field: thinking, documents, citations, tools ' +
          'that Anthropic itself runs, and top_k where there is none. cache_control is passed on where the provider has it and has ' +
          'no effect elsewhere. With the header `X-Freehold-Tag` the call counts in the budgets of that tag. A stop sequence shows as end_turn where the provider does not tell them apart.',
        access: 'use:models',
        body: contract.messageRequestSchema,
        bodyLimitBytes,
        timeoutMs,
        response: {
          status: 200,
          description:
            'The message; with `stream: true`, server-sent events from message_start to message_stop',
          schema: contract.messageAnswerSchema,
          alternative: {
            mediaType: 'text/event-stream',
            description: 'Events',
            schema: contract.messageEventSchema,
          },
        },
        errors: [...failures, fieldNotSupported, ...promptFailures],
      },
      async ({ body, caller, request, requestId, signal, http }) => {
        http.header('request-id', requestId)
        const { tag: callTag } = readCallTag(request.headers, undefined)
        const prompt = await promptOfMessage(prompts, caller, body, requestId)
        if (prompt) http.header(promptHeader, `${prompt.name}@${prompt.version}`)
        const input = { requestId, request: body, prompt, tag: callTag, signal }
        if (body.stream !== true) return completeMessage(gateway, caller, input)
        return sendEvents(http, await streamMessage(gateway, caller, input), requestId)
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/v1/messages/count_tokens',
        tag,
        summary: 'Estimate the tokens of messages',
        description:
          'An estimate, not a count: four bytes of text to a token and 1,500 tokens to an image, whatever the model. Nothing is ' +
          'sent to a provider or charged. The usage of an answer has the tokens that its provider counted.',
        access: 'use:models',
        body: contract.tokenCountRequestSchema,
        bodyLimitBytes,
        response: { status: 200, description: 'The estimate', schema: contract.tokenCountSchema },
        errors: [modelNotFound, modelNotAllowed],
      },
      async ({ body, caller, requestId, http }) => {
        http.header('request-id', requestId)
        return { input_tokens: await countMessageTokens(gateway, caller, body) }
      },
    ),
  ]
}

/**
 * The first event is awaited here, so that a failure before it is still an HTTP error; one after it ends the stream with
 * an error event.
 */
async function sendEvents(
  http: Context<HttpEnvironment>,
  events: AsyncGenerator<contract.MessageEvent, void, undefined>,
  requestId: string,
): Promise<Response> {
  let first: IteratorResult<contract.MessageEvent, void> | undefined = await events.next()
  const source: AsyncIterator<ServerEvent, void, undefined> = {
    async next() {
      const { done, value } = first ?? (await events.next())
      first = undefined
      return done || !value ? { done: true, value: undefined } : { value: named(value) }
    },
    async return() {
      await events.return()
      return { done: true, value: undefined }
    },
  }
  return eventStream(
    http,
    { [Symbol.asyncIterator]: () => source },
    (error) => ({
      event: 'error',
      data: anthropicError(error instanceof AppError ? error : toAppError(error), requestId),
    }),
    formatEvent(named({ type: 'ping' })),
  )
}

function named(data: contract.MessageEvent): ServerEvent {
  return { event: data.type, data }
}
