export interface AuditSearch {
  kind?: string | undefined
  actor?: string | undefined
  request?: string | undefined
  range?: '24h' | '7d' | '30d' | 'between' | undefined
  /** Calendar days of the reader, "2026-03-07", both included. */
  from?: string | undefined
  to?: string | undefined
}

const hourMs = 3_600_000
const spansMs = { '24h': 24 * hourMs, '7d': 7 * 24 * hourMs, '30d': 30 * 24 * hourMs } as const

/** The instants that the range means at that moment; whole hours, so that the list keeps still while it is read. */
export function instantsOf(
  { range, from, to }: AuditSearch,
  now: Date,
): { from?: string | undefined; to?: string | undefined } {
  if (range === undefined) return {}
  if (range !== 'between') {
    return { from: new Date(Math.floor((now.getTime() - spansMs[range]) / hourMs) * hourMs).toISOString() }
  }
  return { from: startOf(from, 0), to: startOf(to, 1) }
}

/** Midnight of the reader at the day's beginning, or `daysLater`. */
function startOf(day: string | undefined, daysLater: number): string | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day ?? '')
  if (!parts) return undefined
  const date = new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]) + daysLater)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}
