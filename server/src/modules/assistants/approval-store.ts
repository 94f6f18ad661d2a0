import { and, desc, eq, lt, type SQL } from 'drizzle-orm'
import type { SystemTx, TenantTx } from '../../platform/db/types.ts'
import { assistantApprovals, assistantRuns, assistants } from './tables.ts'

export type ApprovalRow = typeof assistantApprovals.$inferSelect
/** With what the inbox says of the run. */
export interface ListedApproval {
  readonly approval: ApprovalRow
  readonly userId: string | null
  readonly assistantId: string
  readonly assistantName: string
}

const listed = {
  approval: assistantApprovals,
  userId: assistantRuns.userId,
  assistantId: assistantRuns.assistantId,
  assistantName: assistants.name,
}

/** What is there already stays as it is. */
export async function insertApprovals(
  tx: TenantTx,
  rows: readonly (typeof assistantApprovals.$inferInsert)[],
): Promise<void> {
  if (rows.length > 0)
    await tx
      .insert(assistantApprovals)
      .values([...rows])
      .onConflictDoNothing()
}

export async function listApprovalsOfRun(tx: TenantTx, runId: string): Promise<ApprovalRow[]> {
  return tx
    .select()
    .from(assistantApprovals)
    .where(eq(assistantApprovals.runId, runId))
    .orderBy(assistantApprovals.id)
}

/** The newest first. @param whose condition on the runs they belong to */
export async function listApprovals(
  tx: TenantTx,
  whose: SQL | undefined,
  page: { limit: number; beforeId: string | undefined; state?: ApprovalRow['state'] | undefined },
): Promise<ListedApproval[]> {
  const { limit, beforeId, state } = page
  return from(tx)
    .where(
      and(
        whose,
        state === undefined ? undefined : eq(assistantApprovals.state, state),
        beforeId === undefined ? undefined : lt(assistantApprovals.id, beforeId),
      ),
    )
    .orderBy(desc(assistantApprovals.id))
    .limit(limit)
}

/** @param whose condition on the run it belongs to */
export async function findApproval(
  tx: TenantTx,
  id: string,
  whose: SQL | undefined,
): Promise<ListedApproval | undefined> {
  const [row] = await from(tx).where(and(whose, eq(assistantApprovals.id, id)))
  return row
}

function from(tx: TenantTx) {
  return tx
    .select(listed)
    .from(assistantApprovals)
    .innerJoin(assistantRuns, eq(assistantRuns.id, assistantApprovals.runId))
    .innerJoin(assistants, eq(assistants.id, assistantRuns.assistantId))
}

/** Decides one that waits: of two who come at once, one is given false. */
export async function updateWaitingApproval(
  tx: TenantTx,
  id: string,
  changes: Partial<Omit<ApprovalRow, 'organizationId' | 'id'>>,
): Promise<boolean> {
  const changed = await tx
    .update(assistantApprovals)
    .set(changes)
    .where(and(eq(assistantApprovals.id, id), eq(assistantApprovals.state, 'waiting')))
    .returning({ id: assistantApprovals.id })
  return changed.length > 0
}

export async function withdrawApprovals(tx: TenantTx, runId: string): Promise<void> {
  await tx
    .update(assistantApprovals)
    .set({ state: 'withdrawn' })
    .where(and(eq(assistantApprovals.runId, runId), eq(assistantApprovals.state, 'waiting')))
}

/** Those whose time is up, of every organization. */
export async function listOverdueApprovals(
  tx: SystemTx,
  now: Date,
): Promise<{ organizationId: string; id: string; runId: string }[]> {
  return tx
    .select({
      organizationId: assistantApprovals.organizationId,
      id: assistantApprovals.id,
      runId: assistantApprovals.runId,
    })
    .from(assistantApprovals)
    .where(and(eq(assistantApprovals.state, 'waiting'), lt(assistantApprovals.expiresAt, now)))
    .limit(500)
}
