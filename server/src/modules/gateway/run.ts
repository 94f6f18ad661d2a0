import type { Caller } from '../../platform/context.ts'
import type { Nanos } from '../../platform/money.ts'
import type { CallAttempt } from '../ledger/index.ts'
import { type OpenAttempt, openAttempt } from './actions/open-attempt.ts'
import { attemptOf, type Candidate, type Route } from './actions/resolve-route.ts'
import type { Provider, ProviderUsage } from './adapters/provider.ts'
import { ProviderError } from './adapters/provider-error.ts'
import type { CallRoute } from './describe-call.ts'
import type { Gateway } from './gateway.ts'
import { type MeteredCall, moveCall } from './metered-call.ts'
import { costAtCap, type PricedBound } from './rules/candidate-bounds.ts'
import { judgeFailure } from './rules/judge-failure.ts'
import { priceCall } from './rules/price-call.ts'

/** One attempt at a deployment, as the work of it sees it. */
export interface Attempt {
  readonly provider: Provider
  readonly candidate: Candidate
  /** Held at what this deployment can cost. */
  readonly call: MeteredCall
  /** Whether another deployment would be tried if this one failed. */
  readonly hasNext: boolean
  /** Fires when the caller leaves, and when the first byte is late. */
  readonly signal: AbortSignal
  /** To be called with the first byte: from then on it is not late. */
  begun(): void
}

/**
 * The attempts of one call at the deployments of its route.
 *
 * States: waiting → trying (one deployment at a time) → answering (its first byte came, or its whole answer) → ended. A
 * failure while trying goes on to the next key or deployment as long as attempts, time and money last; one while answering
 * ends the run. Invariants: the call is held, in the budgets of the model that is tried, at what that can cost beside what
 * attempts have cost already; each attempt is told to the breaker and the key pool once.
 */
export interface Run {
  /**
   * Goes from deployment to deployment until `work` has an answer. What `work` throws it throws before the caller was
   * handed anything. @throws the last failure
   */
  attempt<T>(work: (attempt: Attempt) => Promise<T>): Promise<T>
  /** The answer that an attempt gave has ended: well, or by what was thrown, or because its caller left. */
  end(ending: { error?: unknown; isCallerGone?: boolean; timeToFirstTokenMs: number | null }): void
  /** The call, held at the deployment that was tried last. */
  call(): MeteredCall
  route(): CallRoute
}

export interface RunInput {
  readonly route: Route
  readonly call: MeteredCall
  /** What the call can cost at a deployment. */
  boundAt(candidate: Candidate): PricedBound
  readonly signal: AbortSignal
}

