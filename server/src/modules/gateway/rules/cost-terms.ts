import type { CostTerms } from '../../ledger/index.ts'
import { type ModelPrice, type PricedUsage, ratesFor } from './price-call.ts'

/**
 * What the arithmetic of a call has beside its tokens at the price's three rates: what it wrote to the provider's cache,
 * fees, and the rates of a long input. Null for most calls, whose record says it all.
 */
export function costTerms(usage: PricedUsage, price: ModelPrice): CostTerms | null {
  const rates = ratesFor(usage.promptTokens, price)
  const cached = Math.min(usage.cachedTokens, usage.promptTokens)
  const written = Math.min(usage.cacheWriteTokens ?? 0, usage.promptTokens - cached)
  const forAnHour = Math.min(usage.cacheWriteHourTokens ?? 0, written)
  const fees = usage.feesNanos ?? 0n
  const isLong = rates !== price
  if (written === 0 && fees === 0n && !isLong) return null
  const hourRate = rates.cacheWriteHourNanosPerMillion ?? rates.cacheWriteNanosPerMillion
  return {
    ...(isLong
      ? {
          longInput: {
            inputNanosPerMillion: rates.inputNanosPerMillion.toString(),
            cachedInputNanosPerMillion: rates.cachedInputNanosPerMillion.toString(),
            outputNanosPerMillion: rates.outputNanosPerMillion.toString(),
          },
        }
      : {}),
    ...(written > forAnHour
      ? {
          cacheWrite: {
            tokens: written - forAnHour,
            nanosPerMillion: rates.cacheWriteNanosPerMillion.toString(),
          },
        }
      : {}),
    ...(forAnHour > 0 ? { cacheWriteHour: { tokens: forAnHour, nanosPerMillion: hourRate.toString() } } : {}),
    ...(fees > 0n ? { feesNanos: fees.toString() } : {}),
  }
}
