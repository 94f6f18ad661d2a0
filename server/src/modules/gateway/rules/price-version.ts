import type { TokenRates } from './price-call.ts'

/** The name of a price that nobody dated: its own rates, so that the same price has one name on every node. */
export function versionOf(source: 'list' | 'operator', rates: TokenRates): string {
  const parts = [
    rates.inputNanosPerMillion,
    rates.cachedInputNanosPerMillion,
    rates.cacheWriteNanosPerMillion,
    rates.outputNanosPerMillion,
  ]
  return `${source}-${parts.map((nanos) => nanos.toString(36)).join('.')}`
}
