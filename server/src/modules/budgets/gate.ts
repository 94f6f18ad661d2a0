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
  'userId' | 'apiKeyId' | 'serviceAccountId' | 'projectId' | 'model' | 'tag'
>

/** The person of a call: who is signed in, or whose own key it is. */
export function personOf(call: Pick<CallParts, 'userId' | 'apiKeyId'>): SQL {
  return sql`coalesce(${call.userId}::uuid, (select user_id from freehold.api_keys where id = ${call.apiKeyId}::uuid))`
}

function countsIn(call: CallParts): SQL {
  return sql`(user_id is null or user_id = ${personOf(call)})
    and (api_key_id is null or api_key_id = ${call.apiKeyId}::uuid)
    and (service_account_id is null or service_account_id = ${call.serviceAccountId}::uuid)
    and (project_id is null or project_id = ${call.projectId}::uuid)
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

/** Locks budgets in the order of their ids. What comes after it in the transaction sees them as they are. */
export async function lockBudgets(tx: TenantTx, which: SQL): Promise<void> {
  await tx.execute(sql`select from freehold.budgets where ${which} order by id for no key update`)
}

/** A call that ended: what it counts in, what it cost, and what its hold gives back where it had one of its own. */
export interface Spent {
  parts: CallParts
  costNanos: Nanos
  heldNanos: Nanos
  endedAt: Date
}

export interface Settling {
  /** The thresholds that this reached. */
  crossings: Crossing[]
  /** What the leases of the node hold now, by budget. */
  leases: ReadonlyMap<string, Nanos>
}

/**
 * Adds what calls have cost to every budget they count in, and takes it from what was held for them: from their own
 * holds, or out of the node's lease, of which the rest stays for other calls. A cost counts in the window in which its
 * call ended; of a window that is over by now nothing is shown any more.
 */
export async function settleInBudgets(
  tx: TenantTx,
  nodeId: string,
  calls: readonly Spent[],
  now: Date,
): Promise<Settling> {
  const spent = sql`jsonb_to_recordset(${JSON.stringify(sumAlike(calls))}::jsonb) as call (call_user uuid, call_key uuid,
    call_account uuid, call_project uuid, call_model text, call_tag text, cost numeric, held numeric, leased numeric, ended_at timestamptz)`
  const counts = sql`(user_id is null or user_id = call_user) and (api_key_id is null or api_key_id = call_key)
    and (service_account_id is null or service_account_id = call_account)
    and (project_id is null or project_id = call_project) and (model is null or model = call_model) and (tag is null or tag = call_tag)`
  await lockBudgets(tx, sql`exists (select 1 from ${spent} where ${counts})`)
  // A correction can take away what was spent, and never more than that.
  const total = sql`greatest(${settledNow(now)} + cost_now, 0)`
  const rows = await rowsOf<{ id: string; percent: number; told_before: number; leased: string | null }>(
    tx,
    sql`
    with counted as materialized (
      select id as counted_id, ${notifiedNow(now)} as told_before,
        coalesce(sum(cost) filter (where ended_at >= greatest(${windowStart(now)},
          case budget_window when 'lifetime' then 'epoch'::timestamptz else window_started_at end)), 0)::bigint as cost_now,
        sum(held)::bigint as held_back, sum(leased)::bigint as leased_cost
      from freehold.budgets join ${spent} on ${counts} group by organization_id, id
    ), drawn as (
      update freehold.leases set amount_nanos = amount_nanos - least(amount_nanos, leased_cost)
      from counted where budget_id = counted_id and node_id = ${nodeId}::uuid
      returning budget_id as drawn_id, amount_nanos as lease_left
    ), before as (
      select budget_id as before_id, least(amount_nanos, leased_cost) as taken
      from freehold.leases join counted on budget_id = counted_id where node_id = ${nodeId}::uuid
    ), moved as (
      update freehold.budgets set
        settled_nanos = ${total},
        notified_percent = greatest(${notifiedNow(now)}, ${reachedPercent(total)}),
        window_started_at = greatest(window_started_at, ${windowStart(now)}),
        held_nanos = greatest(held_nanos - held_back - coalesce(taken, 0), 0)
      from counted left join before on before_id = counted_id
      where id = counted_id
      returning id, notified_percent, told_before
    )
    select id, notified_percent as percent, told_before, lease_left::text as leased
    from moved left join drawn on drawn_id = id order by id`,
  )
  return {
    crossings: rows
      .filter(({ percent, told_before }) => percent > told_before)
      .map(({ id, percent }) => ({ budgetId: id, percent })),
    leases: new Map(rows.flatMap(({ id, leased }) => (leased === null ? [] : [[id, BigInt(leased)]]))),
  }
}

/** Calls that count in the same budgets and windows as one: windows begin on whole minutes. */
function sumAlike(calls: readonly Spent[]) {
  const sums = new Map<
    string,
    { parts: CallParts; endedAt: string; cost: Nanos; held: Nanos; leased: Nanos }
  >()
  for (const { parts, costNanos, heldNanos, endedAt } of calls) {
    const minute = new Date(Math.floor(endedAt.getTime() / 60_000) * 60_000).toISOString()
    const { userId, apiKeyId, serviceAccountId, projectId, model, tag } = parts
    const key = JSON.stringify([userId, apiKeyId, serviceAccountId, projectId, model, tag, minute])
    const sum = sums.get(key) ?? { parts, endedAt: minute, cost: 0n, held: 0n, leased: 0n }
    sum.cost += costNanos
    sum.held += heldNanos
    // What had a hold of its own is in no lease.
    if (heldNanos === 0n) sum.leased += costNanos
    sums.set(key, sum)
  }
  return [...sums.values()].map(({ parts, endedAt, cost, held, leased }) => ({
    call_user: parts.userId,
    call_key: parts.apiKeyId,
    call_account: parts.serviceAccountId,
    call_project: parts.projectId,
    call_model: parts.model,
    call_tag: parts.tag,
    cost: cost.toString(),
    held: held.toString(),
    leased: leased.toString(),
    ended_at: endedAt,
  }))
}

/** The highest threshold told of in the window of now. */
export function notifiedNow(now: Date): SQL {
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
