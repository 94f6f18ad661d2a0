import { and, asc, desc, eq, inArray, isNull, or, type SQL, sql } from 'drizzle-orm'
import type { TenantTx } from '../../platform/db/types.ts'
import type { MessageRow } from './store.ts'
import { conversations, messages } from './tables.ts'

/** From the beginning along what is chosen. */
function chosenLine(conversationId: string): SQL {
  return sql`${messages.id} in (
    with recursive line as (
      select organization_id, conversation_id, id from freehold.messages
      where conversation_id = ${conversationId}::uuid and parent_id is null and chosen
      union all
      select m.organization_id, m.conversation_id, m.id from freehold.messages m
      join line on m.organization_id = line.organization_id
        and m.conversation_id = line.conversation_id and m.parent_id = line.id
      where m.chosen
    ) select id from line)`
}

/** A message and all before it, back to the beginning, whatever is chosen now. */
function lineUpTo(messageId: string): SQL {
  return sql`${messages.id} in (
    with recursive line as (
      select organization_id, id, parent_id from freehold.messages where id = ${messageId}::uuid
      union all
      select m.organization_id, m.id, m.parent_id from freehold.messages m
      join line on m.organization_id = line.organization_id and m.id = line.parent_id
    ) select id from line)`
}

/** The conversation as it is chosen, the oldest first. Ids grow along a line: a child is made after its parent. */
export async function listChosenMessages(
  tx: TenantTx,
  conversationId: string,
  page: { limit: number; afterId: string | undefined },
): Promise<MessageRow[]> {
  return tx
    .select()
    .from(messages)
    .where(
      and(
        chosenLine(conversationId),
        page.afterId === undefined ? undefined : sql`${messages.id} > ${page.afterId}::uuid`,
      ),
    )
    .orderBy(asc(messages.id))
    .limit(page.limit + 1)
}

/** The end of what is chosen: what comes next answers it. */
export async function findChosenEnd(tx: TenantTx, conversationId: string): Promise<MessageRow | undefined> {
  const [row] = await tx
    .select()
    .from(messages)
    .where(chosenLine(conversationId))
    .orderBy(desc(messages.id))
    .limit(1)
  return row
}

/** The newest messages up to and with one, the newest first. */
export async function listMessagesUpTo(
  tx: TenantTx,
  messageId: string,
  limit: number,
): Promise<MessageRow[]> {
  return tx.select().from(messages).where(lineUpTo(messageId)).orderBy(desc(messages.id)).limit(limit)
}

/** The line that ends in a message, the oldest first. */
export async function listLine(
  tx: TenantTx,
  endId: string,
  page: { limit: number; afterId: string | undefined },
): Promise<MessageRow[]> {
  return tx
    .select()
    .from(messages)
    .where(
      and(
        lineUpTo(endId),
        page.afterId === undefined ? undefined : sql`${messages.id} > ${page.afterId}::uuid`,
      ),
    )
    .orderBy(asc(messages.id))
    .limit(page.limit + 1)
}

/** What stands beside each message: the messages of the same parent, itself among them, the oldest first. */
export async function listSiblingIds(
  tx: TenantTx,
  rows: readonly Pick<MessageRow, 'conversationId' | 'parentId'>[],
): Promise<(row: Pick<MessageRow, 'conversationId' | 'parentId'>) => string[]> {
  const keyOf = (row: Pick<MessageRow, 'conversationId' | 'parentId'>) =>
    `${row.conversationId} ${row.parentId}`
  const ids = new Map<string, string[]>()
  const parentIds = rows.flatMap((row) => (row.parentId === null ? [] : [row.parentId]))
  const first = rows.some((row) => row.parentId === null)
  if (rows.length > 0) {
    const found = await tx
      .select({ id: messages.id, conversationId: messages.conversationId, parentId: messages.parentId })
      .from(messages)
      .where(
        and(
          inArray(messages.conversationId, [...new Set(rows.map((row) => row.conversationId))]),
          or(
            parentIds.length === 0 ? undefined : inArray(messages.parentId, parentIds),
            first ? isNull(messages.parentId) : undefined,
          ),
        ),
      )
      .orderBy(asc(messages.id))
    for (const row of found) ids.set(keyOf(row), [...(ids.get(keyOf(row)) ?? []), row.id])
  }
  return (row) => ids.get(keyOf(row)) ?? []
}

/** Nothing is chosen of these siblings any more; one of them, or a new one, is to be at once. */
export async function updateSiblingsNotChosen(
  tx: TenantTx,
  conversationId: string,
  parentId: string | null,
): Promise<void> {
  await tx
    .update(messages)
    .set({ chosen: false })
    .where(
      and(
        eq(messages.conversationId, conversationId),
        parentId === null ? isNull(messages.parentId) : eq(messages.parentId, parentId),
        eq(messages.chosen, true),
      ),
    )
}

/** Holds a conversation, so that two who change its branches at once come one after the other. */
export async function lockConversation(tx: TenantTx, id: string): Promise<void> {
  await tx.select({ id: conversations.id }).from(conversations).where(eq(conversations.id, id)).for('update')
}
