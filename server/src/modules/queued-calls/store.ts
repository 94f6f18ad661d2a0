import { and, count, desc, eq, inArray, isNotNull, lt, or, type SQL } from 'drizzle-orm'
import type { SystemTx, TenantTx } from '../../platform/db/types.ts'
import { queuedCalls } from './tables.ts'

export type QueuedCallRow = typeof queuedCalls.$inferSelect

const unfinished = ['waiting', 'running'] as const

export async function insertQueuedCall(tx: TenantTx, row: typeof queuedCalls.$inferInsert): Promise<void> {
  await tx.insert(queuedCalls).values(row)
}

/** How many have no answer yet. */
export async function countUnfinishedCalls(tx: TenantTx): Promise<number> {
  const [row] = await tx
    .select({ count: count() })
    .from(queuedCalls)
    .where(inArray(queuedCalls.status, [...unfinished]))
  return row?.count ?? 0
}

/** @param own which calls are the caller's */
export async function findQueuedCall(
  tx: TenantTx,
  id: string,
  own?: SQL | undefined,
): Promise<QueuedCallRow | undefined> {
  const [row] = await tx
    .select()
    .from(queuedCalls)
    .where(and(eq(queuedCalls.id, id), own))
  return row
}

/** Finds and locks: of those who would change its status one after the other does. */
export async function findQueuedCallForUpdate(
  tx: TenantTx,
  id: string,
  own?: SQL | undefined,
): Promise<QueuedCallRow | undefined> {
  const [row] = await tx
    .select()
    .from(queuedCalls)
    .where(and(eq(queuedCalls.id, id), own))
    .for('update')
  return row
}

/** The newest first. */
export async function listQueuedCalls(
  tx: TenantTx,
  which: SQL | undefined,
  page: { limit: number; beforeId: string | undefined },
): Promise<QueuedCallRow[]> {
  return tx
    .select()
    .from(queuedCalls)
    .where(and(which, page.beforeId === undefined ? undefined : lt(queuedCalls.id, page.beforeId)))
    .orderBy(desc(queuedCalls.id))
    .limit(page.limit)
}

export async function updateQueuedCall(
  tx: TenantTx,
  id: string,
  changes: Partial<Omit<QueuedCallRow, 'organizationId' | 'id'>>,
): Promise<void> {
  await tx.update(queuedCalls).set(changes).where(eq(queuedCalls.id, id))
}

/** Changes one that is being answered. @returns false where it was cancelled, or answered, meanwhile */
export async function updateRunningCall(
  tx: TenantTx,
  id: string,
  changes: Partial<Omit<QueuedCallRow, 'organizationId' | 'id'>>,
): Promise<boolean> {
  const changed = await tx
    .update(queuedCalls)
    .set(changes)
    .where(and(eq(queuedCalls.id, id), eq(queuedCalls.status, 'running')))
    .returning({ id: queuedCalls.id })
  return changed.length > 0
}

export async function deleteQueuedCall(tx: TenantTx, id: string): Promise<void> {
  await tx.delete(queuedCalls).where(eq(queuedCalls.id, id))
}

/** Throws away what was asked and answered where the time is up, of every organization. @returns of how many */
export async function emptyExpiredCalls(tx: SystemTx, now: Date): Promise<number> {
  const emptied = await tx
    .update(queuedCalls)
    .set({ requestSealed: null, resultSealed: null, webhookSealed: null })
    .where(
      and(
        lt(queuedCalls.expiresAt, now),
        or(
          isNotNull(queuedCalls.requestSealed),
          isNotNull(queuedCalls.resultSealed),
          isNotNull(queuedCalls.webhookSealed),
        ),
      ),
    )
    .returning({ id: queuedCalls.id })
  return emptied.length
}

/** Those that ran out before a moment, of every organization. @returns how many */
export async function deleteExpiredCalls(tx: SystemTx, before: Date): Promise<number> {
  const deleted = await tx
    .delete(queuedCalls)
    .where(lt(queuedCalls.expiresAt, before))
    .returning({ id: queuedCalls.id })
  return deleted.length
}
