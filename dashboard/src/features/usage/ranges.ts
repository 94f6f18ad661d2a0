export type RangeName = '7d' | '30d' | '90d' | 'month'

export interface DayRange {
  from: string
  to: string
  days: string[]
}

const dayMs = 86_400_000

function isoDay(date: Date): string {
  return date.toISOString().slice(0, 10)
}

/** The days of a range up to today, in UTC: the ledger's days are UTC days. */
export function daysOf(range: RangeName, now = new Date()): DayRange {
  const to = isoDay(now)
  const count = range === 'month' ? now.getUTCDate() : { '7d': 7, '30d': 30, '90d': 90 }[range]
  const end = Date.parse(`${to}T00:00:00Z`)
  const days = Array.from({ length: count }, (_, index) =>
    isoDay(new Date(end - (count - 1 - index) * dayMs)),
  )
  return { from: days[0] ?? to, to, days }
}
