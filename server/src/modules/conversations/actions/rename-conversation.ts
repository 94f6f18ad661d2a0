import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { conversationNotFound } from '../errors.ts'
import { ownerOf } from '../owner.ts'
import { type Seal, titleCell } from '../sealed-messages.ts'
import { type ConversationRow, findConversation, updateConversation } from '../store.ts'

/** @throws conversations.not_found (404) */
export async function renameConversation(
  scope: Scope,
  seal: Seal,
  id: string,
  title: string,
): Promise<ConversationRow> {
  requirePermission(scope.caller, 'write:conversations')
  const row = await findConversation(scope.tx, id, ownerOf(scope.caller))
  if (!row) throw conversationNotFound()
  const titleSealed = seal.seal(titleCell(id), title)
  await updateConversation(scope.tx, id, { titleSealed })
  // The title may quote the conversation: that it changed is recorded, not what it says.
  await recordAudit(scope, { action: 'conversation.rename', entity: { type: 'conversation', id } })
  return { ...row, titleSealed }
}
