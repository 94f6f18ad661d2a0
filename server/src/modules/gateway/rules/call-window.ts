/** What the calls of a window say together. Percentiles are of the calls that went well. */
export interface WindowSummary {
  readonly calls: number
  readonly errorRate: number
  readonly latencyMs: Percentiles | null
  readonly timeToFirstTokenMs: Percentiles | null
  /** Of the latest calls, oldest first: how long each took, and whether it failed. */
  readonly latest: readonly { readonly latencyMs: number; readonly failed: boolean }[]
}

export interface Percentiles {
  readonly p50: number
  readonly p95: number
}

const mostShown = 30

export function summarize(
  samples: readonly {
    readonly failed: boolean
    readonly latencyMs: number
    readonly timeToFirstTokenMs: number | null
  }[],
): WindowSummary {
  const well = samples.filter(({ failed }) => !failed)
  const firsts = well.flatMap(({ timeToFirstTokenMs }) =>
    timeToFirstTokenMs === null ? [] : [timeToFirstTokenMs],
  )
  return {
    calls: samples.length,
    errorRate: samples.length === 0 ? 0 : (samples.length - well.length) / samples.length,
    latencyMs: percentilesOf(well.map(({ latencyMs }) => latencyMs)),
    timeToFirstTokenMs: percentilesOf(firsts),
    latest: samples.slice(-mostShown).map(({ latencyMs, failed }) => ({ latencyMs, failed })),
  }
}

function percentilesOf(times: readonly number[]): Percentiles | null {
  if (times.length === 0) return null
  const sorted = times.toSorted((one, other) => one - other)
  return { p50: rank(sorted, 0.5), p95: rank(sorted, 0.95) }
}

/** Of at least one time. */
export function median(times: readonly number[]): number {
  return rank(
    times.toSorted((one, other) => one - other),
    0.5,
  )
}

/** The nearest-rank percentile: a time that was really measured. */
function rank(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
}
