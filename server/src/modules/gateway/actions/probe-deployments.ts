import { newId } from '../../../platform/ids.ts'
import { ProviderError } from '../adapters/provider-error.ts'
import type { Gateway } from '../gateway.ts'
import { deploymentKey, type ModelDeployment } from '../rules/catalogue.ts'
import { judgeFailure } from '../rules/judge-failure.ts'

const probeTimeoutMs = 30_000

/**
 * Asks the deployments whose breaker waits for a call to decide, so that nobody's call has to: with a word, for one token.
 * Only those that cost nothing, unless the operator allows all: it would be theirs to pay. Never rejects.
 * @returns how many were asked
 */
export async function probeDeployments(gateway: Gateway): Promise<number> {
  const allowed = gateway.platform.config.FREEHOLD_MODEL_PROBES
  if (allowed === 'off') return 0
  const waiting = gateway.health.waitingForProbe()
  const asked = gateway
    .directory()
    .deployments.filter((one) => waiting.has(deploymentKey(one)) && (allowed === 'all' || isFree(one)))
  await Promise.all(asked.map((one) => probe(gateway, one)))
  return asked.length
}

function isFree({ price }: ModelDeployment): boolean {
  return price.inputNanosPerMillion === 0n && price.outputNanosPerMillion === 0n
}

async function probe(gateway: Gateway, deployment: ModelDeployment): Promise<void> {
  const { clock, logger } = gateway.platform
  const key = deploymentKey(deployment)
  const startedAtMs = clock.now().getTime()
  const end = gateway.health.begin(key)
  const timings = () => ({ latencyMs: clock.now().getTime() - startedAtMs, timeToFirstTokenMs: null })
  try {
    await send(gateway, deployment)
    end({ verdict: 'well', errorClass: null, ...timings() })
    logger.info({ deployment: key }, 'a model that had failed answers again')
  } catch (error) {
    const failure = error instanceof ProviderError ? error : undefined
    const verdict = failure ? judgeFailure(failure).deployment : 'sick'
    end({ verdict, errorClass: failure?.kind ?? 'timeout', ...timings() })
  }
}

async function send(gateway: Gateway, deployment: ModelDeployment): Promise<void> {
  const { deploymentModel } = deployment
  const provider = gateway.providerOf(deployment)
  const call = { deploymentModel, signal: AbortSignal.timeout(probeTimeoutMs), requestId: newId() }
  if (deployment.kind === 'embedding') {
    await provider.embed({ ...call, body: { model: deployment.id, input: 'ping' } })
    return
  }
  const messages = [{ role: 'user' as const, content: 'ping' }]
  await provider.chat({ ...call, body: { model: deployment.id, messages }, maxOutputTokens: 1 })
}
