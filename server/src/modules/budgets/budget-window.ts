import { type SQL, sql } from 'drizzle-orm'

/**
 * When windows begin and end, in SQL over the columns `budget_window` and `time_zone`: each row has its own calendar, and
 * the statement that moves the money must ask it of the newest version of the row. A week begins on Monday; a lifetime
 * began with time. Where the clocks change at midnight, the day begins at the first moment that exists.
 */
export function windowStart(now: Date): SQL {
  return sql`(case budget_window when 'lifetime' then 'epoch'::timestamptz
    else date_trunc(budget_window, ${instantOf(now)}, time_zone) end)`
}

/** When the window that holds `now` ends and the budget is whole again; null for a lifetime. */
export function windowEnd(now: Date): SQL {
  return sql`(case budget_window when 'lifetime' then null else
    (date_trunc(budget_window, ${instantOf(now)} at time zone time_zone) + ('1 ' || budget_window)::interval)
      at time zone time_zone end)`
}

/** Whether the row is of a window that ended before `now`. */
export function hasTurned(now: Date): SQL {
  return sql`(window_started_at < ${windowStart(now)})`
}

/** What counts as spent now: nothing, when the row is of an earlier window. */
export function settledNow(now: Date): SQL {
  return sql`(case when ${hasTurned(now)} then 0 else settled_nanos end)`
}

function instantOf(now: Date): SQL {
  return sql`${now.toISOString()}::timestamptz`
}
