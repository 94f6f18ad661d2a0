/**
 * A circuit breaker, as a value. States: closed (calls go through) → open (none do, until `untilMs`) → half-open (one
 * goes through and decides) → closed or open again, twice as long.
 */
export type Breaker =
  | { readonly state: 'closed'; readonly failuresInRow: number; readonly sinceMs: number | null }
  | { readonly state: 'open'; readonly untilMs: number; readonly openForMs: number; readonly sinceMs: number }
  | {
      readonly state: 'half_open'
      /** Whether the call that decides is under way, and until when it is waited for. */
      readonly probingUntilMs: number | null
      readonly openForMs: number
      readonly sinceMs: number
    }

export interface BreakerLimits {
  readonly failuresInRow: number
  /** Opens too when of at least `leastCalls` in the window so many failed. */
  readonly errorRate: number
  readonly leastCalls: number
  readonly openForMs: number
  readonly longestOpenMs: number
  /** A probe that has not ended by then is as if it had never been. */
  readonly probeMs: number
}

export const breakerLimits: BreakerLimits = {
  failuresInRow: 3,
  errorRate: 0.5,
  leastCalls: 20,
  openForMs: 10_000,
  longestOpenMs: 300_000,
  probeMs: 120_000,
}

export const closed: Breaker = { state: 'closed', failuresInRow: 0, sinceMs: null }

/** The breaker as it is now: an open one whose time is over is half-open. */
export function breakerAt(breaker: Breaker, nowMs: number): Breaker {
  if (breaker.state === 'open' && nowMs >= breaker.untilMs) {
    const { openForMs, sinceMs } = breaker
    return { state: 'half_open', probingUntilMs: null, openForMs, sinceMs }
  }
  if (breaker.state === 'half_open' && breaker.probingUntilMs !== null && nowMs >= breaker.probingUntilMs)
    return { ...breaker, probingUntilMs: null }
  return breaker
}

export function letsThrough(breaker: Breaker, nowMs: number): boolean {
  const now = breakerAt(breaker, nowMs)
  return now.state === 'closed' || (now.state === 'half_open' && now.probingUntilMs === null)
}

/** A call begins. Only for one that is let through. */
export function afterBegin(breaker: Breaker, nowMs: number, limits = breakerLimits): Breaker {
  const now = breakerAt(breaker, nowMs)
  return now.state === 'half_open' ? { ...now, probingUntilMs: nowMs + limits.probeMs } : now
}

/** A call ended well, or in a way that says the deployment is there. */
export function afterSuccess(breaker: Breaker, nowMs: number): Breaker {
  if (breaker.state === 'closed' && breaker.failuresInRow === 0) return breaker
  // One that began before it opened ends well: what opened it happened since.
  if (breakerAt(breaker, nowMs).state === 'open') return breaker
  return { state: 'closed', failuresInRow: 0, sinceMs: breaker.state === 'closed' ? breaker.sinceMs : nowMs }
}

/** A call ended in a way that tells neither: who probed steps back, for another to try. */
export function afterNothingLearnt(breaker: Breaker): Breaker {
  return breaker.state === 'half_open' ? { ...breaker, probingUntilMs: null } : breaker
}

/** @param window the calls of the last minutes, this one included */
export function afterFailure(
  breaker: Breaker,
  nowMs: number,
  window: { readonly calls: number; readonly failures: number },
  limits = breakerLimits,
): Breaker {
  const now = breakerAt(breaker, nowMs)
  if (now.state === 'open') return now
  if (now.state === 'half_open') return opened(nowMs, Math.min(now.openForMs * 2, limits.longestOpenMs))
  const failuresInRow = now.failuresInRow + 1
  const tooMany = window.calls >= limits.leastCalls && window.failures / window.calls >= limits.errorRate
  if (failuresInRow >= limits.failuresInRow || tooMany) return opened(nowMs, limits.openForMs)
  return { ...now, failuresInRow }
}

function opened(nowMs: number, openForMs: number): Breaker {
  return { state: 'open', untilMs: nowMs + openForMs, openForMs, sinceMs: nowMs }
}
