import { and, desc, eq, gt, isNull, lt, ne, notInArray, or, sql } from 'drizzle-orm'
import { lockCount } from '../../platform/db/require-room.ts'
import type { SystemTx } from '../../platform/db/types.ts'
import { refreshTokens, sessions } from './tables.ts'

export type SessionRow = typeof sessions.$inferSelect

/** A person's open sessions, the newest first; one more than `limit`. */
export async function listSessions(
  tx: SystemTx,
  userId: string,
  now: Date,
  page: { limit: number; beforeId: string | undefined },
): Promise<SessionRow[]> {
  return tx
    .select()
    .from(sessions)
    .where(
      and(
        eq(sessions.userId, userId),
        gt(sessions.expiresAt, now),
        page.beforeId === undefined ? undefined : lt(sessions.id, page.beforeId),
      ),
    )
    .orderBy(desc(sessions.id))
    .limit(page.limit + 1)
}

/** Ends one of a person's sessions. @returns whether it was theirs */
export async function deleteSessionOf(tx: SystemTx, userId: string, sessionId: string): Promise<boolean> {
  const gone = await tx
    .delete(sessions)
    .where(and(eq(sessions.id, sessionId), eq(sessions.userId, userId)))
    .returning({ id: sessions.id })
  return gone.length > 0
}

/** Ends all of a person's sessions but one, and with them their refresh tokens. @returns how many */
export async function deleteSessionsOf(
  tx: SystemTx,
  userId: string,
  exceptId: string | null,
): Promise<number> {
  const gone = await tx
    .delete(sessions)
    .where(and(eq(sessions.userId, userId), exceptId === null ? undefined : ne(sessions.id, exceptId)))
    .returning({ id: sessions.id })
  return gone.length
}

/** Nobody is kept out by their own sessions: of more than these, those that were not used for longest end. */
export const mostSessions = 200

/** Ends those of a person's sessions that are too many. @returns how many */
export async function deleteSessionsTooMany(tx: SystemTx, userId: string): Promise<number> {
  await lockCount(tx, 'sessions', userId)
  const kept = tx
    .select({ id: sessions.id })
    .from(sessions)
    .where(eq(sessions.userId, userId))
    .orderBy(sql`coalesce(${sessions.lastUsedAt}, ${sessions.createdAt}) desc`, desc(sessions.id))
    .limit(mostSessions)
  const gone = await tx
    .delete(sessions)
    .where(and(eq(sessions.userId, userId), notInArray(sessions.id, kept)))
    .returning({ id: sessions.id })
  return gone.length
}

const touchEveryMs = 5 * 60_000

/** Notes that a session is in use, no oftener than every five minutes. */
export async function touchSession(tx: SystemTx, sessionId: string, now: Date): Promise<void> {
  const before = new Date(now.getTime() - touchEveryMs)
  await tx
    .update(sessions)
    .set({ lastUsedAt: now })
    .where(and(eq(sessions.id, sessionId), or(isNull(sessions.lastUsedAt), lt(sessions.lastUsedAt, before))))
}

/** Whether the note of `touchSession` is due; saves the statement where it is not. */
export function isTouchDue(lastUsedAt: Date | null, now: Date): boolean {
  return lastUsedAt === null || now.getTime() - lastUsedAt.getTime() >= touchEveryMs
}

/** Takes an organization that is being erased out of the sessions of those who acted in it last. */
export async function leaveErasedOrganization(tx: SystemTx, organizationId: string): Promise<void> {
  await tx.update(sessions).set({ organizationId: null }).where(eq(sessions.organizationId, organizationId))
  await tx
    .update(refreshTokens)
    .set({ organizationId: null })
    .where(eq(refreshTokens.organizationId, organizationId))
}
