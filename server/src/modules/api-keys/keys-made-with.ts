import { and, eq, inArray, isNull, notInArray, sql } from 'drizzle-orm'
import type { SystemTx, TenantTx } from '../../platform/db/types.ts'
import type { ApiKeyRow } from './store.ts'
import { apiKeys } from './tables.ts'

/**
 * What a key made, and what that made in turn, ends with it.
 *
 * Invariants: whatever is made with a key is made while that key is locked against ending; so when one ends, all that it
 * made is there to be found, or waits and finds it ended. A key that replaced itself made its successor, which ends when
 * it is revoked and stays when it only runs out.
 */

/** Revokes all that was made with a key. @returns those that were not revoked before */
export async function revokeKeysMadeWith(
  tx: TenantTx | SystemTx,
  key: Pick<ApiKeyRow, 'organizationId' | 'id'>,
  now: Date,
): Promise<ApiKeyRow[]> {
  const ids = await lockKeysMadeWith(tx, key, null)
  if (ids.length === 0) return []
  return tx
    .update(apiKeys)
    .set({ revokedAt: now })
    .where(and(among(key.organizationId, ids), isNull(apiKeys.revokedAt)))
    .returning()
}

/** Ends all that was made with a key, but for its successor, no later than the key itself. @returns how many */
export async function expireKeysMadeWith(
  tx: TenantTx,
  key: Pick<ApiKeyRow, 'organizationId' | 'id'>,
  { rotatedTo, expiresAt }: { rotatedTo: string; expiresAt: Date },
): Promise<number> {
  const ids = await lockKeysMadeWith(tx, key, rotatedTo)
  if (ids.length === 0) return 0
  const ended = await tx
    .update(apiKeys)
    .set({ expiresAt: sql`least(${apiKeys.expiresAt}, ${expiresAt.toISOString()}::timestamptz)` })
    .where(and(among(key.organizationId, ids), isNull(apiKeys.revokedAt)))
    .returning({ id: apiKeys.id })
  return ended.length
}

/** Looks again until nothing new is found: while it waits for a lock, its holder may have put another key beside it. */
async function lockKeysMadeWith(
  tx: TenantTx | SystemTx,
  { organizationId, id }: Pick<ApiKeyRow, 'organizationId' | 'id'>,
  exceptId: string | null,
): Promise<string[]> {
  const found: string[] = []
  for (;;) {
    const known = [id, ...found]
    const more = await tx
      .select({ id: apiKeys.id })
      .from(apiKeys)
      .where(
        and(
          // Said here because those who work across organizations ask too.
          eq(apiKeys.organizationId, organizationId),
          inArray(apiKeys.madeWith, known),
          notInArray(apiKeys.id, exceptId === null ? known : [...known, exceptId]),
        ),
      )
      .orderBy(apiKeys.id)
      .for('update')
    if (more.length === 0) return found
    found.push(...more.map((row) => row.id))
  }
}

function among(organizationId: string, ids: readonly string[]) {
  return and(eq(apiKeys.organizationId, organizationId), inArray(apiKeys.id, [...ids]))
}

/** Whether a key was made with another, or with one that was. */
export async function isMadeWith(tx: TenantTx, key: ApiKeyRow, makerId: string): Promise<boolean> {
  let madeWith = key.madeWith
  while (madeWith !== null && madeWith !== makerId) {
    const [row] = await tx
      .select({ madeWith: apiKeys.madeWith })
      .from(apiKeys)
      .where(eq(apiKeys.id, madeWith))
    madeWith = row?.madeWith ?? null
  }
  return madeWith === makerId
}
