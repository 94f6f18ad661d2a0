import { and, eq, gt, sql } from 'drizzle-orm'
import type { Clock } from '../../platform/clock.ts'
import { hashToken, type KeyRing, randomToken } from '../../platform/crypto/index.ts'
import type { SystemTx } from '../../platform/db/types.ts'
import { newId } from '../../platform/ids.ts'
import { oneTimeTokens, type TokenPurpose } from './tables.ts'

/**
 * Tokens for one use: links in letters, and the steps of a sign-in. The database holds their hash; what goes along is
 * sealed for its own row. A token is found by its purpose too, so that one for a lesser purpose opens nothing else.
 */
interface On {
  clock: Clock
  keyRing: KeyRing
}

export interface OneTimeToken {
  id: string
  userId: string | null
  /** As it was given at the issue; null when nothing was. */
  data: unknown
  failures: number
}

export const tokenLifeMs: Readonly<Record<TokenPurpose, number>> = {
  'verify-email': 3 * 24 * 3600_000,
  'reset-password': 3600_000,
  'two-factor': 10 * 60_000,
  'passkey-registration': 5 * 60_000,
  'passkey-sign-in': 5 * 60_000,
  'social-sign-in': 10 * 60_000,
}

/** @returns the token itself, which is nowhere else */
export async function issueOneTimeToken(
  on: On,
  tx: SystemTx,
  input: { purpose: TokenPurpose; userId: string | null; data?: unknown },
): Promise<string> {
  const token = randomToken(32)
  const id = newId()
  const now = on.clock.now()
  const { purpose, userId, data } = input
  await tx.insert(oneTimeTokens).values({
    id,
    userId,
    purpose,
    tokenHash: hashToken(token),
    dataSealed: data === undefined ? null : on.keyRing.sealText(JSON.stringify(data), sealedFor(purpose, id)),
    createdAt: now,
    expiresAt: new Date(now.getTime() + tokenLifeMs[purpose]),
  })
  return token
}

/** Uses a token up. Of several who present it at once, one gets it. @returns undefined when it is not, or no more, valid */
export async function takeOneTimeToken(
  on: On,
  tx: SystemTx,
  purpose: TokenPurpose,
  token: string,
): Promise<OneTimeToken | undefined> {
  const [row] = await tx
    .delete(oneTimeTokens)
    .where(isValid(on, purpose, token))
    .returning()
  return row && opened(on, row)
}

/** Finds and locks a token that may be tried several times. */
export async function findOneTimeTokenForUpdate(
  on: On,
  tx: SystemTx,
  purpose: TokenPurpose,
  token: string,
): Promise<OneTimeToken | undefined> {
  const [row] = await tx
    .select()
    .from(oneTimeTokens)
    .where(isValid(on, purpose, token))
    .for('update')
  return row && opened(on, row)
}

export async function updateTokenFailures(tx: SystemTx, id: string): Promise<void> {
  await tx
    .update(oneTimeTokens)
    .set({ failures: sql`${oneTimeTokens.failures} + 1` })
    .where(eq(oneTimeTokens.id, id))
}

export async function deleteOneTimeToken(tx: SystemTx, id: string): Promise<void> {
  await tx.delete(oneTimeTokens).where(eq(oneTimeTokens.id, id))
}

/** Those of a purpose end when what they were for is done. */
export async function deleteTokensOf(tx: SystemTx, userId: string, purpose: TokenPurpose): Promise<void> {
  await tx
    .delete(oneTimeTokens)
    .where(and(eq(oneTimeTokens.userId, userId), eq(oneTimeTokens.purpose, purpose)))
}

function isValid(on: On, purpose: TokenPurpose, token: string) {
  return and(
    eq(oneTimeTokens.tokenHash, hashToken(token)),
    eq(oneTimeTokens.purpose, purpose),
    gt(oneTimeTokens.expiresAt, on.clock.now()),
  )
}

function opened(on: On, row: typeof oneTimeTokens.$inferSelect): OneTimeToken {
  const { id, userId, failures, dataSealed, purpose } = row
  const data: unknown =
    dataSealed === null ? null : JSON.parse(on.keyRing.openText(dataSealed, sealedFor(purpose, id)))
  return { id, userId, data, failures }
}

const sealedFor = (purpose: TokenPurpose, id: string) => `one-time-token:${purpose}:${id}`
