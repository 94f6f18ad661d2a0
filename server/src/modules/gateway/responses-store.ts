import { and, desc, eq, gt, inArray, lt, sql } from 'drizzle-orm'
import type { Caller } from '../../platform/context.ts'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { SystemTx, TenantTx } from '../../platform/db/types.ts'
import { storedResponses } from './tables.ts'

export type StoredResponseRow = typeof storedResponses.$inferSelect

type Owner = Pick<StoredResponseRow, 'userId' | 'serviceAccountId' | 'apiKeyId'>

/** Whose a call's responses are: the person's, else the service account's, else the key's. */
export function ownerOf({ userId, serviceAccountId, apiKeyId }: Caller): Owner {
  if (userId !== null) return { userId, serviceAccountId: null, apiKeyId: null }
  if (serviceAccountId !== null) return { userId: null, serviceAccountId, apiKeyId: null }
  return { userId: null, serviceAccountId: null, apiKeyId }
}

/** Colleagues do not see each other's, as with conversations. */
function ownedBy({ userId, serviceAccountId, apiKeyId }: Owner) {
  return and(
    sql`${storedResponses.userId} is not distinct from ${userId}::uuid`,
    sql`${storedResponses.serviceAccountId} is not distinct from ${serviceAccountId}::uuid`,
    sql`${storedResponses.apiKeyId} is not distinct from ${apiKeyId}::uuid`,
  )
}

export async function insertStoredResponse(tx: TenantTx, row: StoredResponseRow): Promise<void> {
  await tx.insert(storedResponses).values(row).onConflictDoNothing()
}

export async function findStoredResponse(
  tx: TenantTx,
  id: string,
  owner: Owner,
  now: Date,
): Promise<StoredResponseRow | undefined> {
  const [row] = await tx
    .select()
    .from(storedResponses)
    .where(and(eq(storedResponses.id, id), ownedBy(owner), gt(storedResponses.expiresAt, now)))
  return row
}

/** A response and all before it, the oldest first, at most `limit`. The first of them names one that is not there where a turn is gone. */
export async function listTurnsUpTo(
  tx: TenantTx,
  id: string,
  owner: Owner,
  now: Date,
  limit: number,
): Promise<StoredResponseRow[]> {
  const found = await rowsOf<{ id: string }>(
    tx,
    sql`with recursive turns as (
      select id, previous_id, 1 as depth from ${storedResponses}
      where ${and(eq(storedResponses.id, id), ownedBy(owner), gt(storedResponses.expiresAt, now))}
      union all
      select before.id, before.previous_id, turns.depth + 1
      from freehold.stored_responses as before join turns on before.id = turns.previous_id
      where before.user_id is not distinct from ${owner.userId}::uuid
        and before.service_account_id is not distinct from ${owner.serviceAccountId}::uuid
        and before.api_key_id is not distinct from ${owner.apiKeyId}::uuid
        and before.expires_at > ${now.toISOString()}::timestamptz and turns.depth < ${limit}
    ) select id from turns order by depth desc`,
  )
  if (found.length === 0) return []
  const ids = found.map((row) => row.id)
  const rows = await tx.select().from(storedResponses).where(inArray(storedResponses.id, ids))
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.flatMap((one) => byId.get(one) ?? [])
}

/** What a conversation is made of lasts as long as its last turn. */
export async function keepUntil(tx: TenantTx, ids: readonly string[], expiresAt: Date): Promise<void> {
  if (ids.length === 0) return
  await tx
    .update(storedResponses)
    .set({ expiresAt })
    .where(and(inArray(storedResponses.id, [...ids]), lt(storedResponses.expiresAt, expiresAt)))
}

/** @returns whether there was one */
export async function deleteStoredResponse(tx: TenantTx, id: string, owner: Owner): Promise<boolean> {
  const deleted = await tx
    .delete(storedResponses)
    .where(and(eq(storedResponses.id, id), ownedBy(owner)))
    .returning({ id: storedResponses.id })
  return deleted.length > 0
}

export async function listStoredResponsesOf(
  tx: TenantTx,
  userId: string,
  page: { limit: number; beforeId: string | undefined },
): Promise<StoredResponseRow[]> {
  return tx
    .select()
    .from(storedResponses)
    .where(
      and(
        eq(storedResponses.userId, userId),
        page.beforeId === undefined ? undefined : lt(storedResponses.id, page.beforeId),
      ),
    )
    .orderBy(desc(storedResponses.id))
    .limit(page.limit)
}

/** Those whose time is up, of every organization. @returns how many */
export async function deleteExpiredResponses(tx: SystemTx, now: Date): Promise<number> {
  const deleted = await tx
    .delete(storedResponses)
    .where(lt(storedResponses.expiresAt, now))
    .returning({ id: storedResponses.id })
  return deleted.length
}
