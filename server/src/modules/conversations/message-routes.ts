import { withTenant } from '../../platform/db/transactions.ts'
import { AppError } from '../../platform/errors.ts'
import { toAppError } from '../../platform/http/error-response.ts'
import { defineRoute, type Route, type RouteInput } from '../../platform/http/route.ts'
import { eventStream } from '../../platform/http/sse.ts'
import { budgetExceeded } from '../budgets/index.ts'
import { modelNotAllowed, modelNotFound } from '../gateway/index.ts'
import type { StartedAnswer } from './actions/begin-answer.ts'
import { chooseBranch } from './actions/choose-branch.ts'
import { readAnswer } from './actions/read-answer.ts'
import { regenerateAnswer } from './actions/regenerate-answer.ts'
import { startAnswer } from './actions/start-answer.ts'
import { stopAnswer } from './actions/stop-answer.ts'
import type { Answers } from './answers.ts'
import * as contract from './contract.ts'
import {
  answerFailed,
  answerUnderWay,
  conversationNotFound,
  messageNotFound,
  notAnAnswer,
  notAQuestion,
} from './errors.ts'
import { ownerOf } from './owner.ts'
import { type MessageView, presentMessage } from './present.ts'
import { openSeal, titleCell } from './sealed-messages.ts'
import { findConversation, findMessage } from './store.ts'

const tag = 'Messages'
const timeoutMs = 660_000

export function messageRoutes(answers: Answers): Route[] {
  const { platform } = answers
  return [
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/messages',
        tag,
        summary: 'Ask a question',
        description:
          'The answer comes whole, or with `stream: true` as events: message.start, message.citations, message.delta …, ' +
          'then message.done or message.error. It goes on being written when the connection is lost; GET its stream to resume.',
        access: 'write:conversations',
        body: contract.messageBody,
        timeoutMs,
        response: {
          status: 201,
          description: 'The question and its answer',
          schema: contract.answer,
          alternative: { mediaType: 'text/event-stream', description: 'The answer as it is written' },
        },
        errors: [
          conversationNotFound,
          messageNotFound,
          notAQuestion,
          modelNotFound,
          modelNotAllowed,
          answerUnderWay,
          budgetExceeded,
          answerFailed,
        ],
      },
      async (input) => answerWith(answers, input, await startAnswer(answers, input.caller, input.body)),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/messages/{id}/regenerate',
        tag,
        summary: 'Have an answer written again',
        description:
          'Another answer to the same question, beside the one named, and chosen. Comes as a new question’s does.',
        access: 'write:conversations',
        params: contract.idParams,
        body: contract.regenerationBody,
        timeoutMs,
        response: {
          status: 201,
          description: 'The question and its new answer',
          schema: contract.answer,
          alternative: { mediaType: 'text/event-stream', description: 'The answer as it is written' },
        },
        errors: [
          messageNotFound,
          notAnAnswer,
          modelNotFound,
          modelNotAllowed,
          answerUnderWay,
          budgetExceeded,
          answerFailed,
        ],
      },
      async (input) =>
        answerWith(
          answers,
          input,
          await regenerateAnswer(answers, input.caller, input.params.id, input.body),
        ),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/messages/{id}/choose',
        tag,
        summary: 'Go on along another branch',
        description: 'The conversation goes through this message instead of those beside it.',
        access: 'write:conversations',
        params: contract.idParams,
        response: { status: 200, description: 'The chosen message', schema: contract.message },
        errors: [messageNotFound],
      },
      ({ caller, params }) =>
        withTenant(platform, caller, async (scope) => {
          const row = await chooseBranch(scope, params.id)
          return presentMessage(scope, await openSeal(platform, scope), row)
        }),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/messages/{id}/stream',
        tag,
        summary: 'Go on reading an answer',
        description: 'The same events, from the offset of Last-Event-ID or `offset` on.',
        access: 'read:conversations',
        params: contract.idParams,
        query: contract.streamQuery,
        response: { status: 200, description: 'Events', mediaType: 'text/event-stream' },
        errors: [messageNotFound],
      },
      async ({ caller, params, query, request, signal, http }) => {
        const last = Number(request.headers.get('last-event-id') ?? Number.NaN)
        const offset = query.offset ?? (Number.isInteger(last) && last >= 0 ? last : 0)
        const start = await withTenant(platform, caller, async (scope) => {
          const row = await findMessage(scope.tx, params.id, ownerOf(caller))
          if (!row) throw messageNotFound()
          const conversation = await findConversation(scope.tx, row.conversationId, ownerOf(caller))
          if (!conversation) throw messageNotFound()
          const seal = await openSeal(platform, scope)
          const title = seal.open(titleCell(conversation.id), conversation.titleSealed)
          return {
            conversation: { id: conversation.id, title },
            message: await presentMessage(scope, seal, row),
          }
        })
        return eventStream(http, readAnswer(answers, caller, params.id, offset, start, signal), errorEvent)
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/messages/{id}/stop',
        tag,
        summary: 'Stop an answer',
        access: 'write:conversations',
        params: contract.idParams,
        response: { status: 200, description: 'The answer as it stands', schema: contract.message },
        errors: [messageNotFound],
      },
      ({ caller, params }) => stopAnswer(answers, caller, params.id),
    ),
  ]
}

/** Has a begun answer written, and answers with it as the request wants it: as it comes, or whole. */
async function answerWith(
  answers: Answers,
  {
    caller,
    body,
    signal,
    http,
  }: Pick<RouteInput<never, never, typeof contract.regenerationBody>, 'caller' | 'body' | 'signal' | 'http'>,
  { task, ...started }: StartedAnswer,
) {
  const written = answers.write(caller, task)
  if (body.stream) {
    return eventStream(http, readAnswer(answers, caller, task.messageId, 0, started, signal), errorEvent)
  }
  await written
  const message = await withTenant(answers.platform, caller, async (scope) => {
    const row = await findMessage(scope.tx, task.messageId, ownerOf(caller))
    if (!row) throw messageNotFound()
    return presentMessage(scope, await openSeal(answers.platform, scope), row)
  })
  if (message.status === 'failed') throw failureOf(message)
  return { ...started, message }
}

/** Codes that an answer can fail with, and the status each has as an answer of its own. */
const statusByCode: Record<string, number> = {
  budget_exceeded: 402,
  'gateway.provider_rate_limited': 429,
  'gateway.provider_unavailable': 503,
  'gateway.provider_timeout': 504,
  'gateway.provider_rejected': 400,
  'gateway.context_too_long': 400,
  'gateway.provider_authentication': 502,
  'gateway.provider_stream_cut': 502,
  'gateway.provider_bad_response': 502,
}

/** A failed answer as the error of its request; the message itself is kept and named. */
function failureOf(message: MessageView): AppError {
  const code = message.error?.code ?? answerFailed.code
  return new AppError(
    code,
    statusByCode[code] ?? answerFailed.status,
    message.error?.message ?? answerFailed.message,
    {
      details: { conversationId: message.conversationId, messageId: message.id },
    },
  )
}

function errorEvent(error: unknown) {
  const { code, message } = toAppError(error)
  return { event: 'message.error', data: { message: null, error: { code, message, requestId: null } } }
}
