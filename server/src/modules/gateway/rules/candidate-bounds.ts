import type { Nanos } from '../../../platform/money.ts'
import { affordOutputTokens, type CallBound } from './bound-call.ts'
import { type ModelPrice, ratesFor } from './price-call.ts'

/** What a call may cost at one of the deployments that may answer it. */
export interface PricedBound {
  readonly bound: CallBound
  readonly price: ModelPrice
}

/** The bound of a call that any of several may answer: no call within it costs more at whichever does. At least one. */
export function boundOfAll(candidates: readonly PricedBound[]): CallBound {
  return candidates
    .map(({ bound }) => bound)
    .reduce((all, one) => ({
      inputTokensBound: Math.max(all.inputTokensBound, one.inputTokensBound),
      outputTokensCap: Math.max(all.outputTokensCap, one.outputTokensCap),
      costNanosBound: all.costNanosBound > one.costNanosBound ? all.costNanosBound : one.costNanosBound,
    }))
}

/** The largest output cap that `availableNanos` pays for at each of them; 0 when at one not even the input is covered. */
export function affordAtAll(candidates: readonly PricedBound[], availableNanos: Nanos): number {
  const cap = boundOfAll(candidates).outputTokensCap
  return candidates
    .filter(({ bound }) => bound.costNanosBound > availableNanos)
    .reduce(
      (least, { bound, price }) => Math.min(least, affordOutputTokens(bound, price, availableNanos)),
      cap,
    )
}

/** What the dearest of them can cost with at most so many output tokens, rounded up as its bound is. */
export function costAtCap(candidates: readonly PricedBound[], outputTokensCap: number): Nanos {
  let dearest = 0n
  for (const { bound, price } of candidates) {
    const fewer = BigInt(Math.max(0, bound.outputTokensCap - outputTokensCap))
    const rates = ratesFor(bound.inputTokensBound, price)
    const cost = bound.costNanosBound - (fewer * rates.outputNanosPerMillion) / 1_000_000n
    if (cost > dearest) dearest = cost
  }
  return dearest
}
