import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { findReadablePassageIds } from '../../knowledge/index.ts'
import { sharedConversationNotFound } from '../errors.ts'
import { ownerOf } from '../owner.ts'
import { type MessageView, presentMessages } from '../present.ts'
import { type Seal, titleCell } from '../sealed-messages.ts'
import { findShare } from '../shares-store.ts'
import type { MessageRow } from '../store.ts'

/** A share as a member sees it. @throws conversations.shared_not_found (404) */
export async function readShare(scope: Scope, seal: Seal, id: string) {
  requirePermission(scope.caller, 'read:conversations')
  const found = await findShare(scope.tx, id)
  if (!found) throw sharedConversationNotFound()
  return {
    share: found.share,
    view: {
      id,
      title: seal.open(titleCell(found.share.conversationId), found.titleSealed),
      sharedBy: found.sharedBy,
      own: found.ownerId === ownerOf(scope.caller),
      createdAt: found.share.createdAt.toISOString(),
    },
  }
}

/**
 * Messages of a line that another one shows: without what they cost, without the branches beside them, and with those
 * citations only whose passages the reader may read themselves.
 */
export async function presentShared(
  scope: Scope,
  seal: Seal,
  rows: readonly MessageRow[],
): Promise<MessageView[]> {
  const views = await presentMessages(scope, seal, rows)
  const readable = await findReadablePassageIds(
    scope,
    views.flatMap((view) => view.citations.map((citation) => citation.passageId)),
  )
  return views.map((view) => ({
    ...view,
    citations: view.citations.filter((citation) => readable.has(citation.passageId)),
    receipt: null,
    siblingIds: [view.id],
  }))
}
