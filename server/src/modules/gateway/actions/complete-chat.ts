import type { HeaderReader } from '../../../platform/auth/credentials.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import type { ChatResult, NativeMessages, Passage } from '../adapters/provider.ts'
import type { ChatRequest } from '../contract.ts'
import type { CalledWith } from '../describe-call.ts'
import type { Gateway } from '../gateway.ts'
import { estimatedUsage, failedOutcome, noUsage } from '../outcome.ts'
import type { ModelDeployment } from '../rules/catalogue.ts'
import { type Receipt, settleCall } from '../settle-call.ts'
import { beginChat } from './begin-chat.ts'
import { guardedResult, recordBlockedAnswer } from './guard-chat.ts'
import { refuseContent } from './refuse-content.ts'
import type { Route } from './resolve-route.ts'

export interface ChatInput {
  requestId: string
  purpose: 'chat' | 'message' | 'assistant'
  /** `models` are names to fall back to. */
  body: Omit<ChatRequest, 'model'> & Pick<ChatRequest, 'models'> & { model: string | undefined }
  /** Resolved before, where the body had to be written for it; resolved from the body's names where absent. */
  route?: Route
  /** The body for a deployment, where its provider must be told in other words. @throws field_not_supported (400) */
  bodyFor?: (deployment: ModelDeployment) => ChatRequest
  /** What the caller said it is for. */
  tag: string | null
  /** In Anthropic's own protocol, for a route of deployments that speak it; `body` is as long. */
  native?: NativeMessages
  /** The version of a prompt that wrote a part of the body. */
  prompt?: CalledWith | undefined
  /** For the local model, which quotes them. */
  passages?: readonly Passage[]
  /** Says which kept answers are wanted; where it is absent none are. */
  headers?: HeaderReader | undefined
  /** Takes headers that the answer is to have. */
  tell?: ((headers: Readonly<Record<string, string>>) => void) | undefined
  signal: AbortSignal
}

/**
 * One whole answer, authorized before and settled after.
 * @throws budget_exceeded (402), guardrails.blocked (400), answer_blocked (422) and the provider's failures
 */
export async function completeChat(
  gateway: Gateway,
  caller: Caller,
  input: ChatInput,
): Promise<{ result: ChatResult; receipt: Receipt; model: string }> {
  requirePermission(caller, 'use:models')
  const { run, guard, bodyAt, callOf } = await beginChat(gateway, caller, input)
  let result: ChatResult
  try {
    result = await run.attempt(async (attempt) => {
      const answer = await attempt.provider.chat(callOf(attempt))
      if (attempt.hasNext && answer.finishReason === 'content_filter')
        throw refuseContent(attempt, answer.usage ?? estimatedUsage(bodyAt(attempt.candidate), answer.text))
      return answer
    })
  } catch (error) {
    const failed = failedOutcome(error, input.signal, noUsage, null)
    const guardrails = guard?.verdicts() ?? []
    await settleCall(gateway.platform, caller, run.call(), {
      ...failed.outcome,
      route: run.route(),
      guardrails,
    })
    throw failed.error
  }
  run.end({ timeToFirstTokenMs: null })
  const call = run.call()
  const usage = result.usage ?? estimatedUsage(bodyAt(call), result.text)
  const guarded = guard ? guardedResult(guard, result) : result
  const refusal = guard?.answerRefusal()
  const outcome = {
    usage,
    status: refusal ? 'error' : 'ok',
    errorCode: refusal?.code ?? null,
    timeToFirstTokenMs: null,
    route: run.route(),
    ...(guard ? { guardrails: guard.verdicts() } : {}),
  } as const
  const receipt = await settleCall(gateway.platform, caller, call, outcome)
  if (guard && refusal) {
    await recordBlockedAnswer(gateway, caller, call.requestId, guard)
    throw refusal
  }
  return { result: guarded, receipt, model: call.deployment.id }
}
