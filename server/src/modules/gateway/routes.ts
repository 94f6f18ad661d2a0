import { z } from '@hono/zod-openapi'
import type { Caller } from '../../platform/context.ts'
import { readTenant } from '../../platform/db/transactions.ts'
import { AppError } from '../../platform/errors.ts'
import { openAiError, toAppError } from '../../platform/http/error-response.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { budgetExceeded, spendingUnavailable } from '../budgets/index.ts'
import { getOrganizationSettings } from '../organizations/index.ts'
import { chooseModel, defaultModelOf, isAllowed } from './actions/choose-model.ts'
import { completeChat } from './actions/complete-chat.ts'
import { embedTexts } from './actions/embed-texts.ts'
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
import type { Gateway } from './gateway.ts'
import type { ModelDeployment } from './rules/catalogue.ts'
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
  providerRejected,
  providerRateLimited,
  providerUnavailable,
  providerTimeout,
]

export function gatewayRoutes(gateway: Gateway): Route[] {
  return [
    defineRoute(
      {
        method: 'post',
        path: '/v1/chat/completions',
        tag,
        summary: 'Complete a chat, whole or as a stream',
        description: tagDescription,
        access: 'use:models',
        body: contract.chatRequestSchema,
        bodyLimitBytes,
        timeoutMs,
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
        errors: failures,
      },
      async ({ body: { metadata, ...rest }, caller, request, requestId, signal, http }) => {
        const { tag: callTag, others } = readCallTag(request.headers, metadata)
        const body = others ? { ...rest, metadata: others } : rest
        const input = { requestId, purpose: 'chat', body, tag: callTag, signal } as const
        if (body.stream !== true) return (await completeChat(gateway, caller, input)).result.body
        const stream = await streamChat(gateway, caller, input)
        return http.body(await sendChunks(stream.chunks), 200, {
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store, no-transform',
          'x-accel-buffering': 'no',
        })
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
        await chooseModel(gateway, caller, body.model, 'embedding')
        return (await embedTexts(gateway, caller, { requestId, body, tag: callTag, signal })).result.body
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/v1/models',
        tag,
        summary: 'The models this installation serves',
        access: 'read:models',
        response: { status: 200, description: 'The models', schema: contract.modelListSchema },
      },
      async ({ caller }) => {
        const { deployments } = await allowedModels(gateway, caller)
        return { object: 'list', data: deployments.map(presentModel) }
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/v1/models/{id}',
        tag,
        summary: 'One model',
        description: 'A slash in the id is sent as %2F, as the SDKs do.',
        access: 'read:models',
        params: z.object({ id: z.string() }),
        response: { status: 200, description: 'The model', schema: contract.modelSchema },
        errors: [modelNotFound],
      },
      async ({ caller, params }) => {
        const { settings } = await allowedModels(gateway, caller)
        const found = gateway.directory().byName.get(params.id)
        if (!found || !isAllowed(settings, found))
          throw modelNotFound({
            message: `The model '${params.id}' does not exist here. GET /v1/models lists all.`,
          })
        return presentModel(found)
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/models',
        tag: 'Models',
        summary: 'The models with their prices, and which is the default',
        access: 'read:models',
        response: { status: 200, description: 'The models', schema: contract.modelDetailList },
      },
      async ({ caller }) => {
        const { settings, deployments } = await allowedModels(gateway, caller)
        const kinds = new Set(deployments.map(({ kind }) => kind))
        const defaults = new Set([...kinds].map((kind) => defaultModelOf(gateway, settings, kind).id))
        return {
          data: deployments.map((deployment) => ({
            id: deployment.id,
            name: deployment.name,
            provider: deployment.providerId,
            kind: deployment.kind,
            isLanguageModel: deployment.isLanguageModel,
            contextTokens: deployment.contextTokens,
            inputNanosPerMillion: deployment.price.inputNanosPerMillion.toString(),
            outputNanosPerMillion: deployment.price.outputNanosPerMillion.toString(),
            priceKnown: deployment.priceKnown,
            isDefault: defaults.has(deployment.id),
            notice: deployment.notice,
          })),
          nextCursor: null,
        }
      },
    ),
  ]
}

async function allowedModels(gateway: Gateway, caller: Caller) {
  const settings = await readTenant(gateway.platform, caller, getOrganizationSettings)
  const deployments = gateway.directory().deployments.filter((one) => isAllowed(settings, one))
  return { settings, deployments }
}

function presentModel(deployment: ModelDeployment) {
  return { id: deployment.id, object: 'model', created: 0, owned_by: deployment.providerId } as const
}

/**
 * The chunks as server-sent events. The first is awaited here, so that a failure before it is still an HTTP error;
 * one after it ends the stream with an error event in OpenAI's shape.
 */
async function sendChunks(
  chunks: AsyncIterable<{ data: string; hidden: boolean }>,
): Promise<ReadableStream<Uint8Array>> {
  const iterator = chunks[Symbol.asyncIterator]()
  const encoder = new TextEncoder()
  let next = await iterator.next()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        // A hidden event enqueues nothing, so look on to the next that is shown.
        while (!next.done && next.value.hidden) next = await iterator.next()
        if (next.done) {
          controller.enqueue(encoder.encode('data: [DONE]\n\n'))
          controller.close()
          return
        }
        controller.enqueue(encoder.encode(`data: ${next.value.data}\n\n`))
        next = await iterator.next()
      } catch (error) {
        const known = error instanceof AppError ? error : toAppError(error)
        controller.enqueue(encoder.encode(`data: ${JSON.stringify(openAiError(known))}\n\n`))
        controller.close()
      }
    },
    async cancel() {
      await iterator.return?.()
    },
  })
}
