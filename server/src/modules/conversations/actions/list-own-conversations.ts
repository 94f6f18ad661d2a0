import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { decodeTimeCursor, encodeCursor, toPage } from '../../../platform/http/pagination.ts'
import type { Platform } from '../../../platform/platform.ts'
import { ownerOf } from '../owner.ts'
import { presentConversation } from '../present.ts'
import { excerptOf } from '../rules/excerpt-of.ts'
import { contentCell, openSeal, type Seal, titleCell } from '../sealed-messages.ts'
import { type ConversationFilter, type ConversationRow, listConversations, listTexts } from '../store.ts'

/** Once a page of a search has opened so many texts it is over; the conversations begun with are looked through. */
const textsOpened = 5_000
const textsAtOnce = 250
const conversationsAtOnce = 20

/**
 * The owner's conversations, the latest first; with `q`, those whose title or messages have it. What people write is
 * sealed, so a search opens it page by page: decision 0031.
 */
export async function listOwnConversations(
  platform: Platform,
  scope: Scope,
  query: ConversationFilter & { limit: number; cursor?: string | undefined; q?: string | undefined },
) {
  requirePermission(scope.caller, 'read:conversations')
  const seal = await openSeal(platform, scope)
  const wanted = query.q?.trim().toLocaleLowerCase() ?? ''
  const cursor = decodeTimeCursor(query.cursor)
  const after = cursor && { updatedAt: cursor.time, id: cursor.id }
  const list = { ...query, ownerId: ownerOf(scope.caller) }
  if (wanted === '') {
    const page = toPage(await listConversations(scope.tx, { ...list, after }), query.limit, keyOf)
    return { ...page, data: page.data.map((row) => presentConversation(seal, row)) }
  }
  return search(scope, seal, { ...list, after }, wanted)
}

const keyOf = (row: ConversationRow) => [row.updatedAt.toISOString(), row.id]

async function search(
  scope: Scope,
  seal: Seal,
  list: Parameters<typeof listConversations>[1],
  wanted: string,
) {
  const data: ReturnType<typeof presentConversation>[] = []
  const budget = { texts: textsOpened }
  let { after } = list
  for (;;) {
    const found = await listConversations(scope.tx, { ...list, limit: conversationsAtOnce, after })
    const rows = found.slice(0, conversationsAtOnce)
    const matches = await findMatches(scope, seal, rows, wanted, budget)
    for (const [index, row] of rows.entries()) {
      const title = seal.open(titleCell(row.id), row.titleSealed).toLocaleLowerCase()
      const match = matches.get(row.id)
      if (match !== undefined || title.includes(wanted)) data.push(presentConversation(seal, row, match))
      const more = index + 1 < rows.length || found.length > rows.length
      if (data.length === list.limit && more) return { data, nextCursor: encodeCursor(keyOf(row)) }
    }
    const last = rows.at(-1)
    if (!last || found.length <= rows.length) return { data, nextCursor: null }
    if (budget.texts <= 0) return { data, nextCursor: encodeCursor(keyOf(last)) }
    after = { updatedAt: last.updatedAt, id: last.id }
  }
}

/** By conversation, the words around the match in its newest message that has one. */
async function findMatches(
  scope: Scope,
  seal: Seal,
  rows: readonly ConversationRow[],
  wanted: string,
  budget: { texts: number },
): Promise<Map<string, string>> {
  const matches = new Map<string, string>()
  let beforeId: string | undefined
  for (;;) {
    const unmatched = rows.flatMap((row) => (matches.has(row.id) ? [] : [row.id]))
    const texts = await listTexts(scope.tx, unmatched, { limit: textsAtOnce, beforeId })
    for (const { id, conversationId, contentSealed } of texts) {
      if (matches.has(conversationId)) continue
      const excerpt = excerptOf(seal.open(contentCell(id), contentSealed), wanted)
      if (excerpt !== undefined) matches.set(conversationId, excerpt)
    }
    budget.texts -= texts.length
    beforeId = texts.at(-1)?.id
    if (texts.length < textsAtOnce) return matches
  }
}
