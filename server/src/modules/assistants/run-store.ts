import { and, asc, desc, eq, gt, isNull, lt, notInArray, or, type SQL, sql } from 'drizzle-orm'
import type { Caller } from '../../platform/context.ts'
import type { SystemTx, TenantTx } from '../../platform/db/types.ts'
import { assistantRunSteps, assistantRuns } from './tables.ts'

export type RunRow = typeof assistantRuns.$inferSelect
export type StepRow = typeof assistantRunSteps.$inferSelect

/** Asked for by a person, with their sessions and their own keys. */
export function runsOfPerson(userId: string): SQL | undefined {
  const ownKeys = sql`(select id from freehold.api_keys where user_id = ${userId}::uuid)`
  return or(eq(assistantRuns.userId, userId), sql`${assistantRuns.apiKeyId} in ${ownKeys}`)
}

/** What a caller calls their own: a person's runs and those of their keys, a service account's, else the one key's. */
export function ownRuns({ userId, apiKeyId, serviceAccountId }: Caller): SQL | undefined {
  if (serviceAccountId !== null) return eq(assistantRuns.serviceAccountId, serviceAccountId)
  if (apiKeyId !== null) return eq(assistantRuns.apiKeyId, apiKeyId)
  return userId === null ? sql`false` : runsOfPerson(userId)
}

export async function insertRun(tx: TenantTx, row: typeof assistantRuns.$inferInsert): Promise<RunRow> {
  const [inserted] = await tx.insert(assistantRuns).values(row).returning()
  if (!inserted) throw new Error('The run was not inserted.')
  return inserted
}

export async function findRun(tx: TenantTx, id: string, own?: SQL | undefined): Promise<RunRow | undefined> {
  const [row] = await tx
    .select()
    .from(assistantRuns)
    .where(and(eq(assistantRuns.id, id), own))
  return row
}

/** Finds and locks: of those who would change its state one after the other does. */
export async function findRunForUpdate(
  tx: TenantTx,
  id: string,
  own?: SQL | undefined,
): Promise<RunRow | undefined> {
  const [row] = await tx
    .select()
    .from(assistantRuns)
    .where(and(eq(assistantRuns.id, id), own))
    .for('update')
  return row
}

/** The newest first. */
export async function listRuns(
  tx: TenantTx,
  which: SQL | undefined,
  page: { limit: number; beforeId: string | undefined; assistantId?: string | undefined },
): Promise<RunRow[]> {
  const { beforeId, assistantId } = page
  return tx
    .select()
    .from(assistantRuns)
    .where(
      and(
        which,
        assistantId === undefined ? undefined : eq(assistantRuns.assistantId, assistantId),
        beforeId === undefined ? undefined : lt(assistantRuns.id, beforeId),
      ),
    )
    .orderBy(desc(assistantRuns.id))
    .limit(page.limit)
}

export async function updateRun(
  tx: TenantTx,
  id: string,
  changes: Partial<Omit<RunRow, 'organizationId' | 'id'>>,
): Promise<void> {
  await tx.update(assistantRuns).set(changes).where(eq(assistantRuns.id, id))
}

export async function renewLease(tx: TenantTx, id: string, leaseId: string, until: Date): Promise<void> {
  await tx
    .update(assistantRuns)
    .set({ leaseUntil: until })
    .where(and(eq(assistantRuns.id, id), eq(assistantRuns.leaseId, leaseId)))
}

/** Adds what a step has cost, for whoever holds the lease. @returns false for whoever does not */
export async function addToRun(
  tx: TenantTx,
  id: string,
  leaseId: string,
  spent: { modelCalls: number; inputTokens: number; outputTokens: number; costNanos: bigint },
): Promise<boolean> {
  const changed = await tx
    .update(assistantRuns)
    .set({
      modelCalls: sql`${assistantRuns.modelCalls} + ${spent.modelCalls}`,
      inputTokens: sql`${assistantRuns.inputTokens} + ${spent.inputTokens}`,
      outputTokens: sql`${assistantRuns.outputTokens} + ${spent.outputTokens}`,
      costNanos: sql`${assistantRuns.costNanos} + ${spent.costNanos}`,
    })
    .where(and(eq(assistantRuns.id, id), eq(assistantRuns.leaseId, leaseId)))
    .returning({ id: assistantRuns.id })
  return changed.length > 0
}

/** Runs that dead processes held, of every organization. */
export async function listLeftRuns(
  tx: SystemTx,
  aliveNodeIds: readonly string[],
): Promise<{ organizationId: string; id: string }[]> {
  return tx
    .select({ organizationId: assistantRuns.organizationId, id: assistantRuns.id })
    .from(assistantRuns)
    .where(
      and(
        eq(assistantRuns.state, 'running'),
        or(
          isNull(assistantRuns.leaseId),
          aliveNodeIds.length === 0 ? undefined : notInArray(assistantRuns.leaseId, [...aliveNodeIds]),
        ),
      ),
    )
    .limit(500)
}

export async function findStep(tx: TenantTx, runId: string, key: string): Promise<StepRow | undefined> {
  const [row] = await tx
    .select()
    .from(assistantRunSteps)
    .where(and(eq(assistantRunSteps.runId, runId), eq(assistantRunSteps.key, key)))
  return row
}

export async function insertStep(
  tx: TenantTx,
  row: Omit<typeof assistantRunSteps.$inferInsert, 'ordinal'>,
): Promise<void> {
  const next = sql<number>`(select coalesce(max(ordinal), 0) + 1 from freehold.assistant_run_steps
    where run_id = ${row.runId}::uuid)`
  await tx.insert(assistantRunSteps).values({ ...row, ordinal: next as unknown as number }) // Drizzle takes SQL here
}

export async function updateStep(
  tx: TenantTx,
  runId: string,
  key: string,
  changes: Partial<Omit<StepRow, 'organizationId' | 'runId' | 'key'>>,
): Promise<void> {
  await tx
    .update(assistantRunSteps)
    .set(changes)
    .where(and(eq(assistantRunSteps.runId, runId), eq(assistantRunSteps.key, key)))
}

/** In the order in which they were begun. */
export async function listSteps(tx: TenantTx, runId: string, afterOrdinal = 0): Promise<StepRow[]> {
  return tx
    .select()
    .from(assistantRunSteps)
    .where(and(eq(assistantRunSteps.runId, runId), gt(assistantRunSteps.ordinal, afterOrdinal)))
    .orderBy(asc(assistantRunSteps.ordinal))
}
