import { and, eq, gte, sql } from 'drizzle-orm'
import type { Scope } from '../../platform/context.ts'
import type { Nanos } from '../../platform/money.ts'
import { adjustmentsOf } from './store.ts'
import { usageRecords } from './tables.ts'

/** What the calls of one version of a prompt came to. */
export interface PromptFigures {
  version: number
  calls: number
  failed: number
  costNanos: Nanos
  averageLatencyMs: number
}

/** By version, the newest first. */
export async function promptFigures({ tx }: Scope, promptId: string, since: Date): Promise<PromptFigures[]> {
  const adjusted = adjustmentsOf(tx)
  const rows = await tx
    .select({
      version: usageRecords.promptVersion,
      calls: sql<string>`count(*)`,
      failed: sql<string>`count(*) filter (where status <> 'ok')`,
      costNanos: sql<string>`coalesce(sum(${usageRecords.costNanos} + coalesce(${adjusted.amount}, 0)), 0)::text`,
      averageLatencyMs: sql<string>`coalesce(round(avg(${usageRecords.latencyMs})), 0)`,
    })
    .from(usageRecords)
    .leftJoin(adjusted, eq(adjusted.requestId, usageRecords.requestId))
    .where(and(eq(usageRecords.promptId, promptId), gte(usageRecords.createdAt, since)))
    .groupBy(usageRecords.promptVersion)
    .orderBy(sql`prompt_version desc`)
  return rows.map((row) => ({
    version: row.version ?? 0,
    calls: Number(row.calls),
    failed: Number(row.failed),
    costNanos: BigInt(row.costNanos),
    averageLatencyMs: Number(row.averageLatencyMs),
  }))
}
