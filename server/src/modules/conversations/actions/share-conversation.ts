import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { newId } from '../../../platform/ids.ts'
import { findChosenEnd, lockConversation } from '../branches-store.ts'
import { answerUnderWay, conversationNotFound, nothingToShare } from '../errors.ts'
import { ownerOf } from '../owner.ts'
import { deleteShareOf, type ShareRow, upsertShare } from '../shares-store.ts'
import { findConversation } from '../store.ts'

/**
 * Shows a conversation to the members of the organization, as it is chosen now: what is asked later is not shown until
 * it is shared again.
 * @throws conversations.not_found (404), answer_under_way (409), nothing_to_share (409)
 */
export async function shareConversation(scope: Scope, id: string): Promise<ShareRow> {
  requirePermission(scope.caller, 'write:conversations')
  await lockConversation(scope.tx, id)
  if (!(await findConversation(scope.tx, id, ownerOf(scope.caller)))) throw conversationNotFound()
  const end = await findChosenEnd(scope.tx, id)
  if (!end) throw nothingToShare()
  if (end.status === 'streaming') throw answerUnderWay()
  const { organizationId, now } = scope
  const row = { organizationId, id: newId(), conversationId: id, messageId: end.id, createdAt: now }
  const share = await upsertShare(scope.tx, row)
  await recordAudit(scope, {
    action: 'conversation.share',
    entity: { type: 'conversation', id },
    changes: { shareId: share.id, messageId: end.id },
  })
  return share
}

/** Shows it no longer; what others have copied is theirs. @throws conversations.not_found (404) */
export async function unshareConversation(scope: Scope, id: string): Promise<void> {
  requirePermission(scope.caller, 'write:conversations')
  if (!(await findConversation(scope.tx, id, ownerOf(scope.caller)))) throw conversationNotFound()
  if (!(await deleteShareOf(scope.tx, id))) return
  await recordAudit(scope, { action: 'conversation.unshare', entity: { type: 'conversation', id } })
}
