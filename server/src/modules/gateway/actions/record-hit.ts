import type { Caller } from '../../../platform/context.ts'
import type { CalledWith, CallOutcome } from '../describe-call.ts'
import type { Gateway } from '../gateway.ts'
import { authorizeCall } from '../metered-call.ts'
import { noUsage } from '../outcome.ts'
import type { ModelDeployment } from '../rules/catalogue.ts'
import { freePrice } from '../rules/catalogue-data.ts'
import { type Receipt, settleCall } from '../settle-call.ts'

/**
 * Records a call that was answered with what is kept: it cost nothing and used nothing, and counts among the requests.
 * @throws limits.rate_limit_exceeded (429)
 */
export async function recordHit(
  gateway: Gateway,
  caller: Caller,
  call: {
    requestId: string
    purpose: 'chat' | 'message' | 'embedding' | 'assistant'
    deployment: ModelDeployment
    tag: string | null
    prompt?: CalledWith | undefined
    tell?: ((headers: Readonly<Record<string, string>>) => void) | undefined
  },
  given: Pick<CallOutcome, 'savedNanos' | 'guardrails'> & { cache: 'hit' | 'shared' },
): Promise<Receipt> {
  const { tell, ...described } = call
  const metered = await authorizeCall(gateway.platform, caller, {
    ...described,
    deployment: { ...call.deployment, price: freePrice('kept') },
    bound: { inputTokensBound: 0, outputTokensCap: 0, costNanosBound: 0n },
    mayShorten: false,
  })
  if (metered.admitted) tell?.(metered.admitted.headers)
  return settleCall(gateway.platform, caller, metered, {
    usage: noUsage,
    status: 'ok',
    errorCode: null,
    timeToFirstTokenMs: null,
    ...given,
  })
}
