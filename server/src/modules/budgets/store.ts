import { and, count, eq, isNull, notInArray, type SQL, sql } from 'drizzle-orm'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { Row, SystemTx, TenantTx } from '../../platform/db/types.ts'
import type { Nanos } from '../../platform/money.ts'
import { settledNow, windowEnd, windowStart } from './budget-window.ts'
import type { BudgetWindow } from './contract.ts'
import { type CallParts, personOf, reachedPercent } from './gate.ts'
import { budgets, holds } from './tables.ts'

export type HoldRow = typeof holds.$inferSelect

/** What a budget is about; all null is every call of the organization. */
export type BudgetAbout = CallParts

/** A budget seen from a moment: an earlier window's spending does not count any more. */
export interface BudgetRow {
  id: string
  about: BudgetAbout
  memberName: string | null
  apiKeyName: string | null
  serviceAccountName: string | null
  projectName: string | null
  limitNanos: Nanos
  settledNanos: Nanos
  heldNanos: Nanos
  window: BudgetWindow
  timeZone: string
  hard: boolean
  /** It is the balance of prepaid credits. */
  credits: boolean
  thresholds: number[]
  createdAt: Date
  windowStart: Date
  windowEnd: Date | null
}

interface RawBudget extends Row {
  id: string
  user_id: string | null
  api_key_id: string | null
  service_account_id: string | null
  project_id: string | null
  model: string | null
  tag: string | null
  member_name: string | null
  api_key_name: string | null
  service_account_name: string | null
  project_name: string | null
  limit_nanos: string
  settled_nanos: string
  held_nanos: string
  budget_window: BudgetWindow
  time_zone: string
  hard: boolean
  credits: boolean
  thresholds: number[]
  created_at: string | Date
  window_start: string | Date
  window_end: string | Date | null
}

async function readBudgets(tx: TenantTx, now: Date, where: SQL): Promise<BudgetRow[]> {
  const rows = await rowsOf<RawBudget>(
    tx,
    sql`
    select id, user_id, api_key_id, service_account_id, project_id, model, tag,
      (select name from freehold.users where users.id = budgets.user_id) as member_name,
      (select name from freehold.api_keys where api_keys.id = budgets.api_key_id) as api_key_name,
      (select name from freehold.service_accounts where service_accounts.id = budgets.service_account_id)
        as service_account_name,
      (select name from freehold.projects where projects.id = budgets.project_id) as project_name,
      limit_nanos::text, ${settledNow(now)}::text as settled_nanos, held_nanos::text, budget_window, time_zone, hard, credits,
      thresholds, created_at, ${windowStart(now)} as window_start, ${windowEnd(now)} as window_end
    from freehold.budgets where ${where} order by id`,
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
    memberName: row.member_name,
    apiKeyName: row.api_key_name,
    serviceAccountName: row.service_account_name,
    projectName: row.project_name,
    limitNanos: BigInt(row.limit_nanos),
    settledNanos: BigInt(row.settled_nanos),
    heldNanos: BigInt(row.held_nanos),
    window: row.budget_window,
    timeZone: row.time_zone,
    hard: row.hard,
    credits: row.credits,
    thresholds: row.thresholds,
    createdAt: new Date(row.created_at),
    windowStart: new Date(row.window_start),
    windowEnd: row.window_end === null ? null : new Date(row.window_end),
  }))
}

/** Those that people make, the oldest first. */
export async function listBudgets(tx: TenantTx, now: Date): Promise<BudgetRow[]> {
  return readBudgets(tx, now, sql`not credits`)
}

/** All that calls are held in, the balance of credits among them. */
export async function listHoldingBudgets(tx: TenantTx, now: Date): Promise<BudgetRow[]> {
  return readBudgets(tx, now, sql`true`)
}

export async function findBudget(tx: TenantTx, id: string, now: Date): Promise<BudgetRow | undefined> {
  const [row] = await readBudgets(tx, now, sql`id = ${id}::uuid and not credits`)
  return row
}

/** As `findBudget`, the balance of credits too. */
export async function findHoldingBudget(tx: TenantTx, id: string, now: Date): Promise<BudgetRow | undefined> {
  const [row] = await readBudgets(tx, now, sql`id = ${id}::uuid`)
  return row
}

export async function countBudgets(tx: TenantTx): Promise<number> {
  const [row] = await tx.select({ count: count() }).from(budgets).where(eq(budgets.credits, false))
  return row?.count ?? 0
}

/** The budgets about exactly this, the oldest first. */
export async function listBudgetsAbout(
  tx: TenantTx,
  about: BudgetAbout,
): Promise<{ id: string; window: BudgetWindow }[]> {
  const is = (column: (typeof budgets)[keyof BudgetAbout], value: string | null) =>
    value === null ? isNull(column) : eq(column, value)
  return tx
    .select({ id: budgets.id, window: budgets.window })
    .from(budgets)
    .where(
      and(
        eq(budgets.credits, false),
        is(budgets.userId, about.userId),
        is(budgets.apiKeyId, about.apiKeyId),
        is(budgets.serviceAccountId, about.serviceAccountId),
        is(budgets.projectId, about.projectId),
        is(budgets.model, about.model),
        is(budgets.tag, about.tag),
      ),
    )
    .orderBy(budgets.id)
}

