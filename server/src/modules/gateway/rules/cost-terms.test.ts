import { expect, test } from 'vitest'
import { costTerms } from './cost-terms.ts'
import { type ModelPrice, priceCall } from './price-call.ts'

const rates = {
  inputNanosPerMillion: 3_000_000_000n,
  cachedInputNanosPerMillion: 300_000_000n,
  cacheWriteNanosPerMillion: 3_750_000_000n,
  cacheWriteHourNanosPerMillion: 6_000_000_000n,
  outputNanosPerMillion: 15_000_000_000n,
}
const price: ModelPrice = {
  version: 'test',
  ...rates,
  longContext: { aboveTokens: 200_000, ...rates, inputNanosPerMillion: 6_000_000_000n },
}

const usages = [
  { promptTokens: 100, cachedTokens: 0, completionTokens: 10 },
  {
    promptTokens: 333,
    cachedTokens: 33,
    completionTokens: 1,
    cacheWriteTokens: 200,
    cacheWriteHourTokens: 50,
  },
  { promptTokens: 200_001, cachedTokens: 5, completionTokens: 10, feesNanos: 10_000_000n },
  { promptTokens: 10, cachedTokens: 50, completionTokens: 0, cacheWriteTokens: 50 },
]

test('the terms with the three rates say the whole price, to the millionth of a nano-dollar', () => {
  for (const usage of usages) {
    const terms = costTerms(usage, price)
    const written = (terms?.cacheWrite?.tokens ?? 0) + (terms?.cacheWriteHour?.tokens ?? 0)
    const cached = Math.min(usage.cachedTokens, usage.promptTokens)
    const { longInput } = terms ?? {}
    const sum =
      BigInt(usage.promptTokens - cached - written) *
        BigInt(longInput?.inputNanosPerMillion ?? price.inputNanosPerMillion) +
      BigInt(cached) * BigInt(longInput?.cachedInputNanosPerMillion ?? price.cachedInputNanosPerMillion) +
      BigInt(terms?.cacheWrite?.tokens ?? 0) * BigInt(terms?.cacheWrite?.nanosPerMillion ?? 0) +
      BigInt(terms?.cacheWriteHour?.tokens ?? 0) * BigInt(terms?.cacheWriteHour?.nanosPerMillion ?? 0) +
      BigInt(usage.completionTokens) * BigInt(longInput?.outputNanosPerMillion ?? price.outputNanosPerMillion)
    expect((sum + 500_000n) / 1_000_000n + BigInt(terms?.feesNanos ?? 0)).toBe(priceCall(usage, price))
  }
})

test('a plain call has none: its record says it all', () => {
  expect(costTerms({ promptTokens: 100, cachedTokens: 20, completionTokens: 10 }, price)).toBeNull()
})
