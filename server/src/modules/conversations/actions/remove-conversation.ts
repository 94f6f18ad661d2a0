import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { publishEvent } from '../../../platform/events/publish-event.ts'
import { conversationNotFound } from '../errors.ts'
import { ownerOf } from '../owner.ts'
import { deleteConversation, findConversation } from '../store.ts'

/** Deletes a conversation with its messages. @throws conversations.not_found (404) */
export async function removeConversation(scope: Scope, id: string): Promise<void> {
  requirePermission(scope.caller, 'write:conversations')
  if (!(await findConversation(scope.tx, id, ownerOf(scope.caller)))) throw conversationNotFound()
  await deleteConversation(scope.tx, id)
  await recordAudit(scope, { action: 'conversation.delete', entity: { type: 'conversation', id } })
  await publishEvent(scope, { type: 'conversation.deleted', data: { conversationId: id } })
}