/** Whether the organization has the member, key, service account and project that a budget is about. */
export async function hasSubjects(tx: TenantTx, about: BudgetAbout): Promise<boolean> {
  const [row] = await rowsOf<{ found: boolean }>(
    tx,
    sql`select
      (${about.userId}::uuid is null
        or exists (select 1 from freehold.memberships where user_id = ${about.userId}::uuid))
      and (${about.apiKeyId}::uuid is null
        or exists (select 1 from freehold.api_keys where id = ${about.apiKeyId}::uuid and revoked_at is null))
      and (${about.serviceAccountId}::uuid is null
        or exists (select 1 from freehold.service_accounts where id = ${about.serviceAccountId}::uuid))
      and (${about.projectId}::uuid is null
        or exists (select 1 from freehold.projects where id = ${about.projectId}::uuid)) as found`,
  )
  return row?.found === true
}

/** When a window of a calendar began. @throws the database's 22023 for a time zone it does not know */
export async function findWindowStart(
  tx: TenantTx,
  window: BudgetWindow,
  timeZone: string,
  now: Date,
): Promise<Date> {
  const [row] = await rowsOf<{ start: string | Date }>(
    tx,
    sql`select ${windowStart(now)} as start from (select ${window}::text as budget_window, ${timeZone}::text as time_zone) as calendar`,
  )
  if (!row) throw new Error('A window has a beginning.')
  return new Date(row.start)
}

/** What calls under way hold that count in a budget about this. */
function heldAbout(about: BudgetAbout): SQL {
  return sql`(select coalesce(sum(amount_nanos), 0) from freehold.holds
    where (${about.userId}::uuid is null or user_id = ${about.userId}::uuid)
      and (${about.apiKeyId}::uuid is null or api_key_id = ${about.apiKeyId}::uuid)
      and (${about.serviceAccountId}::uuid is null or service_account_id = ${about.serviceAccountId}::uuid)
      and (${about.projectId}::uuid is null or project_id = ${about.projectId}::uuid)
      and (${about.model}::text is null or model = ${about.model}::text)
      and (${about.tag}::text is null or tag = ${about.tag}::text))`
}

/** Inserts the budget with what is held now. The caller has locked the organization, so that nothing moves meanwhile. */
export async function insertBudget(
  tx: TenantTx,
  row: typeof budgets.$inferInsert & { settledNanos: Nanos },
  about: BudgetAbout,
): Promise<void> {
  // Drizzle takes SQL here; the row's type does not say so.
  await tx.insert(budgets).values({ ...row, ...about, heldNanos: heldAbout(about) as unknown as bigint })
  await markReached(tx, row.id)
}

export type BudgetTerms = Pick<
  typeof budgets.$inferSelect,
  | 'limitNanos'
  | 'window'
  | 'timeZone'
  | 'hard'
  | 'thresholds'
  | 'settledNanos'
  | 'windowStartedAt'
  | 'updatedAt'
>

/** As `insertBudget`, of a budget that is there. */
export async function updateBudget(tx: TenantTx, id: string, terms: BudgetTerms): Promise<void> {
  await tx.update(budgets).set(terms).where(eq(budgets.id, id))
  await markReached(tx, id)
}

/** What is reached when somebody sets a budget is in front of their eyes: only what comes after is told. */
export async function markReached(tx: TenantTx, id: string): Promise<void> {
  await tx
    .update(budgets)
    .set({ notifiedPercent: reachedPercent(sql`settled_nanos`) })
    .where(eq(budgets.id, id))
}

export async function deleteBudget(tx: TenantTx, id: string): Promise<boolean> {
  const deleted = await tx
    .delete(budgets)
    .where(and(eq(budgets.id, id), eq(budgets.credits, false)))
    .returning({ id: budgets.id })
  return deleted.length > 0
}

/** Keeps what the call is with what it may cost; of a person's own key, whose it is. */
export async function insertHold(tx: TenantTx, row: typeof holds.$inferInsert & CallParts): Promise<void> {
  // Drizzle takes SQL here; the row's type does not say so.
  await tx.insert(holds).values({ ...row, userId: personOf(row) as unknown as string })
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

/** Who hears of a budget: owners, admins, and the member it is about. */
export async function listReaders(
  tx: TenantTx,
  userId: string | null,
): Promise<{ email: string; organization: string }[]> {
  return rowsOf<{ email: string; organization: string }>(
    tx,
    sql`
    select u.email, o.name as organization from freehold.memberships m
    join freehold.users u on u.id = m.user_id join freehold.organizations o on o.id = m.organization_id
    where m.role in ('owner', 'admin') or m.user_id = ${userId}::uuid order by m.user_id`,
  )
}
