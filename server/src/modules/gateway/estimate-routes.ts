import { defineRoute, type Route } from '../../platform/http/route.ts'
import { projectFailures } from '../projects/index.ts'
import type { Prompts } from '../prompts/index.ts'
import { type EstimatedCall, estimateCall } from './actions/estimate-call.ts'
import { anyMessageRequestSchema } from './anthropic-contract.ts'
import { embeddingsRequestSchema } from './contract.ts'
import { fieldNotSupported, modelNotFound } from './errors.ts'
import { estimate, estimateBody, estimateQuery } from './estimate-contract.ts'
import { fillInPrompt, promptFailures, promptOfMessage } from './fill-in-prompt.ts'
import type { Gateway } from './gateway.ts'
import { measurableChatCall, measurableEmbedding, measurableMessage } from './measurable-calls.ts'
import { parseBody } from './native-call.ts'
import { promptableChatSchema } from './promptable-chat.ts'
import { bodyLimitBytes } from './routes.ts'
import { readCallTag } from './rules/read-call-tag.ts'

export function estimateRoutes(gateway: Gateway, prompts: Prompts): Route[] {
  return [
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/estimate',
        tag: 'Usage',
        summary: 'What a call would cost, without making it',
        description:
          'With the body of the call: which model would be asked and why, how much the call could cost and likely would, and each ' +
          'budget with what is left. Nothing is sent and nothing held. A tag and a project count as in the call itself.',
        access: 'use:models',
        query: estimateQuery,
        body: estimateBody,
        bodyLimitBytes,
        response: { status: 200, description: 'The estimate', schema: estimate },
        errors: [modelNotFound, fieldNotSupported, ...projectFailures, ...promptFailures],
      },
      async ({ body, query, headers, requestId, ...sent }) => {
        const caller = await gateway.projects.callerFor(sent.caller, headers)
        const api = query.api ?? apiOf(body, headers.get('anthropic-version') !== null)
        let call: EstimatedCall
        if (api === 'embeddings') {
          const { tag } = readCallTag(headers, undefined)
          call = measurableEmbedding(gateway, caller, parseBody(embeddingsRequestSchema, body), tag)
        } else if (api === 'messages') {
          const { tag } = readCallTag(headers, undefined)
          const request = parseBody(anyMessageRequestSchema, body)
          const prompt = await promptOfMessage(prompts, caller, request, requestId)
          call = measurableMessage(gateway, caller, request, prompt, tag)
        } else {
          const sent = parseBody(promptableChatSchema, body)
          const { body: whole } = await fillInPrompt(prompts, caller, sent, requestId)
          const { metadata, ...rest } = whole
          const { tag, others } = readCallTag(headers, metadata)
          call = measurableChatCall(gateway, caller, others ? { ...rest, metadata: others } : rest, tag)
        }
        return estimateCall(gateway, caller, call)
      },
    ),
  ]
}

function apiOf(body: Record<string, unknown>, saysAnthropic: boolean): 'chat' | 'embeddings' | 'messages' {
  if (body.input !== undefined && body.messages === undefined) return 'embeddings'
  return saysAnthropic || body.system !== undefined ? 'messages' : 'chat'
}
