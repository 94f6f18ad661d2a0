/** What of a call a budget can name. */
export type BudgetPart = 'member' | 'apiKey' | 'serviceAccount' | 'project' | 'model' | 'tag'

/** A budget that a call counted in, as it stood when the call was recorded. */
export interface CountedBudget {
  readonly id: string
  /** What it names; the call agrees with it in all of them. Nothing: every call of the organization counts. */
  readonly about: readonly BudgetPart[]
  readonly hard: boolean
  /** It is the balance of prepaid credits. */
  readonly credits?: boolean
  readonly window: 'day' | 'week' | 'month' | 'lifetime'
  readonly limitNanos: string
  /** What was left with this call; below zero where it was overrun. */
  readonly leftNanos: string
}

/** Tokens at a rate that is none of the three of a price. Amounts are whole numbers as text. */
interface TermOfTokens {
  readonly tokens: number
  readonly nanosPerMillion: string
}

/** What the arithmetic of a call has beside its tokens at the price's three rates. */
export interface CostTerms {
  /** The rates in force instead, because the input was long. */
  readonly longInput?: {
    readonly inputNanosPerMillion: string
    readonly cachedInputNanosPerMillion: string
    readonly outputNanosPerMillion: string
  }
  readonly cacheWrite?: TermOfTokens
  readonly cacheWriteHour?: TermOfTokens
  readonly feesNanos?: string
}
