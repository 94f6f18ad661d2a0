import type { ProviderUsage } from '../adapters/provider.ts'

/** Nano-dollars per million tokens. */
export interface TokenRates {
  readonly inputNanosPerMillion: bigint
  /** For input tokens the provider read from its prompt cache. */
  readonly cachedInputNanosPerMillion: bigint
  /** For input tokens the provider wrote to its prompt cache. */
  readonly cacheWriteNanosPerMillion: bigint
  /** For those it keeps for an hour; absent where it charges no more for them. */
  readonly cacheWriteHourNanosPerMillion?: bigint
  readonly outputNanosPerMillion: bigint
}

export interface ModelPrice extends TokenRates {
  /** Names the price list, and so what was in force: a date for the built-in one. */
  readonly version: string
  /** Rates for the whole call once its input is longer than `aboveTokens`; null where the provider has one rate. */
  readonly longContext: (TokenRates & { readonly aboveTokens: number }) | null
}

export type PricedUsage = Pick<
  ProviderUsage,
  | 'promptTokens'
  | 'cachedTokens'
  | 'cacheWriteTokens'
  | 'cacheWriteHourTokens'
  | 'completionTokens'
  | 'feesNanos'
>

const million = 1_000_000n

/**
 * What a call cost, in nano-dollars: the sum of tokens times rate over all parts, divided once, rounded half up on the
 * total. One rounding keeps the error under half a nano-dollar a call; rounding each part would not.
 * Reasoning tokens are output tokens and priced as such. Token counts are whole and not negative.
 */
export function priceCall(usage: PricedUsage, price: ModelPrice): bigint {
  const rates = ratesFor(usage.promptTokens, price)
  // A provider whose parts exceed the whole is not paid twice for a token.
  const cached = Math.min(usage.cachedTokens, usage.promptTokens)
  const written = Math.min(usage.cacheWriteTokens ?? 0, usage.promptTokens - cached)
  const forAnHour = Math.min(usage.cacheWriteHourTokens ?? 0, written)
  const plain = usage.promptTokens - cached - written
  const total =
    BigInt(plain) * rates.inputNanosPerMillion +
    BigInt(cached) * rates.cachedInputNanosPerMillion +
    BigInt(written - forAnHour) * rates.cacheWriteNanosPerMillion +
    BigInt(forAnHour) * (rates.cacheWriteHourNanosPerMillion ?? rates.cacheWriteNanosPerMillion) +
    BigInt(usage.completionTokens) * rates.outputNanosPerMillion
  return (total + million / 2n) / million + (usage.feesNanos ?? 0n)
}

/** The rates in force for a call of that many input tokens. */
export function ratesFor(promptTokens: number, price: ModelPrice): TokenRates {
  const { longContext } = price
  return longContext && promptTokens > longContext.aboveTokens ? longContext : price
}
