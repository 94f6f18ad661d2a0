import { and, desc, eq, gt, gte, isNotNull, isNull, lt, ne, sql } from 'drizzle-orm'
import { hashToken } from '../../platform/crypto/index.ts'
import type { SystemTx } from '../../platform/db/types.ts'
import { addressChanges, users } from './tables.ts'

export type AddressChangeRow = typeof addressChanges.$inferSelect

export async function insertAddressChange(tx: SystemTx, row: AddressChangeRow): Promise<void> {
  await tx.insert(addressChanges).values(row)
}

/** The change that a link to the new address confirms, while it waits. */
export async function findWaitingChange(
  tx: SystemTx,
  token: string,
  now: Date,
): Promise<AddressChangeRow | undefined> {
  const [row] = await tx
    .select()
    .from(addressChanges)
    .where(
      and(
        eq(addressChanges.confirmHash, hashToken(token)),
        isNull(addressChanges.confirmedAt),
        gt(addressChanges.confirmUntil, now),
      ),
    )
    .for('update')
  return row
}

/** The change that a link to the old address takes back, whether or not it took effect. */
export async function findStoppableChange(
  tx: SystemTx,
  token: string,
  now: Date,
): Promise<AddressChangeRow | undefined> {
  const [row] = await tx
    .select()
    .from(addressChanges)
    .where(and(eq(addressChanges.stopHash, hashToken(token)), gt(addressChanges.stopUntil, now)))
    .for('update')
  return row
}

export async function findWaitingChangeOf(
  tx: SystemTx,
  userId: string,
  now: Date,
): Promise<AddressChangeRow | undefined> {
  const [row] = await tx
    .select()
    .from(addressChanges)
    .where(
      and(
        eq(addressChanges.userId, userId),
        isNull(addressChanges.confirmedAt),
        gt(addressChanges.confirmUntil, now),
      ),
    )
    .orderBy(desc(addressChanges.id))
    .limit(1)
  return row
}

export async function updateChangeConfirmed(tx: SystemTx, id: string, now: Date): Promise<void> {
  await tx.update(addressChanges).set({ confirmedAt: now }).where(eq(addressChanges.id, id))
}

/** What was asked for and not confirmed ends with a new password, and with the next request. */
export async function deleteWaitingChanges(tx: SystemTx, userId: string): Promise<void> {
  await tx
    .delete(addressChanges)
    .where(and(eq(addressChanges.userId, userId), isNull(addressChanges.confirmedAt)))
}

/** A change and those after it: whoever took an account over with it may have made more of them. */
export async function deleteChangesSince(tx: SystemTx, { userId, id }: AddressChangeRow): Promise<void> {
  await tx.delete(addressChanges).where(and(eq(addressChanges.userId, userId), gte(addressChanges.id, id)))
}

export async function deleteExpiredChanges(tx: SystemTx, now: Date): Promise<number> {
  const gone = await tx
    .delete(addressChanges)
    .where(lt(addressChanges.stopUntil, now))
    .returning({ id: addressChanges.id })
  return gone.length
}

/** Whether another account gave an address up so lately that its holder can still take it back. */
export async function isAddressHeld(
  tx: SystemTx,
  email: string,
  now: Date,
  exceptUserId?: string,
): Promise<boolean> {
  const rows = await tx
    .select({ id: addressChanges.id })
    .from(addressChanges)
    .where(
      and(
        eq(sql`lower(${addressChanges.oldEmail})`, email.toLowerCase()),
        isNotNull(addressChanges.confirmedAt),
        isNotNull(addressChanges.stopHash),
        gt(addressChanges.stopUntil, now),
        exceptUserId === undefined ? undefined : ne(addressChanges.userId, exceptUserId),
      ),
    )
    .limit(1)
  return rows.length > 0
}

/** Gives an account another address, whose holder has shown that it is theirs. */
export async function updateUserEmail(tx: SystemTx, userId: string, email: string, now: Date): Promise<void> {
  await tx.update(users).set({ email, emailVerified: true, updatedAt: now }).where(eq(users.id, userId))
}
