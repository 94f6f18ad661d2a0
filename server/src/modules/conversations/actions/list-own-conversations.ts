import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { decodeCursor, toPage } from '../../../platform/http/pagination.ts'
import { isId } from '../../../platform/ids.ts'
import type { Platform } from '../../../platform/platform.ts'
import { ownerOf } from '../owner.ts'
import { presentConversation } from '../present.ts'
import { openSeal } from '../sealed-messages.ts'
import { listConversations } from '../store.ts'

/** Titles are sealed, so a search opens the newest of them and looks. */
const searchedConversations = 1_000

/** The owner's conversations, the latest first; with `q`, those whose title has it. */
export async function listOwnConversations(
  platform: Platform,
  scope: Scope,
  query: { limit: number; cursor?: string | undefined; q?: string | undefined },
) {
  requirePermission(scope.caller, 'read:conversations')
  const seal = await openSeal(platform, scope)
  const [updatedAt, id] = decodeCursor(query.cursor, 2) ?? []
  const valid =
    updatedAt !== undefined && !Number.isNaN(Date.parse(updatedAt)) && id !== undefined && isId(id)
  const after = valid ? { updatedAt: new Date(updatedAt), id } : undefined
  const searching = query.q !== undefined && query.q.trim() !== ''
  const limit = searching ? searchedConversations : query.limit
  const rows = await listConversations(scope.tx, { ownerId: ownerOf(scope.caller), limit, after })
  const views = rows.map((row) => presentConversation(seal, row))
  const wanted = query.q?.trim().toLocaleLowerCase() ?? ''
  const matching = searching ? views.filter((view) => view.title.toLocaleLowerCase().includes(wanted)) : views
  return toPage(matching, query.limit, (view) => [view.updatedAt, view.id])
}
