import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import type { ChatResult, Passage } from '../adapters/provider.ts'
import type { ChatRequest } from '../contract.ts'
import type { Gateway } from '../gateway.ts'
import {
  authorizeCall,
  type CalledWith,
  type MeteredCall,
  type Receipt,
  settleCall,
} from '../metered-call.ts'
import { estimatedUsage, failedOutcome, noUsage } from '../outcome.ts'
import { boundChatCall, callerOutputCap } from '../rules/bound-call.ts'
import type { ModelDeployment } from '../rules/catalogue.ts'
import { chooseModel } from './choose-model.ts'

export interface ChatInput {
  requestId: string
  purpose: 'chat' | 'message'
  body: Omit<ChatRequest, 'model'> & { model: string | undefined }
  /** Chosen before, where the body had to be written for it; `chooseModel` chooses where absent. */
  deployment?: ModelDeployment
  /** What the caller said it is for. */
  tag: string | null
  /** The version of a prompt that wrote a part of the body. */
  prompt?: CalledWith | undefined
  /** For the local model, which quotes them. */
  passages?: readonly Passage[]
  signal: AbortSignal
}

/** The cap of a caller who names none: long enough for any usual answer, short enough not to hold a whole budget. */
const defaultOutputTokens = 4_096

/** One whole answer, authorized before and settled after. @throws budget_exceeded (402) and the provider's failures */
export async function completeChat(
  gateway: Gateway,
  caller: Caller,
  input: ChatInput,
): Promise<{ result: ChatResult; receipt: Receipt }> {
  const { call, body } = await beginChat(gateway, caller, input)
  let result: ChatResult
  try {
    result = await gateway.providerOf(call.deployment).chat(callOf(call, body, input))
  } catch (error) {
    const failed = failedOutcome(error, input.signal, noUsage, null)
    await settleCall(gateway.platform, caller, call, failed.outcome)
    throw failed.error
  }
  const usage = result.usage ?? estimatedUsage(body, result.text)
  const outcome = { usage, status: 'ok', errorCode: null, timeToFirstTokenMs: null } as const
  return { result, receipt: await settleCall(gateway.platform, caller, call, outcome) }
}

/** Resolves the model and holds the money. */
export async function beginChat(
  gateway: Gateway,
  caller: Caller,
  input: ChatInput,
): Promise<{ call: MeteredCall; body: ChatRequest }> {
  requirePermission(caller, 'use:models')
  const deployment = input.deployment ?? (await chooseModel(gateway, caller, input.body.model, 'chat'))
  // The resolved name makes the body a whole request; its other fields were checked where it came in.
  const body = { ...input.body, model: deployment.id } as ChatRequest
  const call = await authorizeCall(gateway.platform, caller, {
    requestId: input.requestId,
    purpose: input.purpose,
    deployment,
    tag: input.tag,
    prompt: input.prompt,
    bound: boundChatCall(body, deployment, defaultOutputTokens),
    mayShorten: callerOutputCap(body) === undefined,
  })
  return { call, body }
}

export function callOf(call: MeteredCall, body: ChatRequest, input: ChatInput) {
  return {
    deploymentModel: call.deployment.deploymentModel,
    body,
    maxOutputTokens: call.outputTokensCap,
    ...(input.passages ? { passages: input.passages } : {}),
    signal: input.signal,
    requestId: call.requestId,
  }
}
