import { z } from '@hono/zod-openapi'
import { withTenant } from '../../../../platform/db/transactions.ts'
import { listOwnConversations } from '../../../conversations/index.ts'
import { defineTool } from './tool.ts'

export const listConversationsTool = defineTool({
  name: 'list_conversations',
  description: 'Lists the titles of the newest conversations of whoever asked.',
  permission: 'read:conversations',
  writes: false,
  arguments: z.strictObject({ limit: z.number().int().min(1).max(50).default(20) }),
  async run({ assistants, caller }, { limit }) {
    const { platform } = assistants
    const { data } = await withTenant(platform, caller, (scope) =>
      listOwnConversations(platform, scope, { limit, cursor: undefined, archived: 'false' }),
    )
    if (data.length === 0) return { text: 'There are no conversations.' }
    return { text: data.map(({ title, updatedAt }) => `- ${updatedAt.slice(0, 10)}: ${title}`).join('\n') }
  },
})
