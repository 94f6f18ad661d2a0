import { and, desc, eq, lt, notInArray } from 'drizzle-orm'
import { hashToken, randomToken } from '../../platform/crypto/index.ts'
import type { SystemTx } from '../../platform/db/types.ts'
import { ipPrefixOf } from '../../platform/http/ip-prefix.ts'
import { newId } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import { knownDevices } from './tables.ts'

/**
 * Where people sign in from. A browser keeps a random token in a cookie of its own, which signs nobody in: it only
 * says that this person has signed in here before, so that other people's wrong guesses do not count here. The
 * database holds the token hashed together with the person, so one cookie serves all who share a browser.
 */
const cookieName = 'freehold.device'
const lifeMs = 400 * 24 * 3600_000
const mostKept = 30

export function readDeviceToken(headers: Headers): string | undefined {
  const found = headers.get('cookie')?.match(/(?:^|; *)freehold\.device=([\w-]{43})(?:;|$)/)
  return found?.[1]
}

/** Whether this browser has signed this person in before. @returns the device's id */
export async function findKnownDevice(
  tx: SystemTx,
  userId: string,
  token: string | undefined,
): Promise<string | undefined> {
  if (token === undefined) return undefined
  const [row] = await tx
    .select({ id: knownDevices.id })
    .from(knownDevices)
    .where(and(eq(knownDevices.tokenHash, hashOf(token, userId)), eq(knownDevices.userId, userId)))
  return row?.id
}

/** Whether this person has signed in from this network before. */
export async function isKnownPlace(tx: SystemTx, userId: string, ip: string | null): Promise<boolean> {
  const ipPrefix = ipPrefixOf(ip)
  if (ipPrefix === undefined) return false
  const [row] = await tx
    .select({ id: knownDevices.id })
    .from(knownDevices)
    .where(and(eq(knownDevices.userId, userId), eq(knownDevices.ipPrefix, ipPrefix)))
    .limit(1)
  return row !== undefined
}

/** Remembers browser and network of somebody who has just proven who they are. @returns the cookie to set */
export async function rememberDevice(
  platform: Platform,
  tx: SystemTx,
  userId: string,
  from: { headers: Headers; ip: string | null },
): Promise<string> {
  const token = readDeviceToken(from.headers) ?? randomToken(32)
  const now = platform.clock.now()
  const seen = { ipPrefix: ipPrefixOf(from.ip) ?? null, lastUsedAt: now }
  await tx
    .insert(knownDevices)
    .values({ id: newId(), userId, tokenHash: hashOf(token, userId), createdAt: now, ...seen })
    .onConflictDoUpdate({ target: knownDevices.tokenHash, set: seen })
  const newest = tx
    .select({ id: knownDevices.id })
    .from(knownDevices)
    .where(eq(knownDevices.userId, userId))
    .orderBy(desc(knownDevices.lastUsedAt))
    .limit(mostKept)
  await tx
    .delete(knownDevices)
    .where(and(eq(knownDevices.userId, userId), notInArray(knownDevices.id, newest)))
  const secure = platform.publicUrl().startsWith('https:') ? '; Secure' : ''
  return `${cookieName}=${token}; Path=/api/v1/; Max-Age=${lifeMs / 1000}; HttpOnly; SameSite=Lax${secure}`
}

export async function listKnownDevices(
  tx: SystemTx,
  userId: string,
): Promise<(typeof knownDevices.$inferSelect)[]> {
  return tx
    .select()
    .from(knownDevices)
    .where(eq(knownDevices.userId, userId))
    .orderBy(desc(knownDevices.lastUsedAt))
}

/** Forgets where a person has signed in from. */
export async function deleteKnownDevicesOf(tx: SystemTx, userId: string): Promise<void> {
  await tx.delete(knownDevices).where(eq(knownDevices.userId, userId))
}

export async function deleteForgottenDevices(tx: SystemTx, now: Date): Promise<number> {
  const gone = await tx
    .delete(knownDevices)
    .where(lt(knownDevices.lastUsedAt, new Date(now.getTime() - lifeMs)))
    .returning({ id: knownDevices.id })
  return gone.length
}

function hashOf(token: string, userId: string): string {
  return hashToken(`${token} of ${userId}`)
}
