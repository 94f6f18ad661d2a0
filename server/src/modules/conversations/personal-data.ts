import type { PersonalData } from '../../platform/personal-data.ts'
import type { Platform } from '../../platform/platform.ts'
import { presentConversation, presentMessages, presentShare } from './present.ts'
import { openSeal } from './sealed-messages.ts'
import { listSharesOf } from './shares-store.ts'
import { listConversationsOf, listMessagesOf } from './store.ts'

/** Messages stand beside their conversations and not in them: one conversation may be longer than memory. */
export function conversationData(platform: Platform): PersonalData[] {
  return [
    {
      name: 'conversations',
      async list(scope, userId, page) {
        const seal = await openSeal(platform, scope)
        const rows = await listConversationsOf(scope.tx, userId, page)
        return rows.map((row) => ({ id: row.id, data: presentConversation(seal, row) }))
      },
    },
    {
      name: 'shared-conversations',
      async list(scope, userId, page) {
        const rows = await listSharesOf(scope.tx, userId, page)
        return rows.map((row) => ({ id: row.id, data: presentShare(row) }))
      },
    },
    {
      name: 'messages',
      async list(scope, userId, page) {
        const seal = await openSeal(platform, scope)
        const rows = await listMessagesOf(scope.tx, userId, page)
        return (await presentMessages(scope, seal, rows)).map((data) => ({ id: data.id, data }))
      },
    },
  ]
}
