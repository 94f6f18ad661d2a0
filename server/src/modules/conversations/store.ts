import { and, asc, desc, eq, gte, inArray, isNotNull, isNull, lt, ne, notInArray, or, sql } from 'drizzle-orm'
import type { SystemTx, TenantTx } from '../../platform/db/types.ts'
import { conversations, messagePieces, messages } from './tables.ts'

export type ConversationRow = typeof conversations.$inferSelect
export type MessageRow = typeof messages.$inferSelect
export type PieceRow = typeof messagePieces.$inferSelect

export async function insertConversation(
  tx: TenantTx,
  row: typeof conversations.$inferInsert,
): Promise<void> {
  await tx.insert(conversations).values(row)
}

/** A conversation of its owner: other members of the organization do not see it. */
export async function findConversation(
  tx: TenantTx,
  id: string,
  ownerId: string | null,
): Promise<ConversationRow | undefined> {
  const [row] = await tx
    .select()
    .from(conversations)
    .where(and(eq(conversations.id, id), ownedBy(ownerId)))
  return row
}

/** A conversation that is there for certain. */
export async function getConversation(tx: TenantTx, id: string): Promise<ConversationRow> {
  const [row] = await tx.select().from(conversations).where(eq(conversations.id, id))
  if (!row) throw new Error('The conversation is not there.')
  return row
}

function ownedBy(ownerId: string | null) {
  return sql`${conversations.createdBy} is not distinct from ${ownerId}::uuid`
}

export async function updateConversation(
  tx: TenantTx,
  id: string,
  change: Partial<Omit<ConversationRow, 'organizationId' | 'id' | 'createdBy' | 'createdAt'>>,
): Promise<void> {
  await tx.update(conversations).set(change).where(eq(conversations.id, id))
}

export async function deleteConversation(tx: TenantTx, id: string): Promise<void> {
  await tx.delete(conversations).where(eq(conversations.id, id))
}

/** Removes a person's conversations in every organization. */
export async function deleteConversationsOf(tx: SystemTx, userId: string): Promise<void> {
  await tx.delete(conversations).where(eq(conversations.createdBy, userId))
}

export interface ConversationFilter {
  archived: 'true' | 'false' | 'any'
  pinned?: 'true' | 'false' | undefined
}

/** An owner's conversations, the latest first. */
export async function listConversations(
  tx: TenantTx,
  page: ConversationFilter & {
    ownerId: string | null
    limit: number
    after: { updatedAt: Date; id: string } | undefined
  },
): Promise<ConversationRow[]> {
  const { after } = page
  return tx
    .select()
    .from(conversations)
    .where(
      and(
        ownedBy(page.ownerId),
        page.archived === 'true'
          ? isNotNull(conversations.archivedAt)
          : page.archived === 'false'
            ? isNull(conversations.archivedAt)
            : undefined,
        page.pinned === 'true'
          ? isNotNull(conversations.pinnedAt)
          : page.pinned === 'false'
            ? isNull(conversations.pinnedAt)
            : undefined,
        after === undefined
          ? undefined
          : or(
              lt(conversations.updatedAt, after.updatedAt),
              and(eq(conversations.updatedAt, after.updatedAt), lt(conversations.id, after.id)),
            ),
      ),
    )
    .orderBy(desc(conversations.updatedAt), desc(conversations.id))
    .limit(page.limit + 1)
}

/** The newest ended messages of some conversations with their sealed texts, for a search to open. */
export async function listTexts(
  tx: TenantTx,
  conversationIds: readonly string[],
  page: { limit: number; beforeId: string | undefined },
): Promise<Pick<MessageRow, 'id' | 'conversationId' | 'contentSealed'>[]> {
  if (conversationIds.length === 0) return []
  return tx
    .select({
      id: messages.id,
      conversationId: messages.conversationId,
      contentSealed: messages.contentSealed,
    })
    .from(messages)
    .where(
      and(
        inArray(messages.conversationId, [...conversationIds]),
        ne(messages.status, 'streaming'),
        page.beforeId === undefined ? undefined : lt(messages.id, page.beforeId),
      ),
    )
    .orderBy(desc(messages.id))
    .limit(page.limit)
}

