import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import type { Nanos } from '../../../platform/money.ts'
import type { GuardrailVerdict } from '../../ledger/index.ts'
import type { EmbedResult } from '../adapters/provider.ts'
import type { EmbeddingsRequest } from '../contract.ts'
import type { Gateway } from '../gateway.ts'
import { authorizeCall } from '../metered-call.ts'
import { failedOutcome, noUsage } from '../outcome.ts'
import { boundEmbeddingCall } from '../rules/bound-call.ts'
import { freePrice } from '../rules/catalogue-data.ts'
import { estimateTokens } from '../rules/estimate-tokens.ts'
import { createRun } from '../run.ts'
import { type Receipt, settleCall } from '../settle-call.ts'
import { type Route, resolveRoute } from './resolve-route.ts'

/** Embeds texts, authorized before and settled after. @throws budget_exceeded (402) and the provider's failures */
export async function embedTexts(
  gateway: Gateway,
  caller: Caller,
  input: {
    requestId: string
    body: EmbeddingsRequest
    /** Absent where the caller has no choice of model, so that no policy has one either. */
    route?: Route
    tag: string | null
    /** What guards found in the texts. */
    guardrails?: readonly GuardrailVerdict[]
    /** What vectors that were kept had cost, of texts that are not asked for again. */
    savedNanos?: Nanos
    /** Takes headers that the answer is to have. */
    tell?: ((headers: Readonly<Record<string, string>>) => void) | undefined
    signal: AbortSignal
  },
): Promise<{ result: EmbedResult; receipt: Receipt }> {
  requirePermission(caller, 'use:models')
  const wanted = { model: input.body.model, kind: 'embedding', isImposed: true } as const
  const route = input.route ?? (await resolveRoute(gateway, caller, wanted))
  // One deployment and no fallback: vectors of another model cannot be compared with those that are there.
  const [{ deployment, keys }] = route.candidates
  const isCounted = keys.some(({ countsInBudgets }) => countsInBudgets)
  const price = isCounted ? deployment.price : freePrice('own-key')
  const bound = boundEmbeddingCall(input.body, { ...deployment, price })
  const call = await authorizeCall(gateway.platform, caller, {
    requestId: input.requestId,
    purpose: 'embedding',
    deployment,
    tag: input.tag,
    bound,
    mayShorten: false,
    isImposed: input.route === undefined,
  })
  if (call.admitted) input.tell?.(call.admitted.headers)
  const { signal, guardrails, savedNanos } = input
  const run = createRun(gateway, caller, { route, call, boundAt: () => ({ bound, price }), signal })
  let result: EmbedResult
  try {
    result = await run.attempt((attempt) =>
      attempt.provider.embed({
        deploymentModel: deployment.deploymentModel,
        body: input.body,
        signal: attempt.signal,
        requestId: input.requestId,
      }),
    )
  } catch (error) {
    const failed = failedOutcome(error, signal, noUsage, null)
    await settleCall(gateway.platform, caller, run.call(), {
      ...failed.outcome,
      route: run.route(),
      ...(guardrails ? { guardrails } : {}),
    })
    throw failed.error
  }
  run.end({ timeToFirstTokenMs: null })
  const usage = result.usage ?? { ...noUsage, promptTokens: estimateTokens(JSON.stringify(input.body.input)) }
  const outcome = {
    usage,
    status: 'ok',
    errorCode: null,
    timeToFirstTokenMs: null,
    route: run.route(),
    ...(guardrails ? { guardrails } : {}),
    ...(savedNanos === undefined ? {} : { savedNanos }),
  } as const
  return { result, receipt: await settleCall(gateway.platform, caller, call, outcome) }
}
