import { sql } from 'drizzle-orm'
import type { Scope } from '../../platform/context.ts'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { TenantTx } from '../../platform/db/types.ts'
import { newId } from '../../platform/ids.ts'
import type { Nanos } from '../../platform/money.ts'
import { wholeOrganization } from './save-terms.ts'
import { insertBudget, markReached } from './store.ts'
import { budgets } from './tables.ts'

/**
 * The balance of prepaid credits as the gate knows it: a hard budget for the life of the organization, in which every call
 * counts. What moves it here are grants, revocations and expiries; calls move it as they move every budget.
 */
export interface CreditBalance {
  /** Granted, less what was revoked or has expired. */
  limitNanos: Nanos
  /** What calls have used. */
  settledNanos: Nanos
  /** What calls under way may use, and nodes hold for calls to come. */
  heldNanos: Nanos
}

/** Of which percents it is told how much is used, each once until more is granted. */
const thresholds = [80, 95, 100]

/** Undefined where the organization never had credits: its calls are held against none then. */
export async function findCreditBalance(tx: TenantTx): Promise<CreditBalance | undefined> {
  const [row] = await read(tx, false)
  return row
}

/** As it is, until the transaction ends. */
export async function lockCreditBalance(tx: TenantTx): Promise<CreditBalance | undefined> {
  const [row] = await read(tx, true)
  return row
}

async function read(tx: TenantTx, locked: boolean): Promise<CreditBalance[]> {
  const rows = await rowsOf<{ limit_nanos: string; settled: string; held: string }>(
    tx,
    sql`select limit_nanos::text, settled_nanos::text as settled, held_nanos::text as held
      from freehold.budgets where credits ${locked ? sql`for no key update` : sql``}`,
  )
  return rows.map((row) => ({
    limitNanos: BigInt(row.limit_nanos),
    settledNanos: BigInt(row.settled),
    heldNanos: BigInt(row.held),
  }))
}

/**
 * Begins to hold calls against a balance, of nothing yet. What was spent before does not count, and what calls under way
 * hold does. The caller has locked the organization.
 */
export async function openCreditBalance({ tx, organizationId, now }: Scope): Promise<void> {
  const row = {
    organizationId,
    id: newId(),
    limitNanos: 0n,
    settledNanos: 0n,
    window: 'lifetime' as const,
    timeZone: 'UTC',
    hard: true,
    credits: true,
    thresholds,
    windowStartedAt: now,
    createdAt: now,
    updatedAt: now,
  }
  await insertBudget(tx, row, wholeOrganization)
}

/** Adds to the balance or takes from it. The caller has locked it, and takes no more than is free. */
export async function moveCreditBalance({ tx, now }: Scope, byNanos: Nanos): Promise<void> {
  const [row] = await tx
    .update(budgets)
    .set({
      limitNanos: sql`${budgets.limitNanos} + ${byNanos.toString()}::bigint`,
      updatedAt: now,
    })
    .where(sql`${budgets.credits}`)
    .returning({ id: budgets.id })
  // With more granted a threshold can be reached anew.
  if (row && byNanos > 0n) await markReached(tx, row.id)
}
