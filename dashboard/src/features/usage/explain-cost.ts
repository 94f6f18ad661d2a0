import type { UsageRecord } from '../../app/api-types.ts'
import { nanosOf } from '../../app/format.ts'

interface CostLine {
  label: string
  tokens: number
  nanosPerMillion: bigint
  costNanos: bigint
}

/** Rounded half up, as the ledger does. */
function costOf(tokens: number, nanosPerMillion: bigint): bigint {
  return (BigInt(tokens) * nanosPerMillion + 500_000n) / 1_000_000n
}

/** The lines of the sum, what they do not explain, and the total of the ledger, which is what counts. */
export function explainCost(record: UsageRecord): { lines: CostLine[]; difference: bigint; total: bigint } {
  const input = nanosOf(record.price.inputNanosPerMillion)
  const cached = nanosOf(record.price.cachedInputNanosPerMillion)
  const fresh = record.promptTokens - record.cachedTokens
  const output = nanosOf(record.price.outputNanosPerMillion)
  const total = nanosOf(record.costNanos)
  const lines: CostLine[] = [
    {
      label: 'read',
      tokens: fresh,
      nanosPerMillion: input,
      costNanos: costOf(fresh, input),
    },
    ...(record.cachedTokens > 0
      ? [
          {
            label: 'read from cache',
            tokens: record.cachedTokens,
            nanosPerMillion: cached,
            costNanos: costOf(record.cachedTokens, cached),
          },
        ]
      : []),
    {
      label: 'written',
      tokens: record.completionTokens,
      nanosPerMillion: output,
      costNanos: costOf(record.completionTokens, output),
    },
  ]
  const sum = lines.reduce((all, line) => all + line.costNanos, 0n)
  return { lines, difference: total - sum, total }
}
