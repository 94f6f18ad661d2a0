import { and, desc, eq, lt, sql } from 'drizzle-orm'
import type { TenantTx } from '../../platform/db/types.ts'
import { conversations, sharedConversations } from './tables.ts'

export type ShareRow = typeof sharedConversations.$inferSelect

/** Shows a conversation up to a message; one that is shown already is shown up to there now, under its old id. */
export async function upsertShare(tx: TenantTx, row: ShareRow): Promise<ShareRow> {
  const [kept] = await tx
    .insert(sharedConversations)
    .values(row)
    .onConflictDoUpdate({
      target: [sharedConversations.organizationId, sharedConversations.conversationId],
      set: { messageId: row.messageId, createdAt: row.createdAt },
    })
    .returning()
  if (!kept) throw new Error('The share was not kept.')
  return kept
}

export async function findShareOf(tx: TenantTx, conversationId: string): Promise<ShareRow | undefined> {
  const [row] = await tx
    .select()
    .from(sharedConversations)
    .where(eq(sharedConversations.conversationId, conversationId))
  return row
}

export async function deleteShareOf(tx: TenantTx, conversationId: string): Promise<boolean> {
  const rows = await tx
    .delete(sharedConversations)
    .where(eq(sharedConversations.conversationId, conversationId))
    .returning({ id: sharedConversations.id })
  return rows.length > 0
}

/** A share as any member reads it, with its conversation's title and the name of whose it is. */
export async function findShare(tx: TenantTx, id: string) {
  const [row] = await tx
    .select({
      share: sharedConversations,
      titleSealed: conversations.titleSealed,
      ownerId: conversations.createdBy,
      // Of a person who has left nothing is there; a machine has no name here.
      sharedBy: sql<string | null>`(select name from freehold.users where id = ${conversations.createdBy})`,
    })
    .from(sharedConversations)
    .innerJoin(conversations, eq(conversations.id, sharedConversations.conversationId))
    .where(eq(sharedConversations.id, id))
  return row
}

/** What a person shows of their conversations, the newest first. */
export async function listSharesOf(
  tx: TenantTx,
  userId: string,
  page: { limit: number; beforeId: string | undefined },
): Promise<ShareRow[]> {
  const rows = await tx
    .select({ share: sharedConversations })
    .from(sharedConversations)
    .innerJoin(conversations, eq(conversations.id, sharedConversations.conversationId))
    .where(
      and(
        eq(conversations.createdBy, userId),
        page.beforeId === undefined ? undefined : lt(sharedConversations.id, page.beforeId),
      ),
    )
    .orderBy(desc(sharedConversations.id))
    .limit(page.limit)
  return rows.map(({ share }) => share)
}
