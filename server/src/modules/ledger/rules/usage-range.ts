import type { AppError } from '../../../platform/errors.ts'
import { validationFailed } from '../../../platform/errors.ts'

const dayMs = 86_400_000

export interface UsageRange {
  from: Date
  /** Not included. */
  to: Date
}

/** A day, or an instant. A day at the end of a range is included. */
export function startOf(moment: string): Date {
  return new Date(moment)
}

export function endOf(moment: string): Date {
  const at = Date.parse(moment)
  return new Date(moment.length === 10 ? at + dayMs : at)
}

/**
 * The range that is asked about; without ends, the last 30 days with today.
 * @throws validation_failed (400) where it is turned round, or longer than `mostDays`
 */
export function readRange(
  asked: { from?: string | undefined; to?: string | undefined },
  now: Date,
  mostDays: number,
): UsageRange {
  const to = endOf(asked.to ?? now.toISOString().slice(0, 10))
  const from = asked.from === undefined ? new Date(to.getTime() - 30 * dayMs) : startOf(asked.from)
  if (from >= to) throw notARange('is after "to"')
  if (to.getTime() - from.getTime() > mostDays * dayMs)
    throw notARange(`is more than ${mostDays} days before "to"`)
  return { from, to }
}

function notARange(message: string): AppError {
  return validationFailed({
    message: `The request is not valid: query field "from": it ${message}.`,
    details: { problems: [{ in: 'query', field: 'from', message }] },
  })
}
