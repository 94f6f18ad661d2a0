import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import type { Platform } from '../../../platform/platform.ts'
import { listChosenMessages } from '../branches-store.ts'
import { conversationNotFound } from '../errors.ts'
import { ownerOf } from '../owner.ts'
import { presentMessages } from '../present.ts'
import { messageMarkdown } from '../rules/message-markdown.ts'
import { openSeal, titleCell } from '../sealed-messages.ts'
import { findConversation } from '../store.ts'

const messagesAtOnce = 100

/**
 * A conversation as a Markdown file, read in pages while it is sent, so that it may be longer than memory.
 * @throws conversations.not_found (404)
 */
export async function exportConversation(platform: Platform, caller: Caller, id: string) {
  requirePermission(caller, 'read:conversations')
  const title = await withTenant(platform, caller, async (scope) => {
    const row = await findConversation(scope.tx, id, ownerOf(caller))
    if (!row) throw conversationNotFound()
    return (await openSeal(platform, scope)).open(titleCell(id), row.titleSealed)
  })
  async function* write(): AsyncGenerator<Uint8Array> {
    const encoder = new TextEncoder()
    yield encoder.encode(`# ${title}\n`)
    let afterId: string | undefined
    for (;;) {
      const views = await withTenant(platform, caller, async (scope) => {
        if (!(await findConversation(scope.tx, id, ownerOf(caller)))) return []
        const rows = await listChosenMessages(scope.tx, id, { limit: messagesAtOnce - 1, afterId })
        return presentMessages(scope, await openSeal(platform, scope), rows)
      })
      for (const view of views) yield encoder.encode(messageMarkdown(view))
      afterId = views.at(-1)?.id
      if (views.length < messagesAtOnce) return
    }
  }
  const safeTitle = title
    .replaceAll(/[^\p{L}\p{N} _-]+/gu, ' ')
    .trim()
    .slice(0, 80)
  return { name: `${safeTitle || 'conversation'}.md`, content: ReadableStream.from(write()) }
}
