import { type SQL, sql } from 'drizzle-orm'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { SystemTx, TenantTx } from '../../platform/db/types.ts'
import type { Nanos } from '../../platform/money.ts'
import { settledNow, windowStart } from './budget-window.ts'
import { type CallParts, lockBudgets, notifiedNow } from './gate.ts'

/**
 * Leases in the database. What a lease holds is part of its budget's `held_nanos`, and the two move in one transaction in
 * which the budget's row is locked first, so that `held_nanos` is at any moment the sum of the leases and holds on it. Each
 * function tells what the node's leases hold afterwards: whoever lost an answer learns the truth with the next.
 */

/** How long a lease lasts that nobody renews. */
export const leaseMs = 30_000
/** For so long a node that was asked for what it does not use takes no more than it needs. */
export const tightMs = 2_000

/** What a node has of a budget, in nano-dollars. */
export type LeaseAmounts = ReadonlyMap<string, Nanos>

/** A hard budget and what decides which calls count in it. */
export interface HardBudget {
  id: string
  about: CallParts
  /** Another node needs what is unused of this node's lease. */
  recalled: boolean
}

export async function listHardBudgets(tx: TenantTx, nodeId: string): Promise<HardBudget[]> {
  const rows = await rowsOf<{
    id: string
    user_id: string | null
    api_key_id: string | null
    service_account_id: string | null
    project_id: string | null
    model: string | null
    tag: string | null
    recalled: boolean | null
  }>(
    tx,
    sql`select id, user_id, api_key_id, service_account_id, project_id, model, tag, recalled
      from freehold.budgets left join freehold.leases on budget_id = id and node_id = ${nodeId}::uuid
      where hard order by id`,
  )
  return rows.map((row) => ({
    id: row.id,
    about: {
      userId: row.user_id,
      apiKeyId: row.api_key_id,
      serviceAccountId: row.service_account_id,
      projectId: row.project_id,
      model: row.model,
      tag: row.tag,
    },
    recalled: row.recalled === true,
  }))
}

/** Whose own key it is; undefined where it is nobody's. */
export async function findKeyOwner(tx: TenantTx, apiKeyId: string): Promise<string | undefined> {
  const [row] = await rowsOf<{ user_id: string | null }>(
    tx,
    sql`select user_id from freehold.api_keys where id = ${apiKeyId}::uuid`,
  )
  return row?.user_id ?? undefined
}

/** What a node asks of a budget: what it must have, and what it would like beside it. */
export interface LeaseWish {
  budgetId: string
  needNanos: Nanos
  extraNanos: Nanos
}

export interface Granting {
  /** What the node has now; empty where it was refused. */
  amounts: LeaseAmounts
  /** The budgets that cannot bear what is needed, and what other nodes may not use; nothing was granted then. */
  refused: { budgetId: string; remainingNanos: Nanos; reclaimableNanos: Nanos }[]
}

/**
 * Extends leases on several budgets at once, or on none. Of what is wished beside the need, near the limit ever less is
 * given: a sixteenth of what is left, and never more than a twentieth of the budget.
 * @param forced for calls that are under way already: they are held wherever the limit is
 */
export async function grantLeases(
  tx: TenantTx,
  nodeId: string,
  wishes: readonly LeaseWish[],
  now: Date,
  forced = false,
): Promise<Granting> {
  const rows = await rowsOf<{
    id: string
    fits: boolean
    remaining: string
    elsewhere: string
    amount: string | null
  }>(
    tx,
    sql`
    with counted as materialized (
      select id as counted_id, organization_id as counted_organization, need, extra, limit_nanos as counted_limit,
        limit_nanos - held_nanos - ${settledNow(now)} as remaining
      from freehold.budgets join jsonb_to_recordset(${JSON.stringify(
        wishes.map(({ budgetId, needNanos, extraNanos }) => ({
          asked_id: budgetId,
          need: needNanos.toString(),
          extra: extraNanos.toString(),
        })),
      )}::jsonb) as asked (asked_id uuid, need bigint, extra bigint) on asked_id = id
      where hard order by id for no key update of budgets
    ), granted as (
      select counted_id, counted_organization,
        need + greatest(0, least(extra, (remaining - need) / 16, counted_limit / 20)) as amount
      from counted where ${forced} or (select bool_and(need <= remaining) from counted)
    ), moved as (
      update freehold.budgets set
        settled_nanos = ${settledNow(now)},
        notified_percent = ${notifiedNow(now)},
        window_started_at = greatest(window_started_at, ${windowStart(now)}),
        held_nanos = held_nanos + amount
      from granted where id = counted_id
    ), written as (
      insert into freehold.leases (organization_id, budget_id, node_id, amount_nanos, expires_at)
      select counted_organization, counted_id, ${nodeId}::uuid, amount, ${expiry} from granted order by counted_id
      on conflict (organization_id, budget_id, node_id) do update set
        amount_nanos = leases.amount_nanos + excluded.amount_nanos, expires_at = excluded.expires_at
      returning budget_id, amount_nanos
    )
    select counted_id as id, need <= remaining as fits, remaining::text, amount_nanos::text as amount,
      (select coalesce(sum(other.amount_nanos), 0) from freehold.leases other
        where other.budget_id = counted_id and other.node_id <> ${nodeId}::uuid
          and (answered_at is null or answered_at < clock_timestamp() - ${milliseconds(tightMs)}))::text as elsewhere
    from counted left join written on budget_id = counted_id`,
  )
  return {
    amounts: amountsOf(rows),
    refused: forced
      ? []
      : rows
          .filter(({ fits }) => !fits)
          .map(({ id, remaining, elsewhere }) => ({
            budgetId: id,
            remainingNanos: BigInt(remaining),
            reclaimableNanos: BigInt(elsewhere),
          })),
  }
}

