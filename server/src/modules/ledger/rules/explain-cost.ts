import type { CallAttempt } from '../contract.ts'
import type { CostTerms } from '../kept-with-record.ts'

/** What of a usage record its cost came about by. */
export interface CostedCall {
  status: 'ok' | 'error' | 'aborted' | 'interrupted'
  promptTokens: number
  cachedTokens: number
  completionTokens: number
  costNanos: bigint
  inputNanosPerMillion: bigint
  cachedInputNanosPerMillion: bigint
  outputNanosPerMillion: bigint
  attempts: readonly CallAttempt[]
  costTerms: CostTerms | null
}

export type CostLineKind =
  | 'input'
  | 'cached_input'
  | 'cache_write'
  | 'cache_write_hour'
  | 'output'
  | 'fee'
  | 'failed_attempt'
  | 'rounding'
  | 'upper_bound'
  | 'not_itemised'

/** One line of the sum. `nanos` is exact: a rate is for a million tokens, so a line can have six decimals of a nano-dollar. */
export interface CostLine {
  kind: CostLineKind
  /** Which deployment, of an attempt whose answer was not taken. */
  about: string | null
  tokens: number | null
  nanosPerMillion: string | null
  nanos: string
}

const million = 1_000_000n

/**
 * How the cost of a call came about, line by line. The lines add up to the cost, exactly. A call that died is charged at
 * its upper bound; what a record of an earlier version does not say is a line of its own.
 */
export function explainCost(row: CostedCall): CostLine[] {
  const { costTerms: terms } = row
  const rates = terms?.longInput ?? {
    inputNanosPerMillion: row.inputNanosPerMillion.toString(),
    cachedInputNanosPerMillion: row.cachedInputNanosPerMillion.toString(),
    outputNanosPerMillion: row.outputNanosPerMillion.toString(),
  }
  const cached = Math.min(row.cachedTokens, row.promptTokens)
  const written = (terms?.cacheWrite?.tokens ?? 0) + (terms?.cacheWriteHour?.tokens ?? 0)
  const parts = [
    ofTokens('input', row.promptTokens - cached - written, rates.inputNanosPerMillion),
    ofTokens('cached_input', cached, rates.cachedInputNanosPerMillion),
    ofTokens('cache_write', terms?.cacheWrite?.tokens ?? 0, terms?.cacheWrite?.nanosPerMillion ?? '0'),
    ofTokens(
      'cache_write_hour',
      terms?.cacheWriteHour?.tokens ?? 0,
      terms?.cacheWriteHour?.nanosPerMillion ?? '0',
    ),
    ofTokens('output', row.completionTokens, rates.outputNanosPerMillion),
    amount('fee', BigInt(terms?.feesNanos ?? 0) * million),
    ...row.attempts
      .filter(({ outcome }) => outcome !== 'answered')
      .map((one) =>
        amount('failed_attempt', BigInt(one.costNanos) * million, `${one.provider}/${one.deployment}`),
      ),
  ].filter(({ line, millionths }) => millionths !== 0n || (line.tokens ?? 0) > 0)
  const sum = parts.reduce((all, { millionths }) => all + millionths, 0n)
  const missing = row.costNanos * million - sum
  const isRounding = missing <= million / 2n && missing > -million
  const kind = isRounding ? 'rounding' : row.status === 'interrupted' ? 'upper_bound' : 'not_itemised'
  const rest = missing === 0n ? [] : [amount(kind, missing)]
  return [...parts, ...rest].map(({ line }) => line)
}

interface Part {
  line: CostLine
  /** Of a nano-dollar. */
  millionths: bigint
}

function ofTokens(kind: CostLineKind, tokens: number, nanosPerMillion: string): Part {
  const millionths = BigInt(tokens) * BigInt(nanosPerMillion)
  return { line: { kind, about: null, tokens, nanosPerMillion, nanos: decimal(millionths) }, millionths }
}

function amount(kind: CostLineKind, millionths: bigint, about: string | null = null): Part {
  return {
    line: { kind, about, tokens: null, nanosPerMillion: null, nanos: decimal(millionths) },
    millionths,
  }
}

/** Without zeros at the end: `4500`, `0.25`, `-0.5`. */
function decimal(millionths: bigint): string {
  const absolute = millionths < 0n ? -millionths : millionths
  const fraction = (absolute % million).toString().padStart(6, '0').replace(/0+$/, '')
  return `${millionths < 0n ? '-' : ''}${absolute / million}${fraction === '' ? '' : `.${fraction}`}`
}
