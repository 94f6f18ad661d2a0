import { and, count, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { TenantTx } from '../../platform/db/types.ts'
import type { LimitedParts, LimitTerms } from './rules/limit-terms.ts'
import { limits } from './tables.ts'

export interface LimitRow {
  id: string
  about: LimitedParts
  terms: LimitTerms
  createdAt: Date
}

export interface NamedLimitRow extends LimitRow {
  memberName: string | null
  apiKeyName: string | null
  serviceAccountName: string | null
}

const nameIn = (table: SQL, id: SQL) =>
  sql<string | null>`(select name from ${table} named where named.id = ${id})`

/** The oldest first. */
export async function listLimits(tx: TenantTx): Promise<NamedLimitRow[]> {
  return readLimits(tx, undefined)
}

export async function findLimit(tx: TenantTx, id: string): Promise<NamedLimitRow | undefined> {
  const [row] = await readLimits(tx, eq(limits.id, id))
  return row
}

async function readLimits(tx: TenantTx, where: SQL | undefined): Promise<NamedLimitRow[]> {
  const rows = await tx
    .select({
      row: limits,
      memberName: nameIn(sql`freehold.users`, sql`${limits.userId}`),
      apiKeyName: nameIn(sql`freehold.api_keys`, sql`${limits.apiKeyId}`),
      serviceAccountName: nameIn(sql`freehold.service_accounts`, sql`${limits.serviceAccountId}`),
    })
    .from(limits)
    .where(where)
    .orderBy(limits.id)
  return rows.map(({ row, ...names }) => ({ ...present(row), ...names }))
}

function present(row: typeof limits.$inferSelect): LimitRow {
  const { id, userId, apiKeyId, serviceAccountId, model, tag, createdAt } = row
  const { requestsPerMinute, tokensPerMinute, callsAtOnce } = row
  return {
    id,
    about: { userId, apiKeyId, serviceAccountId, model, tag },
    terms: { requestsPerMinute, tokensPerMinute, callsAtOnce },
    createdAt,
  }
}

/** What calls need: without the names. */
export async function listPlainLimits(tx: TenantTx): Promise<LimitRow[]> {
  return (await tx.select().from(limits).orderBy(limits.id)).map(present)
}

export async function countLimits(tx: TenantTx): Promise<number> {
  const [row] = await tx.select({ count: count() }).from(limits)
  return row?.count ?? 0
}

export async function hasLimitAbout(tx: TenantTx, about: LimitedParts): Promise<boolean> {
  const is = (column: (typeof limits)[keyof LimitedParts], value: string | null) =>
    value === null ? isNull(column) : eq(column, value)
  const rows = await tx
    .select({ id: limits.id })
    .from(limits)
    .where(
      and(
        is(limits.userId, about.userId),
        is(limits.apiKeyId, about.apiKeyId),
        is(limits.serviceAccountId, about.serviceAccountId),
        is(limits.model, about.model),
        is(limits.tag, about.tag),
      ),
    )
  return rows.length > 0
}

export async function insertLimit(tx: TenantTx, row: typeof limits.$inferInsert): Promise<void> {
  await tx.insert(limits).values(row)
}

export async function updateLimit(
  tx: TenantTx,
  id: string,
  terms: LimitTerms & { updatedAt: Date },
): Promise<void> {
  await tx.update(limits).set(terms).where(eq(limits.id, id))
}

export async function deleteLimit(tx: TenantTx, id: string): Promise<boolean> {
  return (await tx.delete(limits).where(eq(limits.id, id)).returning({ id: limits.id })).length > 0
}

/** Whose own key it is; null where it is nobody's. */
export async function findKeyPerson(tx: TenantTx, apiKeyId: string): Promise<string | null> {
  const [row] = await rowsOf<{ user_id: string | null }>(
    tx,
    sql`select user_id from freehold.api_keys where id = ${apiKeyId}::uuid`,
  )
  return row?.user_id ?? null
}