/** Gives parts of leases back to their budgets. */
export async function returnLeases(
  tx: TenantTx,
  nodeId: string,
  parts: readonly { budgetId: string; amountNanos: Nanos }[],
): Promise<LeaseAmounts> {
  const given = sql`jsonb_to_recordset(${JSON.stringify(
    parts.map(({ budgetId, amountNanos }) => ({ given_id: budgetId, given: amountNanos.toString() })),
  )}::jsonb) as given (given_id uuid, given bigint)`
  await lockBudgets(tx, sql`id in (select given_id from ${given})`)
  const rows = await rowsOf<{ id: string; amount: string }>(
    tx,
    sql`
    with back as (
      select budget_id as back_id, least(amount_nanos, given) as back
      from freehold.leases join ${given} on given_id = budget_id where node_id = ${nodeId}::uuid
    ), moved as (
      update freehold.budgets set held_nanos = greatest(held_nanos - back, 0) from back where id = back_id
    )
    update freehold.leases set amount_nanos = amount_nanos - back, recalled = false,
      answered_at = case when recalled then clock_timestamp() else answered_at end, expires_at = ${expiry}
    from back where budget_id = back_id and node_id = ${nodeId}::uuid
    returning budget_id as id, amount_nanos::text as amount`,
  )
  return amountsOf(rows)
}

/** Keeps the node's leases from expiring. */
export async function renewLeases(tx: TenantTx, nodeId: string): Promise<LeaseAmounts> {
  return amountsOf(
    await rowsOf<{ id: string; amount: string }>(
      tx,
      sql`update freehold.leases set expires_at = ${expiry} where node_id = ${nodeId}::uuid
        returning budget_id as id, amount_nanos::text as amount`,
    ),
  )
}

/** Asks the other nodes for what they do not use. */
export async function recallLeases(
  tx: TenantTx,
  nodeId: string,
  budgetIds: readonly string[],
): Promise<void> {
  const ids = sql`(select value::uuid from jsonb_array_elements_text(${JSON.stringify(budgetIds)}::jsonb))`
  await lockBudgets(tx, sql`id in ${ids}`)
  await tx.execute(
    sql`update freehold.leases set recalled = true where budget_id in ${ids} and node_id <> ${nodeId}::uuid and not recalled`,
  )
}

/** Which leases end: those that nobody renewed, all of a node whose calls are recorded, or all but of the one that lives. */
export type EndingLeases = { expired: true } | { nodeId: string } | { allBut: string }

export async function listOrganizationsOfLeases(tx: SystemTx, ending: EndingLeases): Promise<string[]> {
  const rows = await rowsOf<{ id: string }>(
    tx,
    sql`select distinct organization_id as id from freehold.leases where ${isEnding(ending)} limit 1000`,
  )
  return rows.map(({ id }) => id)
}

/** Ends leases of one organization: what they held goes back to the budgets. */
export async function endLeases(tx: TenantTx, ending: EndingLeases): Promise<void> {
  await lockBudgets(tx, sql`id in (select budget_id from freehold.leases where ${isEnding(ending)})`)
  await tx.execute(sql`
    with ended as (
      delete from freehold.leases where ${isEnding(ending)} returning budget_id, amount_nanos
    ), sums as (
      select budget_id as sum_id, sum(amount_nanos)::bigint as back from ended group by budget_id
    )
    update freehold.budgets set held_nanos = greatest(held_nanos - back, 0) from sums where id = sum_id`)
}

function isEnding(ending: EndingLeases): SQL {
  if ('nodeId' in ending) return sql`node_id = ${ending.nodeId}::uuid`
  return 'allBut' in ending ? sql`node_id <> ${ending.allBut}::uuid` : sql`expires_at < clock_timestamp()`
}

const milliseconds = (count: number) => sql`${sql.raw(String(count))} * interval '1 millisecond'`
const expiry = sql`clock_timestamp() + ${milliseconds(leaseMs)}`

function amountsOf(rows: readonly { id: string; amount: string | null }[]): LeaseAmounts {
  return new Map(rows.flatMap(({ id, amount }) => (amount === null ? [] : [[id, BigInt(amount)] as const])))
}
