import { and, desc, eq, isNull, lt } from 'drizzle-orm'
import type { SystemTx } from '../../platform/db/types.ts'
import { refreshTokens, sessions, signingKeys, users, verifications } from './tables.ts'

export type UserRow = typeof users.$inferSelect
export type RefreshTokenRow = typeof refreshTokens.$inferSelect
export type SigningKeyRow = typeof signingKeys.$inferSelect

export async function findUser(tx: SystemTx, userId: string): Promise<UserRow | undefined> {
  const [row] = await tx.select().from(users).where(eq(users.id, userId))
  return row
}

export async function findUserByEmail(tx: SystemTx, email: string): Promise<UserRow | undefined> {
  const [row] = await tx.select().from(users).where(eq(users.email, email.toLowerCase()))
  return row
}

export async function updateUserName(
  tx: SystemTx,
  userId: string,
  name: string,
  now: Date,
): Promise<UserRow | undefined> {
  const [row] = await tx.update(users).set({ name, updatedAt: now }).where(eq(users.id, userId)).returning()
  return row
}

/** Whether a session is still open. */
export async function findSession(
  tx: SystemTx,
  sessionId: string,
): Promise<{ id: string; userId: string } | undefined> {
  const [row] = await tx
    .select({ id: sessions.id, userId: sessions.userId })
    .from(sessions)
    .where(eq(sessions.id, sessionId))
  return row
}

export async function updateSessionOrganization(
  tx: SystemTx,
  sessionId: string,
  organizationId: string | null,
  now: Date,
): Promise<void> {
  await tx.update(sessions).set({ organizationId, updatedAt: now }).where(eq(sessions.id, sessionId))
}

/** Ends a session; its refresh tokens go with it. */
export async function deleteSession(tx: SystemTx, sessionId: string): Promise<void> {
  await tx.delete(sessions).where(eq(sessions.id, sessionId))
}

export async function insertRefreshToken(
  tx: SystemTx,
  row: typeof refreshTokens.$inferInsert,
): Promise<void> {
  await tx.insert(refreshTokens).values(row)
}

/** Finds and locks: of several that present the same token at once, one goes on and the others wait. */
export async function findRefreshTokenForUpdate(
  tx: SystemTx,
  tokenHash: string,
): Promise<RefreshTokenRow | undefined> {
  const [row] = await tx
    .select()
    .from(refreshTokens)
    .where(eq(refreshTokens.tokenHash, tokenHash))
    .for('update')
  return row
}

export async function updateRefreshTokenUsed(
  tx: SystemTx,
  id: string,
  successorSealed: string,
  now: Date,
): Promise<void> {
  await tx.update(refreshTokens).set({ usedAt: now, successorSealed }).where(eq(refreshTokens.id, id))
}

export async function revokeFamily(tx: SystemTx, familyId: string, now: Date): Promise<void> {
  await tx
    .update(refreshTokens)
    .set({ revokedAt: now })
    .where(and(eq(refreshTokens.familyId, familyId), isNull(refreshTokens.revokedAt)))
}

export async function listSigningKeys(
  tx: SystemTx,
  algorithm: SigningKeyRow['algorithm'],
): Promise<SigningKeyRow[]> {
  return tx
    .select()
    .from(signingKeys)
    .where(eq(signingKeys.algorithm, algorithm))
    .orderBy(desc(signingKeys.createdAt), desc(signingKeys.id))
}

export async function insertSigningKey(tx: SystemTx, row: typeof signingKeys.$inferInsert): Promise<void> {
  await tx.insert(signingKeys).values(row)
}

/** Removes what can be used no more. @returns how many rows went */
export async function deleteExpired(tx: SystemTx, now: Date): Promise<number> {
  const gone = [
    await tx
      .delete(refreshTokens)
      .where(lt(refreshTokens.expiresAt, now))
      .returning({ id: refreshTokens.id }),
    await tx.delete(sessions).where(lt(sessions.expiresAt, now)).returning({ id: sessions.id }),
    await tx
      .delete(verifications)
      .where(lt(verifications.expiresAt, now))
      .returning({ id: verifications.id }),
  ]
  return gone.reduce((sum, rows) => sum + rows.length, 0)
}
