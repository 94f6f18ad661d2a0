import type { UsageDay } from '../../app/api-types.ts'
import { nanosOf } from '../../app/format.ts'

export interface ModelTotal {
  model: string
  calls: number
  promptTokens: number
  completionTokens: number
  costNanos: bigint
  /** Its colour in the chart and beside its name; the seventh and later models share the last. */
  color: string
}

const shown = 6

/** One line a model, the dearest first; without money, the busiest first. */
export function totalsByModel(rows: readonly UsageDay[]): ModelTotal[] {
  const totals = new Map<string, Omit<ModelTotal, 'color'>>()
  for (const row of rows) {
    const total = totals.get(row.model) ?? {
      model: row.model,
      calls: 0,
      promptTokens: 0,
      completionTokens: 0,
      costNanos: 0n,
    }
    totals.set(row.model, {
      model: row.model,
      calls: total.calls + row.calls,
      promptTokens: total.promptTokens + row.promptTokens,
      completionTokens: total.completionTokens + row.completionTokens,
      costNanos: total.costNanos + nanosOf(row.costNanos),
    })
  }
  return [...totals.values()]
    .sort((a, b) => (a.costNanos === b.costNanos ? b.calls - a.calls : a.costNanos < b.costNanos ? 1 : -1))
    .map((total, index) => ({ ...total, color: `var(--chart-${Math.min(index + 1, shown)})` }))
}
