import { type SQL, sql } from 'drizzle-orm'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { TenantTx } from '../../platform/db/types.ts'
import type { Nanos } from '../../platform/money.ts'
import { hasTurned, settledNow, windowStart } from './budget-window.ts'
import type { holds } from './tables.ts'

/**
 * The gate: what a call may cost is held in all budgets it counts in at once, or in none, and given back the same way.
 *
 * Invariants. In a hard budget settled + held never exceeds the limit by a hold: the condition stands in the UPDATE, which
 * PostgreSQL evaluates on the newest version of the locked row. The rows are locked in the order of their ids before any is
 * moved, so callers that share several budgets wait for each other and never in a circle. A hold counts in a budget when
 * the two agree in every part the budget names; no budget ever changes its parts, and who makes one counts the holds that
 * are there while nothing moves, so a call settles in exactly the budgets in which it is held.
 */

/** What decides in which budgets a call counts. */
export type CallParts = Pick<
  typeof holds.$inferSelect,
  'userId' | 'apiKeyId' | 'serviceAccountId' | 'model' | 'tag'
>

/** The person of a call: who is signed in, or whose own key it is. */
export function personOf(call: Pick<CallParts, 'userId' | 'apiKeyId'>): SQL {
  return sql`coalesce(${call.userId}::uuid, (select user_id from freehold.api_keys where id = ${call.apiKeyId}::uuid))`
}

function countsIn(call: CallParts): SQL {
  return sql`(user_id is null or user_id = ${personOf(call)})
    and (api_key_id is null or api_key_id = ${call.apiKeyId}::uuid)
    and (service_account_id is null or service_account_id = ${call.serviceAccountId}::uuid)
    and (model is null or model = ${call.model}::text)
    and (tag is null or tag = ${call.tag}::text)`
}

/**
 * Holds the amount in every budget the call counts in.
 * @returns the hard budgets that would be overrun; unless there are none the caller must roll back
 */
export async function holdInBudgets(
  tx: TenantTx,
  call: CallParts,
  amountNanos: Nanos,
  now: Date,
): Promise<string[]> {
  const amount = sql`${amountNanos.toString()}::bigint`
  const refused = await rowsOf<{ id: string }>(
    tx,
    sql`
    with counted as materialized (
      select id as counted_id from freehold.budgets where ${countsIn(call)} order by id for no key update
    ), moved as (
      update freehold.budgets set
        settled_nanos = ${settledNow(now)},
        notified_percent = ${notifiedNow(now)},
        window_started_at = greatest(window_started_at, ${windowStart(now)}),
        held_nanos = held_nanos + ${amount}
      from counted
      where id = counted_id and (not hard or ${settledNow(now)} + held_nanos + ${amount} <= limit_nanos)
      returning id
    )
    select counted_id as id from counted where counted_id not in (select id from moved)`,
  )
  return refused.map(({ id }) => id)
}

export interface Crossing {
  budgetId: string
  /** The highest threshold that was reached, and had not been in this window. */
  percent: number
}

/** Gives back what was held and adds what was spent, in the window of now. @returns which thresholds that crossed */
export async function settleInBudgets(
  tx: TenantTx,
  hold: CallParts & { amountNanos: Nanos },
  costNanos: Nanos,
  now: Date,
): Promise<Crossing[]> {
  const spent = sql`${settledNow(now)} + ${costNanos.toString()}::bigint`
  const rows = await rowsOf<{ id: string; percent: number }>(
    tx,
    sql`
    with counted as materialized (
      select id as counted_id, ${notifiedNow(now)} as notified_before
      from freehold.budgets where ${countsIn(hold)} order by id for no key update
    ), moved as (
      update freehold.budgets set
        settled_nanos = ${spent},
        notified_percent = greatest(${notifiedNow(now)}, ${reachedPercent(spent)}),
        window_started_at = greatest(window_started_at, ${windowStart(now)}),
        held_nanos = greatest(held_nanos - ${hold.amountNanos.toString()}::bigint, 0)
      from counted
      where id = counted_id
      returning id, notified_percent, notified_before
    )
    select id, notified_percent as percent from moved where notified_percent > notified_before order by id`,
  )
  return rows.map(({ id, percent }) => ({ budgetId: id, percent }))
}

/** The highest threshold told of in the window of now. */
function notifiedNow(now: Date): SQL {
  return sql`(case when ${hasTurned(now)} then 0 else notified_percent end)`
}

/** The highest threshold that an amount reaches; numeric, because a hundred times a great limit is no bigint. */
export function reachedPercent(spent: SQL): SQL {
  return sql`coalesce((select max(percent) from unnest(thresholds) as percent
    where ${spent} > 0 and (${spent})::numeric * 100 >= limit_nanos::numeric * percent), 0)`
}

/** What the tightest hard budget still allows a call; undefined where there is none. Advisory: `holdInBudgets` decides. */
export async function leastRemaining(tx: TenantTx, call: CallParts, now: Date): Promise<Nanos | undefined> {
  const [row] = await rowsOf<{ remaining: string | null }>(
    tx,
    sql`select min(limit_nanos - held_nanos - ${settledNow(now)})::text as remaining
      from freehold.budgets where hard and ${countsIn(call)}`,
  )
  return row?.remaining === null || row === undefined ? undefined : BigInt(row.remaining)
}