export function createRun(gateway: Gateway, caller: Caller, input: RunInput): Run {
  const { route, signal } = input
  const { platform } = gateway
  const attempts: CallAttempt[] = [...route.skipped]
  const lane = { paidBy: 'installation' as CallRoute['paidBy'], countsInBudgets: true }
  let call = input.call
  let spentNanos = 0n
  let uncountedNanos = 0n
  let answering: OpenAttempt | undefined
  const nowMs = () => platform.clock.now().getTime()

  /** @returns whether the budgets bear the call there */
  async function hold(candidate: Candidate): Promise<boolean> {
    const priced = input.boundAt(candidate)
    const { deployment } = candidate
    const outputTokensCap = Math.min(priced.bound.outputTokensCap, input.call.outputTokensCap)
    const costNanosBound = costAtCap([priced], outputTokensCap) + spentNanos - uncountedNanos
    if (deployment.id === call.deployment.id && costNanosBound <= call.heldNanos) {
      call = { ...call, deployment, outputTokensCap }
      return true
    }
    try {
      const bound = { ...priced.bound, outputTokensCap, costNanosBound }
      call = await moveCall(platform, caller, call, deployment, bound)
      return true
    } catch (error) {
      platform.logger.info({ err: error, requestId: call.requestId }, 'no budget for another deployment')
      return false
    }
  }

  function record(
    one: OpenAttempt,
    outcome: 'answered' | 'failed',
    reason: string | null,
    cost: Nanos,
  ): void {
    const latencyMs = nowMs() - one.startedAtMs
    const costNanos = cost.toString()
    attempts.push({ ...attemptOf(one.candidate.deployment, ''), outcome, reason, latencyMs, costNanos })
  }

  function spend({ key, candidate }: OpenAttempt, usage: ProviderUsage | null): Nanos {
    if (!usage) return 0n
    const cost = priceCall(usage, candidate.deployment.price)
    spentNanos += cost
    if (!key.countsInBudgets) uncountedNanos += cost
    return cost
  }

  /** Why a candidate is not worth an attempt any more. */
  function limitOf({ deployment }: Candidate, tried: number, tooShort: number | null): string | undefined {
    if (tried >= route.maxAttempts) return 'attempts_used_up'
    if (tried > 0 && nowMs() - input.call.startedAtMs >= route.totalTimeoutMs) return 'time_used_up'
    const { contextTokens } = deployment
    return tooShort !== null && contextTokens !== null && contextTokens <= tooShort
      ? 'context_no_longer'
      : undefined
  }

  return {
    async attempt(work) {
      const waiting: Candidate[] = [...route.candidates]
      /** Left out because their keys rest: asked when nothing else is left. */
      const resting: Candidate[] = []
      const next = () => waiting.shift() ?? resting.shift()
      const asked = new Set<Candidate>()
      let failure: ProviderError | undefined
      let tried = 0
      let tooShort: number | null = null
      for (let candidate = next(); candidate; candidate = next()) {
        const { deployment } = candidate
        const limit = limitOf(candidate, tried, tooShort)
        if (limit !== undefined) {
          attempts.push(attemptOf(deployment, limit))
          continue
        }
        const isLastResort = waiting.length === 0 && !asked.has(candidate)
        const one = await openAttempt(gateway, caller, candidate, isLastResort)
        if ('reason' in one) {
          attempts.push(attemptOf(deployment, one.reason))
          failure ??= one.error
          if (one.reason === 'keys_limited' && !isLastResort && !asked.has(candidate)) resting.push(candidate)
          continue
        }
        asked.add(candidate)
        if ((tried > 0 || deployment !== input.call.deployment) && !(await hold(candidate))) {
          one.close({ cause: 'caller_gone', timeToFirstTokenMs: null })
          attempts.push(attemptOf(deployment, 'budget'))
          continue
        }
        tried += 1
        lane.paidBy = one.key.paidBy
        lane.countsInBudgets = one.key.countsInBudgets
        const hasNext = tried < route.maxAttempts && waiting.length + resting.length > 0
        const late = timeFirstByte(candidate, signal)
        try {
          const { provider } = one.key
          const attempt = { provider, candidate, call, hasNext, signal: late.signal, begun: late.stop }
          const answer = await work(attempt)
          answering = one
          return answer
        } catch (thrown) {
          const isLate = late.signal.aborted && !signal.aborted
          const error = isLate ? late.signal.reason : thrown
          const isCallerGone = signal.aborted
          const cause = isLate ? 'own_limit' : isCallerGone ? 'caller_gone' : undefined
          one.close({ error, cause, timeToFirstTokenMs: null })
          const known = error instanceof ProviderError && !isCallerGone ? error : undefined
          const verdict = known && judgeFailure(known)
          // Another key of the same provider may be let through.
          if (known && verdict?.key !== 'good' && candidate.keys.length > 1) waiting.unshift(candidate)
          const isLast = tried >= route.maxAttempts || waiting.length + resting.length === 0
          if (!known || !verdict?.tryNext || isLast) {
            record(one, 'failed', known?.kind ?? (isCallerGone ? 'caller_gone' : 'internal'), 0n)
            for (const left of waiting) attempts.push(attemptOf(left.deployment, 'not_tried'))
            throw error
          }
          record(one, 'failed', known.kind, spend(one, known.spent))
          // What it charged is kept above: who ends the call must not charge it again.
          failure = known.spent ? withoutSpent(known) : known
          if (known.kind === 'context_too_long') tooShort = deployment.contextTokens ?? tooShort
        } finally {
          late.stop()
        }
      }
      throw failure ?? new Error('A route has no candidate.')
    },

    end({ error, isCallerGone = false, timeToFirstTokenMs }) {
      const one = answering
      answering = undefined
      if (!one) return
      one.close({ error, cause: isCallerGone ? 'caller_gone' : undefined, timeToFirstTokenMs })
      const reason = isCallerGone ? 'caller_gone' : error instanceof ProviderError ? error.kind : null
      record(one, 'answered', reason, 0n)
    },

    call: () => call,

    route() {
      const isPlain = route.alias === null && route.candidates.length === 1 && attempts.length <= 1
      return {
        alias: route.alias,
        fallback: attempts.some(({ outcome }) => outcome === 'answered') && attempts.some(isPassedOver),
        attempts: isPlain ? [] : attempts,
        ...lane,
        spentNanos,
        uncountedNanos,
      }
    },
  }
}

/** Stood before the one that answered, and would have been preferred. */
function isPassedOver({ outcome, reason }: CallAttempt): boolean {
  return outcome === 'failed' || (outcome === 'skipped' && passedOver.has(reason))
}

const passedOver: ReadonlySet<string | null> = new Set([
  'breaker_open',
  'keys_limited',
  'keys_refused',
  'budget',
  'context_no_longer',
])

/** Fires when the caller leaves, and when the first byte is later than the route allows. */
function timeFirstByte(
  { deployment, timeoutMs }: Candidate,
  caller: AbortSignal,
): { signal: AbortSignal; stop: () => void } {
  if (timeoutMs === null) return { signal: caller, stop: () => {} }
  const late = new AbortController()
  const { providerId } = deployment
  const message = `The provider '${providerId}' did not answer within the ${timeoutMs} ms that the route allows.`
  const reason = new ProviderError({ kind: 'timeout', providerId, message })
  const timer = setTimeout(() => late.abort(reason), timeoutMs)
  return { signal: AbortSignal.any([caller, late.signal]), stop: () => clearTimeout(timer) }
}

function withoutSpent(error: ProviderError): ProviderError {
  const { kind, providerId, message, status, retryAfterMs, param, cause } = error
  return new ProviderError({ kind, providerId, message, status, retryAfterMs, param, cause })
}
