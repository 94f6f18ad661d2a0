/** US dollars per million tokens, as decimals. Absent cache rates are those of plain input. */
export interface Rates {
  readonly input: string
  readonly output: string
  readonly cached?: string
  readonly cacheWrite?: string
  /** For what is kept for an hour. */
  readonly cacheWriteHour?: string
}

/** One model of a provider's price list. */
export interface PriceRow extends Rates {
  readonly name: string
  readonly contextTokens: number
  readonly maxOutputTokens: number
  /** Rates of the whole call once its input is longer than `aboveTokens`. */
  readonly longContext?: Rates & { readonly aboveTokens: number }
  readonly imageTokensBound?: number
}
