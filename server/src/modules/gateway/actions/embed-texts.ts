import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import type { EmbedResult } from '../adapters/provider.ts'
import type { EmbeddingsRequest } from '../contract.ts'
import type { Gateway } from '../gateway.ts'
import { authorizeCall, type Receipt, settleCall } from '../metered-call.ts'
import { failedOutcome, noUsage } from '../outcome.ts'
import { boundEmbeddingCall } from '../rules/bound-call.ts'
import { estimateTokens } from '../rules/estimate-tokens.ts'

/** Embeds texts, authorized before and settled after. @throws budget_exceeded (402) and the provider's failures */
export async function embedTexts(
  gateway: Gateway,
  caller: Caller,
  input: { requestId: string; body: EmbeddingsRequest; tag: string | null; signal: AbortSignal },
): Promise<{ result: EmbedResult; receipt: Receipt }> {
  requirePermission(caller, 'use:models')
  const deployment = gateway.resolve(input.body.model, 'embedding')
  const call = await authorizeCall(gateway.platform, caller, {
    requestId: input.requestId,
    purpose: 'embedding',
    deployment,
    tag: input.tag,
    bound: boundEmbeddingCall(input.body, deployment),
    mayShorten: false,
  })
  let result: EmbedResult
  try {
    result = await gateway.providerOf(deployment).embed({
      deploymentModel: deployment.deploymentModel,
      body: input.body,
      signal: input.signal,
      requestId: input.requestId,
    })
  } catch (error) {
    const failed = failedOutcome(error, input.signal, noUsage, null)
    await settleCall(gateway.platform, caller, call, failed.outcome)
    throw failed.error
  }
  const usage = result.usage ?? { ...noUsage, promptTokens: estimateTokens(JSON.stringify(input.body.input)) }
  const outcome = { usage, status: 'ok', errorCode: null, timeToFirstTokenMs: null } as const
  return { result, receipt: await settleCall(gateway.platform, caller, call, outcome) }
}
