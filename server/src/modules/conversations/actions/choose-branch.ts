import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { lockConversation, updateSiblingsNotChosen } from '../branches-store.ts'
import { messageNotFound } from '../errors.ts'
import { ownerOf } from '../owner.ts'
import { findMessage, type MessageRow, updateMessage } from '../store.ts'

/**
 * Makes the conversation go through a message and no longer through those beside it. What was chosen further down its
 * branch is as it was left. It is a way of looking at what is there, so it is in no audit.
 * @throws message_not_found (404)
 */
export async function chooseBranch(scope: Scope, messageId: string): Promise<MessageRow> {
  requirePermission(scope.caller, 'write:conversations')
  const { tx } = scope
  const row = await findMessage(tx, messageId, ownerOf(scope.caller))
  if (!row) throw messageNotFound()
  await lockConversation(tx, row.conversationId)
  await updateSiblingsNotChosen(tx, row.conversationId, row.parentId)
  await updateMessage(tx, row.id, { chosen: true })
  return { ...row, chosen: true }
}
