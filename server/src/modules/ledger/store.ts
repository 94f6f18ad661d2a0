import { and, asc, desc, eq, gte, inArray, lt, lte, sql } from 'drizzle-orm'
import type { TenantTx } from '../../platform/db/types.ts'
import { usageDaily, usageRecords } from './tables.ts'

export type UsageRecordRow = typeof usageRecords.$inferSelect
export type UsageDailyRow = typeof usageDaily.$inferSelect

/** False when a record of this request is there already. */
export async function insertUsageRecord(tx: TenantTx, row: UsageRecordRow): Promise<boolean> {
  const rows = await tx
    .insert(usageRecords)
    .values(row)
    .onConflictDoNothing()
    .returning({ requestId: usageRecords.requestId })
  return rows.length > 0
}

export async function addToDailyRollUp(tx: TenantTx, row: UsageDailyRow): Promise<void> {
  await tx
    .insert(usageDaily)
    .values(row)
    .onConflictDoUpdate({
      target: [usageDaily.organizationId, usageDaily.day, usageDaily.model],
      set: {
        calls: sql`${usageDaily.calls} + excluded.calls`,
        promptTokens: sql`${usageDaily.promptTokens} + excluded.prompt_tokens`,
        completionTokens: sql`${usageDaily.completionTokens} + excluded.completion_tokens`,
        costNanos: sql`${usageDaily.costNanos} + excluded.cost_nanos`,
      },
    })
}

export async function findUsageRecord(tx: TenantTx, requestId: string): Promise<UsageRecordRow | undefined> {
  const [row] = await tx.select().from(usageRecords).where(eq(usageRecords.requestId, requestId))
  return row
}

export async function findUsageRecords(
  tx: TenantTx,
  requestIds: readonly string[],
): Promise<UsageRecordRow[]> {
  if (requestIds.length === 0) return []
  return tx
    .select()
    .from(usageRecords)
    .where(inArray(usageRecords.requestId, [...requestIds]))
}

export async function listUsageRecords(
  tx: TenantTx,
  page: { limit: number; beforeId: string | undefined },
): Promise<UsageRecordRow[]> {
  return tx
    .select()
    .from(usageRecords)
    .where(page.beforeId === undefined ? undefined : lt(usageRecords.requestId, page.beforeId))
    .orderBy(desc(usageRecords.requestId))
    .limit(page.limit + 1)
}

/** The calls a person made, the newest first. */
export async function listUsageRecordsOf(
  tx: TenantTx,
  userId: string,
  page: { limit: number; beforeId: string | undefined },
): Promise<UsageRecordRow[]> {
  return tx
    .select()
    .from(usageRecords)
    .where(
      and(
        eq(usageRecords.userId, userId),
        page.beforeId === undefined ? undefined : lt(usageRecords.requestId, page.beforeId),
      ),
    )
    .orderBy(desc(usageRecords.requestId))
    .limit(page.limit)
}

export async function listDailyUsage(tx: TenantTx, from: string, to: string): Promise<UsageDailyRow[]> {
  return tx
    .select()
    .from(usageDaily)
    .where(and(gte(usageDaily.day, from), lte(usageDaily.day, to)))
    .orderBy(asc(usageDaily.day), asc(usageDaily.model))
}

/** What the organization has spent on the days from `since` on, by the daily roll-up. */
export async function sumCostSince(tx: TenantTx, since: Date): Promise<bigint> {
  const [row] = await tx
    .select({ total: sql<string>`coalesce(sum(${usageDaily.costNanos}), 0)::text` })
    .from(usageDaily)
    .where(gte(usageDaily.day, since.toISOString().slice(0, 10)))
  return BigInt(row?.total ?? '0')
}
