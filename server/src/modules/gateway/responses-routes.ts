import { z } from '@hono/zod-openapi'
import { AppError } from '../../platform/errors.ts'
import { toAppError } from '../../platform/http/error-response.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { completeResponse } from './actions/complete-response.ts'
import { deleteTurn } from './actions/delete-turn.ts'
import { findTurn } from './actions/find-turn.ts'
import { streamResponse } from './actions/stream-response.ts'
import { fieldNotSupported, responseNotCancellable, responseNotFound } from './errors.ts'
import { firstEventAwaited } from './first-event-awaited.ts'
import type { Gateway } from './gateway.ts'
import * as contract from './responses-contract.ts'
import { bodyLimitBytes, failures, timeoutMs } from './routes.ts'
import { listInputItems } from './rules/list-input-items.ts'
import { readCallTag } from './rules/read-call-tag.ts'
import { shownItem } from './rules/responses-answer.ts'
import { tellIn } from './tell-headers.ts'

const tag = 'OpenAI-compatible'
const params = z.object({
  id: z.string().openapi({ description: 'resp_ and the request id of the call' }),
})
const own =
  'Only whoever made it finds it: the person, the service account with all its keys, or the API key.'

/** OpenAI's Responses API, answered by whatever model is asked for. */
export function responsesRoutes(gateway: Gateway): Route[] {
  const { platform } = gateway
  return [
    defineRoute(
      {
        method: 'post',
        path: '/v1/responses',
        tag,
        summary: 'Answer, whole or as a stream, and go on from an earlier answer',
        description:
          'OpenAI’s Responses API for every model of GET /v1/models: texts, images, files, functions, a schema for the answer and ' +
          'reasoning. With `previous_response_id` it goes on from a stored answer, whichever model gave it. What a model could not be ' +
          'told is refused by the name of its field: tools that OpenAI itself runs, answers in the background, conversations, stored ' +
          'prompts and files. Answers are stored for 30 days after their last use unless `store` is false.',
        access: 'use:models',
        body: contract.responseRequestSchema,
        bodyLimitBytes,
        timeoutMs,
        response: {
          status: 200,
          description:
            'The response; with `stream: true`, server-sent events from response.created to response.completed, response.incomplete or response.failed',
          schema: contract.responseSchema,
          alternative: {
            mediaType: 'text/event-stream',
            description: 'Events',
            schema: contract.responseEventSchema,
          },
        },
        errors: [...failures, fieldNotSupported, responseNotFound],
      },
      async ({ body, request, requestId, signal, http, ...sent }) => {
        const caller = await gateway.projects.callerFor(sent.caller, request.headers)
        const { tag: callTag } = readCallTag(request.headers, body.metadata)
        const input = {
          requestId,
          request: body,
          tag: callTag,
          headers: request.headers,
          tell: tellIn(http),
          signal,
        }
        if (body.stream !== true) return completeResponse(gateway, caller, input)
        let sequence = 0
        return firstEventAwaited(
          http,
          await streamResponse(gateway, caller, input),
          (event) => {
            sequence = event.sequence_number
            return { event: event.type, data: event }
          },
          (error) => ({
            event: 'response.failed',
            data: failed(error, requestId, body.model, sequence + 1),
          }),
        )
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/v1/responses/{id}',
        tag,
        summary: 'A stored response',
        description: own,
        access: 'use:models',
        params,
        response: { status: 200, description: 'The response', schema: contract.responseSchema },
        errors: [responseNotFound],
      },
      async ({ params: { id }, caller }) => {
        const { answer } = await findTurn(platform, caller, id)
        return { ...answer, output: answer.output.map(shownItem) }
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/v1/responses/{id}',
        tag,
        summary: 'Delete a stored response',
        description: `${own} Later turns that go on from it can no more be gone on from.`,
        access: 'use:models',
        params,
        response: { status: 200, description: 'Deleted', schema: contract.deletedResponseSchema },
        errors: [responseNotFound],
      },
      async ({ params: { id }, caller }) => ({
        id: await deleteTurn(platform, caller, id),
        object: 'response',
        deleted: true,
      }),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/v1/responses/{id}/input_items',
        tag,
        summary: 'What was new in the turn of a stored response',
        description: own,
        access: 'use:models',
        params,
        query: contract.inputItemQuerySchema,
        response: { status: 200, description: 'The items', schema: contract.inputItemListSchema },
        errors: [responseNotFound],
      },
      async ({ params: { id }, query, caller }) => {
        const { limit, order, after } = query
        return listInputItems(await findTurn(platform, caller, id), { limit, order, after })
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/v1/responses/{id}/cancel',
        tag,
        summary: 'Refused: only answers in the background can be cancelled, and there are none',
        description: 'Whoever closes the connection of a stream ends the answer at its provider.',
        access: 'use:models',
        params,
        response: { status: 200, description: 'Never', schema: contract.responseSchema },
        errors: [responseNotFound, responseNotCancellable],
      },
      async ({ params: { id }, caller }) => {
        await findTurn(platform, caller, id)
        throw responseNotCancellable()
      },
    ),
  ]
}

/** The last event of a stream that breaks off. */
function failed(thrown: unknown, requestId: string, model: string, sequence: number) {
  const error = thrown instanceof AppError ? thrown : toAppError(thrown)
  const code = error.status === 429 ? 'rate_limit_exceeded' : (error.code.split('.').at(-1) ?? error.code)
  return {
    type: 'response.failed',
    sequence_number: sequence,
    response: {
      id: `resp_${requestId}`,
      object: 'response',
      status: 'failed',
      model,
      error: { code, message: error.message },
      incomplete_details: null,
      output: [],
      usage: null,
    },
  }
}
