import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { conversationNotFound } from '../errors.ts'
import { ownerOf } from '../owner.ts'
import { type Seal, titleCell } from '../sealed-messages.ts'
import { type ConversationRow, findConversation, updateConversation } from '../store.ts'

/** Renames, pins or puts away; what is left out stays. @throws conversations.not_found (404) */
export async function changeConversation(
  scope: Scope,
  seal: Seal,
  id: string,
  input: { title?: string | undefined; pinned?: boolean | undefined; archived?: boolean | undefined },
): Promise<ConversationRow> {
  requirePermission(scope.caller, 'write:conversations')
  const row = await findConversation(scope.tx, id, ownerOf(scope.caller))
  if (!row) throw conversationNotFound()
  const { title, pinned, archived } = input
  const change = {
    titleSealed: title === undefined ? row.titleSealed : seal.seal(titleCell(id), title),
    pinnedAt: pinned === undefined ? row.pinnedAt : pinned ? (row.pinnedAt ?? scope.now) : null,
    archivedAt: archived === undefined ? row.archivedAt : archived ? (row.archivedAt ?? scope.now) : null,
  }
  await updateConversation(scope.tx, id, change)
  const entity = { type: 'conversation', id }
  // The title may quote the conversation: that it changed is recorded, not what it says.
  if (title !== undefined) await recordAudit(scope, { action: 'conversation.rename', entity })
  if (pinned !== undefined || archived !== undefined) {
    await recordAudit(scope, {
      action: 'conversation.update',
      entity,
      changes: {
        ...(pinned === undefined ? {} : { pinned }),
        ...(archived === undefined ? {} : { archived }),
      },
    })
  }
  return { ...row, ...change }
}
