import { and, desc, eq, gt, isNull, lt, ne, sql } from 'drizzle-orm'
import type { SystemTx } from '../../platform/db/types.ts'
import { newId } from '../../platform/ids.ts'
import {
  accounts,
  oneTimeTokens,
  refreshTokens,
  sessions,
  signingKeys,
  users,
  verifications,
} from './tables.ts'

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

/** Makes somebody a super-admin, who operates the whole installation. */
export async function updateUserSuperAdmin(tx: SystemTx, userId: string, superAdmin: boolean): Promise<void> {
  await tx.update(users).set({ superAdmin }).where(eq(users.id, userId))
}

/** Makes a person a super-admin when they are the only one there is. */
export async function promoteFirstUser(tx: SystemTx, userId: string): Promise<boolean> {
  // Of two first people at once one waits here for the other.
  await tx.execute(sql`select pg_advisory_xact_lock(7310478022)`)
  const [other] = await tx.select({ id: users.id }).from(users).where(ne(users.id, userId)).limit(1)
  if (other) return false
  await updateUserSuperAdmin(tx, userId, true)
  return true
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

/** @returns whether it was not verified before */
export async function updateEmailVerified(tx: SystemTx, userId: string, now: Date): Promise<boolean> {
  const changed = await tx
    .update(users)
    .set({ emailVerified: true, updatedAt: now })
    .where(and(eq(users.id, userId), eq(users.emailVerified, false)))
    .returning({ id: users.id })
  return changed.length > 0
}

/** Sets a person's password; a person who has none, because they came by another way, gets one. */
export async function updatePassword(
  tx: SystemTx,
  userId: string,
  passwordHash: string,
  now: Date,
): Promise<void> {
  const changed = await tx
    .update(accounts)
    .set({ password: passwordHash, updatedAt: now })
    .where(and(eq(accounts.userId, userId), eq(accounts.providerId, 'credential')))
    .returning({ id: accounts.id })
  if (changed.length > 0) return
  await tx.insert(accounts).values({
    id: newId(),
    userId,
    accountId: userId,
    providerId: 'credential',
    password: passwordHash,
    createdAt: now,
    updatedAt: now,
  })
}

/**
 * Whether a hash that a password was checked against is still the stored one. Locks it until the transaction ends, so
 * that whoever changes the password waits, or has done so before.
 */
export async function isCurrentPassword(
  tx: SystemTx,
  userId: string,
  passwordHash: string,
): Promise<boolean> {
  const [row] = await tx
    .select({ password: accounts.password })
    .from(accounts)
    .where(and(eq(accounts.userId, userId), eq(accounts.providerId, 'credential')))
    .for('update')
  return row?.password === passwordHash
}

/** Takes the password from a person: until a letter sets a new one, none works. */
export async function deletePassword(tx: SystemTx, userId: string): Promise<void> {
  await tx.delete(accounts).where(and(eq(accounts.userId, userId), eq(accounts.providerId, 'credential')))
}

export async function hasPassword(tx: SystemTx, userId: string): Promise<boolean> {
  const rows = await tx
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(eq(accounts.userId, userId), eq(accounts.providerId, 'credential')))
  return rows.length > 0
}

/** Removes a person; what belongs to them alone goes with them. */
export async function deleteUser(tx: SystemTx, userId: string): Promise<void> {
  await tx.delete(users).where(eq(users.id, userId))
}

export async function insertUser(tx: SystemTx, row: UserRow): Promise<void> {
  await tx.insert(users).values(row)
}

/** Links a person to an account of theirs elsewhere. */
export async function insertAccount(
  tx: SystemTx,
  account: { userId: string; providerId: string; accountId: string; now: Date },
): Promise<void> {
  const { now, ...row } = account
  await tx.insert(accounts).values({ id: newId(), ...row, createdAt: now, updatedAt: now })
}

export async function findUserByAccount(
  tx: SystemTx,
  providerId: string,
  accountId: string,
): Promise<UserRow | undefined> {
  const [row] = await tx
    .select({ user: users })
    .from(accounts)
    .innerJoin(users, eq(users.id, accounts.userId))
    .where(and(eq(accounts.providerId, providerId), eq(accounts.accountId, accountId)))
  return row?.user
}

/** Takes every way to sign in from a person. */
export async function deleteAccountsOf(tx: SystemTx, userId: string): Promise<void> {
  await tx.delete(accounts).where(eq(accounts.userId, userId))
}

/** The ways in which a person can sign in; no secrets. */
export async function listAccounts(
  tx: SystemTx,
  userId: string,
): Promise<{ providerId: string; accountId: string; createdAt: Date }[]> {
  return tx
    .select({
      providerId: accounts.providerId,
      accountId: accounts.accountId,
      createdAt: accounts.createdAt,
    })
    .from(accounts)
    .where(eq(accounts.userId, userId))
    .orderBy(accounts.createdAt)
}

export interface OpenSession {
  id: string
  userId: string
  superAdmin: boolean
  lastUsedAt: Date | null
  createdAt: Date
  expiresAt: Date
}

/** A session that is still open, and whether its person is a super-admin. */
export async function findSession(
  tx: SystemTx,
  sessionId: string,
  now: Date,
): Promise<OpenSession | undefined> {
  const [row] = await tx
    .select({
      id: sessions.id,
      userId: sessions.userId,
      superAdmin: users.superAdmin,
      lastUsedAt: sessions.lastUsedAt,
      createdAt: sessions.createdAt,
      expiresAt: sessions.expiresAt,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.id, sessionId), gt(sessions.expiresAt, now)))
  return row
}

/** Settles where a new session acts and, by our own clock, when it begins and ends. */
export async function updateSessionOpened(
  tx: SystemTx,
  sessionId: string,
  settled: { organizationId: string | null; expiresAt: Date; createdAt: Date; updatedAt: Date },
): Promise<void> {
  await tx.update(sessions).set(settled).where(eq(sessions.id, sessionId))
}

/** Keeps a session from being ended until the transaction ends; tokens of it can be written meanwhile. */
export async function lockSession(tx: SystemTx, sessionId: string): Promise<void> {
  await tx.select({ id: sessions.id }).from(sessions).where(eq(sessions.id, sessionId)).for('key share')
}

export async function updateSessionOrganization(
  tx: SystemTx,
  sessionId: string,
  organizationId: string | null,
  now: Date,
): Promise<void> {
  await tx.update(sessions).set({ organizationId, updatedAt: now }).where(eq(sessions.id, sessionId))
}

/** Remembers where a person acts, for their next session. */
export async function updateLastOrganization(
  tx: SystemTx,
  userId: string,
  organizationId: string | null,
): Promise<void> {
  if (organizationId === null) return
  await tx.update(users).set({ lastOrganizationId: organizationId }).where(eq(users.id, userId))
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
    await tx
      .delete(oneTimeTokens)
      .where(lt(oneTimeTokens.expiresAt, now))
      .returning({ id: oneTimeTokens.id }),
  ]
  return gone.reduce((sum, rows) => sum + rows.length, 0)
}
