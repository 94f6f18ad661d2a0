import { eq, notInArray, sql } from 'drizzle-orm'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { Row, SystemTx, TenantTx } from '../../platform/db/types.ts'
import type { Nanos } from '../../platform/money.ts'
import { windowStart } from './rules/budget-window.ts'
import { budgets, holds } from './tables.ts'

export type BudgetRow = typeof budgets.$inferSelect
export type HoldRow = typeof holds.$inferSelect

export async function listBudgets(tx: TenantTx): Promise<BudgetRow[]> {
  return tx.select().from(budgets).orderBy(budgets.id)
}

/** Saves the budget with what is held now. The caller has locked the organization, so that nothing moves meanwhile. */
export async function upsertBudget(tx: TenantTx, row: typeof budgets.$inferInsert): Promise<BudgetRow> {
  const heldNanos = sql`(select coalesce(sum(${holds.amountNanos}), 0) from ${holds})`
  const [saved] = await tx
    .insert(budgets)
    .values({ ...row, heldNanos: heldNanos as unknown as bigint }) // Drizzle takes SQL here; the row's type does not say so
    .onConflictDoUpdate({
      target: [budgets.organizationId, budgets.scope],
      set: {
        limitNanos: row.limitNanos,
        hard: row.hard,
        window: row.window,
        windowStartedAt: row.windowStartedAt,
        settledNanos: sql`excluded.settled_nanos`,
        heldNanos,
        updatedAt: row.updatedAt,
      },
    })
    .returning()
  if (!saved) throw new Error('The budget was not saved.')
  return saved
}

export async function deleteBudgets(tx: TenantTx): Promise<number> {
  return (await tx.delete(budgets).returning({ id: budgets.id })).length
}

interface Counted extends Row {
  total: string | number
  granted: string | number
}

/**
 * The gate: one conditional UPDATE reserves the amount in every budget of the organization, or says that one
 * refused. PostgreSQL locks the row and evaluates the condition on its newest version, so concurrent callers cannot
 * both take the last of it.
 * @returns false when a hard budget would be overrun; the caller must then roll back
 */
export async function holdInBudgets(tx: TenantTx, amountNanos: Nanos, now: Date): Promise<boolean> {
  const [row] = await rowsOf<Counted>(
    tx,
    sql`
    with current as (
      update freehold.budgets set
        settled_nanos = ${settledNow(now)},
        window_started_at = greatest(window_started_at, ${startNow(now)}),
        held_nanos = held_nanos + ${amountNanos.toString()}::bigint
      where not hard or ${settledNow(now)} + held_nanos + ${amountNanos.toString()}::bigint <= limit_nanos
      returning 1
    )
    select (select count(*) from freehold.budgets) as total, (select count(*) from current) as granted`,
  )
  return row !== undefined && Number(row.total) === Number(row.granted)
}

/** Gives back what was held and adds what was spent, in the window of now. */
export async function settleInBudgets(
  tx: TenantTx,
  heldNanos: Nanos,
  costNanos: Nanos,
  now: Date,
): Promise<void> {
  await tx.execute(sql`
    update freehold.budgets set
      settled_nanos = ${settledNow(now)} + ${costNanos.toString()}::bigint,
      window_started_at = greatest(window_started_at, ${startNow(now)}),
      held_nanos = greatest(held_nanos - ${heldNanos.toString()}::bigint, 0)`)
}

/** The start of the window that holds `now`, by each row's own kind of window. */
function startNow(now: Date) {
  return sql`(case budget_window
    when 'day' then ${windowStart('day', now).toISOString()}::timestamptz
    when 'month' then ${windowStart('month', now).toISOString()}::timestamptz
    else ${windowStart('lifetime', now).toISOString()}::timestamptz end)`
}

/** What counts as spent now: nothing, when the row is of an earlier window. */
function settledNow(now: Date) {
  return sql`(case when window_started_at < ${startNow(now)} then 0 else settled_nanos end)`
}

export async function insertHold(tx: TenantTx, row: typeof holds.$inferInsert): Promise<void> {
  await tx.insert(holds).values(row)
}

export async function deleteHold(tx: TenantTx, requestId: string): Promise<HoldRow | undefined> {
  const [row] = await tx.delete(holds).where(eq(holds.requestId, requestId)).returning()
  return row
}

/** Calls whose process is gone. */
export async function listOrphanedHolds(tx: SystemTx, aliveNodeIds: readonly string[]): Promise<HoldRow[]> {
  return tx
    .select()
    .from(holds)
    .where(aliveNodeIds.length === 0 ? undefined : notInArray(holds.nodeId, [...aliveNodeIds]))
    .limit(1_000)
}

/** What the tightest hard budget still allows; undefined where there is none. Advisory: `holdInBudgets` decides. */
export async function leastRemaining(tx: TenantTx, now: Date): Promise<Nanos | undefined> {
  const [row] = await rowsOf<{ remaining: string | null }>(
    tx,
    sql`select min(limit_nanos - held_nanos - ${settledNow(now)})::text as remaining from freehold.budgets where hard`,
  )
  return row?.remaining === null || row === undefined ? undefined : BigInt(row.remaining)
}
