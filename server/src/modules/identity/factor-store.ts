import { and, count, eq, isNull } from 'drizzle-orm'
import type { SystemTx } from '../../platform/db/types.ts'
import { newId } from '../../platform/ids.ts'
import { recoveryCodes, secondFactors } from './tables.ts'

export type SecondFactorRow = typeof secondFactors.$inferSelect

export async function findSecondFactor(tx: SystemTx, userId: string): Promise<SecondFactorRow | undefined> {
  const [row] = await tx.select().from(secondFactors).where(eq(secondFactors.userId, userId))
  return row
}

/** Finds and locks: of two who show one code at once, one is let in. */
export async function findSecondFactorForUpdate(
  tx: SystemTx,
  userId: string,
): Promise<SecondFactorRow | undefined> {
  const [row] = await tx.select().from(secondFactors).where(eq(secondFactors.userId, userId)).for('update')
  return row
}

/** Begins anew: what was there and not confirmed is replaced. */
export async function insertSecondFactor(
  tx: SystemTx,
  row: { userId: string; secretSealed: string; createdAt: Date },
): Promise<void> {
  await tx.delete(secondFactors).where(eq(secondFactors.userId, row.userId))
  await tx.insert(secondFactors).values(row)
}

export async function updateSecondFactor(
  tx: SystemTx,
  userId: string,
  change: { confirmedAt?: Date; lastStep: number },
): Promise<void> {
  await tx.update(secondFactors).set(change).where(eq(secondFactors.userId, userId))
}

export async function deleteSecondFactor(tx: SystemTx, userId: string): Promise<void> {
  await tx.delete(secondFactors).where(eq(secondFactors.userId, userId))
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId))
}

/** Replaces a person's recovery codes. */
export async function replaceRecoveryCodes(
  tx: SystemTx,
  userId: string,
  codeHashes: readonly string[],
  now: Date,
): Promise<void> {
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId))
  await tx
    .insert(recoveryCodes)
    .values(codeHashes.map((codeHash) => ({ id: newId(), userId, codeHash, createdAt: now })))
}

/** Uses a recovery code up. @returns whether it was one, and unused */
export async function useRecoveryCode(
  tx: SystemTx,
  userId: string,
  codeHash: string,
  now: Date,
): Promise<boolean> {
  const used = await tx
    .update(recoveryCodes)
    .set({ usedAt: now })
    .where(
      and(
        eq(recoveryCodes.userId, userId),
        eq(recoveryCodes.codeHash, codeHash),
        isNull(recoveryCodes.usedAt),
      ),
    )
    .returning({ id: recoveryCodes.id })
  return used.length > 0
}

export async function countRecoveryCodes(tx: SystemTx, userId: string): Promise<number> {
  const [row] = await tx
    .select({ left: count() })
    .from(recoveryCodes)
    .where(and(eq(recoveryCodes.userId, userId), isNull(recoveryCodes.usedAt)))
  return row?.left ?? 0
}