/** A person's conversations by id, the newest first. */
export async function listConversationsOf(
  tx: TenantTx,
  userId: string,
  page: { limit: number; beforeId: string | undefined },
): Promise<ConversationRow[]> {
  return tx
    .select()
    .from(conversations)
    .where(
      and(ownedBy(userId), page.beforeId === undefined ? undefined : lt(conversations.id, page.beforeId)),
    )
    .orderBy(desc(conversations.id))
    .limit(page.limit)
}

/** The messages of all of a person's conversations, the newest first. */
export async function listMessagesOf(
  tx: TenantTx,
  userId: string,
  page: { limit: number; beforeId: string | undefined },
): Promise<MessageRow[]> {
  const rows = await tx
    .select({ message: messages })
    .from(messages)
    .innerJoin(conversations, eq(conversations.id, messages.conversationId))
    .where(and(ownedBy(userId), page.beforeId === undefined ? undefined : lt(messages.id, page.beforeId)))
    .orderBy(desc(messages.id))
    .limit(page.limit)
  return rows.map(({ message }) => message)
}

export async function insertMessage(tx: TenantTx, row: typeof messages.$inferInsert): Promise<MessageRow> {
  const [inserted] = await tx.insert(messages).values(row).returning()
  if (!inserted) throw new Error('The message was not inserted.')
  return inserted
}

/** A message of the owner's conversations. */
export async function findMessage(
  tx: TenantTx,
  id: string,
  ownerId: string | null,
): Promise<MessageRow | undefined> {
  const [row] = await tx
    .select({ message: messages })
    .from(messages)
    .innerJoin(conversations, eq(conversations.id, messages.conversationId))
    .where(and(eq(messages.id, id), ownedBy(ownerId)))
  return row?.message
}

export async function getMessage(tx: TenantTx, id: string): Promise<MessageRow | undefined> {
  const [row] = await tx.select().from(messages).where(eq(messages.id, id))
  return row
}

export async function hasAnswerUnderWay(tx: TenantTx, conversationId: string): Promise<boolean> {
  const rows = await tx
    .select({ id: messages.id })
    .from(messages)
    .where(and(eq(messages.conversationId, conversationId), eq(messages.status, 'streaming')))
    .limit(1)
  return rows.length > 0
}

export async function updateMessage(
  tx: TenantTx,
  id: string,
  change: Partial<Omit<MessageRow, 'organizationId' | 'id' | 'conversationId'>>,
): Promise<void> {
  await tx.update(messages).set(change).where(eq(messages.id, id))
}

/** Ends a streaming message, once: false when it has ended already. */
export async function updateMessageEnded(
  tx: TenantTx,
  id: string,
  change: Partial<Omit<MessageRow, 'organizationId' | 'id' | 'conversationId'>>,
): Promise<boolean> {
  const rows = await tx
    .update(messages)
    .set(change)
    .where(and(eq(messages.id, id), eq(messages.status, 'streaming')))
    .returning({ id: messages.id })
  return rows.length > 0
}

export async function insertPiece(tx: TenantTx, row: PieceRow): Promise<void> {
  await tx.insert(messagePieces).values(row)
}

export async function listPieces(tx: TenantTx, messageId: string, fromOffset: number): Promise<PieceRow[]> {
  return tx
    .select()
    .from(messagePieces)
    .where(and(eq(messagePieces.messageId, messageId), gte(messagePieces.startOffset, fromOffset)))
    .orderBy(asc(messagePieces.startOffset))
}

export async function deletePieces(tx: TenantTx, messageId: string): Promise<void> {
  await tx.delete(messagePieces).where(eq(messagePieces.messageId, messageId))
}

/** Answers that a process which is gone was writing. */
export async function listOrphanedMessages(
  tx: SystemTx,
  aliveNodeIds: readonly string[],
): Promise<{ organizationId: string; id: string }[]> {
  return tx
    .select({ organizationId: messages.organizationId, id: messages.id })
    .from(messages)
    .where(
      and(
        inArray(messages.status, ['streaming']),
        aliveNodeIds.length === 0 ? undefined : notInArray(messages.nodeId, [...aliveNodeIds]),
      ),
    )
    .limit(1_000)
}
