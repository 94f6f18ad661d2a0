import { AppError } from '../../platform/errors.ts'
import { anthropicError, toAppError } from '../../platform/http/error-response.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { formatEvent, type ServerEvent } from '../../platform/http/sse.ts'
import type { Prompts } from '../prompts/index.ts'
import { answerMessage, answerMessageStream } from './actions/answer-message.ts'
import { countMessageTokens } from './actions/count-message-tokens.ts'
import * as contract from './anthropic-contract.ts'
import { fieldNotSupported } from './errors.ts'
import { promptFailures, promptHeader, promptOfMessage } from './fill-in-prompt.ts'
import { firstEventAwaited } from './first-event-awaited.ts'
import type { Gateway } from './gateway.ts'
import { bodyLimitBytes, failures, timeoutMs } from './routes.ts'
import { readCallTag } from './rules/read-call-tag.ts'
import { tellIn } from './tell-headers.ts'

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
          'the answer. The key comes as x-api-key or as a bearer token; a request for one of Anthropic’s models, where ' +
          'Anthropic is the provider, is passed on as it is, with anthropic-beta; what has a cost that cannot be known is refused. ' +
          'What another provider could not be told is refused by the name of its field: thinking, documents, citations, tools ' +
          'that Anthropic itself runs, and top_k where there is none. cache_control is passed on where the provider has it and has ' +
          'no effect elsewhere. With the header `X-Freehold-Tag` the call counts in the budgets of that tag. A stop sequence shows as end_turn where the provider does not tell them apart.',
        access: 'use:models',
        body: contract.anyMessageRequestSchema,
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
      async ({ body, request, requestId, signal, http, ...sent }) => {
        http.header('request-id', requestId)
        const caller = await gateway.projects.callerFor(sent.caller, request.headers)
        const { tag: callTag } = readCallTag(request.headers, undefined)
        const betas = request.headers.get('anthropic-beta')
        const prompt = await promptOfMessage(prompts, caller, body, requestId)
        if (prompt) http.header(promptHeader, `${prompt.name}@${prompt.version}`)
        const { headers } = request
        const input = { requestId, body, betas, prompt, tag: callTag, headers, tell: tellIn(http), signal }
        if (body.stream !== true) return answerMessage(gateway, caller, input)
        return firstEventAwaited(
          http,
          await answerMessageStream(gateway, caller, input),
          named,
          (error) => ({
            event: 'error',
            data: anthropicError(error instanceof AppError ? error : toAppError(error), requestId),
          }),
          formatEvent(named({ type: 'ping' })),
        )
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/v1/messages/count_tokens',
        tag,
        summary: 'Count the tokens of messages',
        description:
          'Anthropic’s own count for its own models where it is the provider. Else an estimate, not a count: four bytes of text to a token and 1,500 tokens to an image. Nothing is ' +
          'charged. The usage of an answer has the tokens that its provider counted.',
        access: 'use:models',
        body: contract.anyTokenCountRequestSchema,
        bodyLimitBytes,
        response: { status: 200, description: 'The estimate', schema: contract.tokenCountSchema },
        errors: [...failures, fieldNotSupported],
      },
      async ({ body, caller, request, requestId, signal, http }) => {
        http.header('request-id', requestId)
        const betas = request.headers.get('anthropic-beta')
        const input = { requestId, body, betas, signal }
        return { input_tokens: await countMessageTokens(gateway, caller, input) }
      },
    ),
  ]
}

function named(data: contract.MessageEvent): ServerEvent {
  return { event: data.type, data }
}
