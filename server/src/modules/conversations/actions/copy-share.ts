import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { newId } from '../../../platform/ids.ts'
import { listLine } from '../branches-store.ts'
import { ownerOf } from '../owner.ts'
import { citationsCell, contentCell, previewCell, type Seal, titleCell } from '../sealed-messages.ts'
import { type ConversationRow, getConversation, insertConversation, insertMessage } from '../store.ts'
import { presentShared, readShare } from './read-share.ts'

const messagesAtOnce = 100
const previewLength = 140

/**
 * Makes a conversation of the reader's own from what they are shown, to go on with. Whoever shared it is told nothing,
 * and what they shared is not changed.
 * @throws conversations.shared_not_found (404)
 */
export async function copyShare(scope: Scope, seal: Seal, id: string): Promise<ConversationRow> {
  requirePermission(scope.caller, 'write:conversations')
  const { share, view } = await readShare(scope, seal, id)
  const { organizationId, now, tx } = scope
  const conversationId = newId()
  await insertConversation(tx, {
    organizationId,
    id: conversationId,
    titleSealed: seal.seal(titleCell(conversationId), view.title),
    previewSealed: seal.seal(previewCell(conversationId), view.title.slice(0, previewLength)),
    createdBy: ownerOf(scope.caller),
    createdAt: now,
    updatedAt: now,
  })
  let parentId: string | null = null
  let afterId: string | undefined
  for (;;) {
    const rows = await listLine(tx, share.messageId, { limit: messagesAtOnce - 1, afterId })
    for (const message of await presentShared(scope, seal, rows)) {
      const messageId = newId()
      await insertMessage(tx, {
        organizationId,
        id: messageId,
        conversationId,
        parentId,
        role: message.role,
        contentSealed: seal.seal(contentCell(messageId), message.content),
        citationsSealed: seal.seal(citationsCell(messageId), JSON.stringify(message.citations)),
        status: message.status,
        errorCode: message.error?.code ?? null,
        errorMessage: message.error?.message ?? null,
        createdAt: now,
      })
      parentId = messageId
    }
    afterId = rows.at(-1)?.id
    if (rows.length < messagesAtOnce) break
  }
  await recordAudit(scope, {
    action: 'conversation.copy',
    entity: { type: 'conversation', id: conversationId },
    changes: { shareId: id },
  })
  return getConversation(tx, conversationId)
}
