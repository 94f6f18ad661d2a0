/**
 * One measured number. `target` is what it must not exceed, or with `atLeast` what it must reach; without one the number
 * is there to explain another.
 */
export interface Figure {
  suite: string
  name: string
  value: number
  /** `×` is a ratio, `/s` a rate. */
  unit: 'ms' | 's' | 'MB' | 'KiB' | '×' | '/s' | '%'
  target?: number
  atLeast?: true
  /** The single measurements, where `value` is their median. */
  runs?: readonly number[]
}

export type Verdict = 'met' | 'missed' | '-'

export function verdictOf(figure: Figure): Verdict {
  if (figure.target === undefined) return '-'
  const met = figure.atLeast ? figure.value >= figure.target : figure.value <= figure.target
  return met ? 'met' : 'missed'
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

/** Nearest rank: the smallest value that `share` of all values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

/** A figure of several runs, with their median as its value. */
export function figureOfRuns(figure: Omit<Figure, 'value' | 'runs'>, runs: readonly number[]): Figure {
  return {
    ...figure,
    value: round(median(runs), figure.unit),
    runs: runs.map((run) => round(run, figure.unit)),
  }
}

/** No more digits than the measurement is good for: hundredths of ratios and of a few milliseconds, tenths of seconds. */
export function round(value: number, unit: Figure['unit']): number {
  if (unit === '×' || (unit === 'ms' && Math.abs(value) < 10)) return Math.round(value * 100) / 100
  return unit === 's' || (unit === 'ms' && value < 100) ? Math.round(value * 10) / 10 : Math.round(value)
}

/** The figures as aligned columns. */
export function renderTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.suite,
    figure.name,
    `${figure.value} ${figure.unit}`,
    figure.target === undefined ? '' : `${figure.atLeast ? '≥' : '≤'} ${figure.target} ${figure.unit}`,
    verdictOf(figure),
    figure.runs ? figure.runs.join(', ') : '',
  ])
  const all = [['suite', 'figure', 'measured', 'target', 'verdict', 'runs'], ...rows]
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? []
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
