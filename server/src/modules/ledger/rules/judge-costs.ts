import type { Nanos } from '../../../platform/money.ts'

/**
 * `agrees`: within a hundredth. `lower`: priced below what the provider reports, so that money is lost. `higher`: above it.
 * `own_price`: an operator's own price, which is not meant to agree, and covers what the provider reports.
 */
export type CostVerdict = 'agrees' | 'lower' | 'higher' | 'own_price'

/** A hundredth: rounding, and prices that changed in the middle of a day. */
const tolerancePerMille = 10n

export interface ComparedCosts {
  /** What the calls were priced at, and what of it is the operator's margin. */
  readonly computedNanos: Nanos
  readonly marginNanos: Nanos
  readonly reportedNanos: Nanos
}

/** The part of a cost that a margin added, by the version of its price: `…+20%` is a fifth on top. */
export function marginOf(priceVersion: string, computedNanos: Nanos): Nanos {
  const percent = /\+(\d+(?:\.\d{1,2})?)%$/.exec(priceVersion)?.[1]
  if (percent === undefined) return 0n
  const hundredths = BigInt(Math.round(Number(percent) * 100))
  return computedNanos - (computedNanos * 10_000n) / (10_000n + hundredths)
}

export function judgeCosts(
  { computedNanos, marginNanos, reportedNanos }: ComparedCosts,
  priceVersion: string,
): CostVerdict {
  const difference = computedNanos - marginNanos - reportedNanos
  const size = difference < 0n ? -difference : difference
  if (size * 1_000n <= reportedNanos * tolerancePerMille) return 'agrees'
  if (difference < 0n) return 'lower'
  return priceVersion.startsWith('operator') ? 'own_price' : 'higher'
}
