import { and, eq, isNull, lt, lte } from 'drizzle-orm'
import type { SystemTx } from '../db/types.ts'
import { idempotencyKeys } from './tables.ts'

export type RepeatRow = typeof idempotencyKeys.$inferSelect

export interface RepeatKey {
  ownerId: string
  keyHash: string
}

const of = ({ ownerId, keyHash }: RepeatKey) =>
  and(eq(idempotencyKeys.ownerId, ownerId), eq(idempotencyKeys.keyHash, keyHash))

/** Takes the key for a request. @returns whether it was free, or its time was over */
export async function claimKey(
  tx: SystemTx,
  row: RepeatKey & { requestHash: string; nodeId: string; createdAt: Date; expiresAt: Date },
): Promise<boolean> {
  const claimed = await tx
    .insert(idempotencyKeys)
    .values(row)
    .onConflictDoUpdate({
      target: [idempotencyKeys.ownerId, idempotencyKeys.keyHash],
      set: { ...row, status: null, headers: null, bodySealed: null },
      setWhere: lte(idempotencyKeys.expiresAt, row.createdAt),
    })
    .returning({ ownerId: idempotencyKeys.ownerId })
  return claimed.length > 0
}

export async function findKey(tx: SystemTx, key: RepeatKey): Promise<RepeatRow | undefined> {
  const [row] = await tx.select().from(idempotencyKeys).where(of(key))
  return row
}

export async function updateKeyAnswered(
  tx: SystemTx,
  key: RepeatKey,
  answer: { status: number; headers: Record<string, string>; bodySealed: string; expiresAt?: Date },
): Promise<void> {
  await tx.update(idempotencyKeys).set(answer).where(of(key))
}

/** Gives a key back whose request had no effect. */
export async function deleteUnansweredKey(tx: SystemTx, key: RepeatKey): Promise<void> {
  await tx.delete(idempotencyKeys).where(and(of(key), isNull(idempotencyKeys.status)))
}

/** Forgets the requests of an organization, or of a person. */
export async function deleteKeysOf(tx: SystemTx, ownerId: string): Promise<void> {
  await tx.delete(idempotencyKeys).where(eq(idempotencyKeys.ownerId, ownerId))
}

export async function deleteExpiredKeys(tx: SystemTx, now: Date): Promise<number> {
  const gone = await tx
    .delete(idempotencyKeys)
    .where(lt(idempotencyKeys.expiresAt, now))
    .returning({ ownerId: idempotencyKeys.ownerId })
  return gone.length
}
