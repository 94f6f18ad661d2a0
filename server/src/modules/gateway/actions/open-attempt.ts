import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { ProviderError } from '../adapters/provider-error.ts'
import type { Gateway } from '../gateway.ts'
import type { ProviderKey } from '../key-pool.ts'
import { updateProviderKey } from '../provider-key-store.ts'
import { judgeFailure } from '../rules/judge-failure.ts'
import type { Candidate } from './resolve-route.ts'

/** A deployment and a key that a call may be sent to now. */
export interface OpenAttempt {
  readonly candidate: Candidate
  readonly key: ProviderKey
  readonly startedAtMs: number
  /** Tells breaker and key pool how it ended. To be called once. */
  close(end: AttemptClose): void
}

export interface AttemptClose {
  /** What was thrown; absent where it went well. */
  readonly error?: unknown
  /** `own_limit`: the caller's own limit ended it. `caller_gone`: its caller left. */
  readonly cause?: 'own_limit' | 'caller_gone' | undefined
  readonly timeToFirstTokenMs: number | null
}

export interface ClosedDoor {
  readonly reason: 'breaker_open' | 'keys_limited' | 'keys_refused'
  readonly error: ProviderError
}

/**
 * A place at a deployment: its breaker lets the call through, and one of the keys may be used.
 *
 * A breaker is everybody's, so what opens it must not be in one organization's hands: a wait that an organization has
 * limited for itself counts in a breaker of its own, beside that of all.
 * @param isLastResort no other deployment is left to try
 */
export async function openAttempt(
  gateway: Gateway,
  caller: Caller,
  candidate: Candidate,
  isLastResort: boolean,
): Promise<OpenAttempt | ClosedDoor> {
  const { health, keyPool, platform } = gateway
  const { key: name, keys, timeoutMs } = candidate
  const ownName = timeoutMs === null ? undefined : ownBreakerOf(caller, candidate)
  const shut = [name, ...(ownName === undefined ? [] : [ownName])].find((one) => !health.letsThrough(one))
  if (shut !== undefined) return closed(candidate, 'breaker_open', health.retryAfterMs(shut))
  const taken = await keyPool.take(keys, name, isLastResort)
  if (taken.key === undefined) return closed(candidate, taken.why, taken.retryAfterMs)
  const { key } = taken
  const startedAtMs = platform.clock.now().getTime()
  const end = health.begin(name)
  const ownEnd = ownName === undefined ? undefined : health.begin(ownName)
  return {
    candidate,
    key,
    startedAtMs,
    close({ error, cause, timeToFirstTokenMs }) {
      const failure = error instanceof ProviderError ? error : undefined
      const judgement = failure ? judgeFailure(failure) : undefined
      const isUnknown = cause === 'caller_gone' || (error !== undefined && !failure)
      const verdict = isUnknown ? 'nothing' : (judgement?.deployment ?? 'well')
      const latencyMs = platform.clock.now().getTime() - startedAtMs
      const told = { latencyMs, timeToFirstTokenMs, errorClass: failure?.kind ?? null }
      end({ ...told, verdict: cause === 'own_limit' ? 'nothing' : verdict })
      ownEnd?.({ ...told, verdict })
      if (isUnknown || cause === 'own_limit') return
      keyPool.report(key, name, judgement?.key ?? 'good', failure?.retryAfterMs ?? null)
      if (judgement?.key === 'refused' && failure) void noteRefusal(gateway, caller, key, failure)
    },
  }
}

/** Whether a call could be sent there now, as far as breakers go. */
export function isStanding({ health }: Gateway, caller: Caller, candidate: Candidate): boolean {
  return (
    health.letsThrough(candidate.key) &&
    (candidate.timeoutMs === null || health.letsThrough(ownBreakerOf(caller, candidate)))
  )
}

/** How long until one of them may be tried again. */
export function standsAgainInMs({ health }: Gateway, caller: Caller, candidate: Candidate): number {
  return Math.max(
    health.retryAfterMs(candidate.key),
    candidate.timeoutMs === null ? 0 : health.retryAfterMs(ownBreakerOf(caller, candidate)),
  )
}

function ownBreakerOf({ organizationId }: Caller, { key, timeoutMs }: Candidate): string {
  return `${organizationId}@${timeoutMs}:${key}`
}

function closed({ deployment }: Candidate, reason: ClosedDoor['reason'], retryAfterMs: number): ClosedDoor {
  const { providerId, id } = deployment
  const kinds = {
    breaker_open: 'unavailable',
    keys_limited: 'rate_limited',
    keys_refused: 'authentication',
  } as const
  const messages = {
    breaker_open: `The model '${id}' has failed several times in a row and is not asked for a while.`,
    keys_limited: `The provider '${providerId}' is limiting the rate of calls; try again shortly.`,
    keys_refused: `The provider '${providerId}' refuses every key there is for it. Whoever set them up has to check them.`,
  }
  return {
    reason,
    error: new ProviderError({ kind: kinds[reason], providerId, message: messages[reason], retryAfterMs }),
  }
}

/** Puts an organization's own key away until somebody looks at it. Never rejects. */
async function noteRefusal(
  gateway: Gateway,
  caller: Caller,
  key: ProviderKey,
  { message }: ProviderError,
): Promise<void> {
  const { organizationId } = caller
  if (key.paidBy !== 'organization' || organizationId === null) return
  try {
    await withTenant(gateway.platform, caller, ({ tx, now }) =>
      updateProviderKey(tx, key.id, { problem: message, problemAt: now }),
    )
    await gateway.routingChanged(organizationId)
  } catch (error) {
    gateway.platform.logger.error(
      { err: error, providerKeyId: key.id },
      'a refused provider key could not be put away',
    )
  }
}
