import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import type { Caller } from '../../platform/context.ts'
import { systemTx } from '../../platform/db/transactions.ts'
import type { SystemTx } from '../../platform/db/types.ts'
import { unauthenticated } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import { recordAccountEvent } from './account-events.ts'
import { refreshTokenInvalid, refreshTokenReused } from './errors.ts'
import {
  deleteSession,
  findRefreshTokenForUpdate,
  findSession,
  insertRefreshToken,
  lockSession,
  type RefreshTokenRow,
  revokeFamily,
  updateRefreshTokenUsed,
} from './store.ts'

/**
 * Refresh tokens, rotated at each use.
 *
 * States of a token: fresh → used → (ten seconds later) spent; revoked or expired from any state.
 * - fresh, presented: becomes used, and one successor is made.
 * - used, presented within ten seconds: the same successor again, so that a lost response can be repeated. The
 *   successor is stored sealed by the old token itself, so the database alone cannot give it out.
 * - spent, presented: somebody else has a copy; the whole family and its session end.
 */
export interface IssuedRefresh {
  refreshToken: string
  userId: string
  sessionId: string
  organizationId: string | null
}

const lifeMs = 7 * 24 * 3600_000
const graceMs = 10_000
/** An answer with tokens is repeated for as long as its refresh token is sure to be answered. */
export const tokenAnswerKeptMs = graceMs

/**
 * Begins a family, which ends with its session at the latest: another one for the same session lengthens nothing.
 * @throws unauthenticated (401) when the session has ended meanwhile
 */
export async function issueRefreshToken(
  platform: Platform,
  input: { userId: string; sessionId: string; organizationId: string | null },
): Promise<string> {
  return systemTx(platform, 'authenticate', (tx) => beginRefreshFamily(tx, input, platform.clock.now()))
}

/** As `issueRefreshToken`, in a transaction that does more. */
export async function beginRefreshFamily(
  tx: SystemTx,
  input: { userId: string; sessionId: string; organizationId: string | null },
  now: Date,
): Promise<string> {
  const token = newToken()
  await lockSession(tx, input.sessionId)
  const session = await findSession(tx, input.sessionId, now)
  if (!session) throw unauthenticated()
  await insertRefreshToken(tx, {
    id: newId(),
    familyId: newId(),
    ...input,
    tokenHash: hashOf(token),
    createdAt: now,
    expiresAt: new Date(Math.min(now.getTime() + lifeMs, session.expiresAt.getTime())),
  })
  return token
}

/** @throws refresh_token_invalid, refresh_token_reused (401) */
export async function rotateRefreshToken(
  platform: Platform,
  caller: Caller,
  presented: string,
): Promise<IssuedRefresh> {
  const now = platform.clock.now()
  const outcome = await systemTx(platform, 'authenticate', async (tx) => {
    const row = await findRefreshTokenForUpdate(tx, hashOf(presented))
    if (!row || row.revokedAt || row.expiresAt <= now) return 'invalid' as const
    if (!(await findSession(tx, row.sessionId, now))) return 'invalid' as const
    if (row.usedAt && row.successorSealed) {
      if (now.getTime() - row.usedAt.getTime() <= graceMs)
        return issued(row, unseal(presented, row.successorSealed))
      await revokeFamily(tx, row.familyId, now)
      await deleteSession(tx, row.sessionId)
      await recordAccountEvent(tx, platform, caller, row.userId, 'session.end', {
        sessionId: row.sessionId,
        reason: 'refresh_token_reused',
      })
      return 'reused' as const
    }
    const successor = newToken()
    await insertRefreshToken(tx, {
      id: newId(),
      familyId: row.familyId,
      userId: row.userId,
      sessionId: row.sessionId,
      organizationId: row.organizationId,
      tokenHash: hashOf(successor),
      createdAt: now,
      // Absolute: rotating does not lengthen the family's life.
      expiresAt: row.expiresAt,
    })
    await updateRefreshTokenUsed(tx, row.id, seal(presented, successor), now)
    return issued(row, successor)
  })
  if (outcome === 'invalid') throw refreshTokenInvalid()
  if (outcome === 'reused') throw refreshTokenReused()
  return outcome
}

function issued(row: RefreshTokenRow, refreshToken: string): IssuedRefresh {
  return { refreshToken, userId: row.userId, sessionId: row.sessionId, organizationId: row.organizationId }
}

function newToken(): string {
  return `fr_${randomBytes(32).toString('base64url')}`
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

function sealKey(token: string): Buffer {
  return createHash('sha256').update(`successor of ${token}`).digest()
}

function seal(token: string, successor: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', sealKey(token), nonce)
  return Buffer.concat([
    nonce,
    cipher.update(successor, 'utf8'),
    cipher.final(),
    cipher.getAuthTag(),
  ]).toString('base64url')
}

function unseal(token: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', sealKey(token), bytes.subarray(0, 12))
  decipher.setAuthTag(bytes.subarray(-16))
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8')
}
