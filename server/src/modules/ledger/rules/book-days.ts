const dayMs = 86_400_000
/** A call of yesterday that is recorded by then is sealed with its day; one that comes later is sealed as it comes. */
const lateAfterMs = 30 * 60_000
/** Well after that, so that what was being written is there, and the clocks of nodes may differ by half an hour. */
const closedAfterMs = 60 * 60_000

/** The UTC day of an instant. */
export function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10)
}

/** The instant at which a day's successor begins. */
export function endOfDay(day: string): Date {
  return new Date(Date.parse(day) + dayMs)
}

/** The last day that can be closed now. */
export function lastClosedDay(now: Date): string {
  return dayOf(new Date(now.getTime() - closedAfterMs - dayMs))
}

/** Whether a call that ended then comes too late to be sealed with its day. */
export function comesLate(endedAt: Date, now: Date): boolean {
  return dayOf(endedAt) < dayOf(new Date(now.getTime() - lateAfterMs))
}
