import { and, count, desc, eq } from 'drizzle-orm'
import type { SystemTx } from '../../platform/db/types.ts'
import { passkeys } from './tables.ts'

export type PasskeyRow = typeof passkeys.$inferSelect

/** A person's passkeys, the newest first. */
export async function listPasskeys(tx: SystemTx, userId: string): Promise<PasskeyRow[]> {
  return tx.select().from(passkeys).where(eq(passkeys.userId, userId)).orderBy(desc(passkeys.id))
}

export async function countPasskeys(tx: SystemTx, userId: string): Promise<number> {
  const [row] = await tx.select({ count: count() }).from(passkeys).where(eq(passkeys.userId, userId))
  return row?.count ?? 0
}

/** @returns whether it was new: a credential belongs to one account */
export async function insertPasskey(tx: SystemTx, row: typeof passkeys.$inferInsert): Promise<boolean> {
  const made = await tx.insert(passkeys).values(row).onConflictDoNothing().returning({ id: passkeys.id })
  return made.length > 0
}

/** Finds and locks: of two answers with one counter, one counts. */
export async function findPasskeyForUpdate(
  tx: SystemTx,
  credentialId: string,
): Promise<PasskeyRow | undefined> {
  const [row] = await tx.select().from(passkeys).where(eq(passkeys.credentialId, credentialId)).for('update')
  return row
}

/**
 * Whether a passkey that was shown is still theirs. Locks it until the transaction ends, so that whoever removes it
 * waits, or has done so before.
 */
export async function isCurrentPasskey(tx: SystemTx, userId: string, id: string): Promise<boolean> {
  const [row] = await tx
    .select({ id: passkeys.id })
    .from(passkeys)
    .where(and(eq(passkeys.id, id), eq(passkeys.userId, userId)))
    .for('update')
  return row !== undefined
}

export async function updatePasskeyUsed(
  tx: SystemTx,
  id: string,
  use: { counter: number; backedUp: boolean; lastUsedAt: Date },
): Promise<void> {
  await tx.update(passkeys).set(use).where(eq(passkeys.id, id))
}

export async function updatePasskeyName(
  tx: SystemTx,
  userId: string,
  id: string,
  name: string,
): Promise<PasskeyRow | undefined> {
  const [row] = await tx
    .update(passkeys)
    .set({ name })
    .where(and(eq(passkeys.id, id), eq(passkeys.userId, userId)))
    .returning()
  return row
}

/** @returns whether it was theirs */
export async function deletePasskey(tx: SystemTx, userId: string, id: string): Promise<boolean> {
  const gone = await tx
    .delete(passkeys)
    .where(and(eq(passkeys.id, id), eq(passkeys.userId, userId)))
    .returning({ id: passkeys.id })
  return gone.length > 0
}

export async function deletePasskeysOf(tx: SystemTx, userId: string): Promise<void> {
  await tx.delete(passkeys).where(eq(passkeys.userId, userId))
}
