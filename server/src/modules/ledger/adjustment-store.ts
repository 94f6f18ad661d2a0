import { and, desc, eq, type SQL, sql } from 'drizzle-orm'
import type { TenantTx } from '../../platform/db/types.ts'
import { usageAdjustments, usageRecords } from './tables.ts'

export type AdjustmentRow = typeof usageAdjustments.$inferSelect

/** Of the calls that are visible, the newest entries first; one more than `limit`. */
export async function listAdjustments(
  tx: TenantTx,
  visible: SQL | undefined,
  page: { limit: number; before: { time: Date; id: string } | undefined },
): Promise<AdjustmentRow[]> {
  const { before, limit } = page
  const rows = await tx
    .select({ adjustment: usageAdjustments })
    .from(usageAdjustments)
    .innerJoin(usageRecords, eq(usageRecords.requestId, usageAdjustments.requestId))
    .where(
      and(
        visible,
        before &&
          sql`(${usageAdjustments.createdAt}, ${usageAdjustments.id}) < (${before.time.toISOString()}::timestamptz, ${before.id}::uuid)`,
      ),
    )
    .orderBy(desc(usageAdjustments.createdAt), desc(usageAdjustments.id))
    .limit(limit + 1)
  return rows.map(({ adjustment }) => adjustment)
}
