import { z } from '@hono/zod-openapi'
import { withTenant } from '../../platform/db/transactions.ts'
import { decodeIdCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { changeConversation } from './actions/change-conversation.ts'
import { exportConversation } from './actions/export-conversation.ts'
import { listOwnConversations } from './actions/list-own-conversations.ts'
import { removeConversation } from './actions/remove-conversation.ts'
import type { Answers } from './answers.ts'
import { listChosenMessages } from './branches-store.ts'
import * as contract from './contract.ts'
import { conversationNotFound } from './errors.ts'
import { ownerOf } from './owner.ts'
import { presentConversation, presentMessages } from './present.ts'
import { openSeal } from './sealed-messages.ts'
import { findConversation } from './store.ts'

const tag = 'Conversations'

export function conversationRoutes({ platform }: Answers): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/conversations',
        tag,
        summary: 'Your conversations, the latest first',
        access: 'read:conversations',
        query: contract.conversationListQuery,
        response: { status: 200, description: 'A page of conversations', schema: contract.conversationList },
      },
      ({ caller, query }) =>
        withTenant(platform, caller, (scope) => listOwnConversations(platform, scope, query)),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/conversations/{id}',
        tag,
        summary: 'One conversation',
        access: 'read:conversations',
        params: contract.idParams,
        response: { status: 200, description: 'The conversation', schema: contract.conversation },
        errors: [conversationNotFound],
      },
      ({ caller, params }) =>
        withTenant(platform, caller, async (scope) => {
          const row = await findConversation(scope.tx, params.id, ownerOf(caller))
          if (!row) throw conversationNotFound()
          return presentConversation(await openSeal(platform, scope), row)
        }),
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/api/v1/conversations/{id}',
        tag,
        summary: 'Rename a conversation, pin it or put it away',
        access: 'write:conversations',
        params: contract.idParams,
        body: contract.conversationBody,
        response: { status: 200, description: 'The changed conversation', schema: contract.conversation },
        errors: [conversationNotFound],
      },
      ({ caller, params, body }) =>
        withTenant(platform, caller, async (scope) => {
          const seal = await openSeal(platform, scope)
          return presentConversation(seal, await changeConversation(scope, seal, params.id, body))
        }),
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/conversations/{id}',
        tag,
        summary: 'Delete a conversation with its messages',
        access: 'write:conversations',
        params: contract.idParams,
        response: { status: 204, description: 'Deleted' },
        errors: [conversationNotFound],
      },
      async ({ caller, params }) => {
        await withTenant(platform, caller, (scope) => removeConversation(scope, params.id))
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/conversations/{id}/export',
        tag,
        summary: 'A conversation as Markdown',
        description: 'Along the branches that are chosen, with the sources of each answer below it.',
        access: 'read:conversations',
        params: contract.idParams,
        response: { status: 200, description: 'The file', mediaType: 'text/markdown', schema: z.string() },
        errors: [conversationNotFound],
      },
      async ({ caller, params }) => {
        const { name, content } = await exportConversation(platform, caller, params.id)
        return new Response(content, {
          headers: {
            'content-type': 'text/markdown; charset=utf-8',
            'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
            'cache-control': 'no-store',
          },
        })
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/conversations/{id}/messages',
        tag,
        summary: 'Its messages, the oldest first',
        description:
          'Along the branches that are chosen; the others are named in `siblingIds`, and chosen by `POST /api/v1/messages/{id}/choose`.',
        access: 'read:conversations',
        params: contract.idParams,
        query: contract.messageListQuery,
        response: { status: 200, description: 'A page of messages', schema: contract.messageList },
        errors: [conversationNotFound],
      },
      ({ caller, params, query }) =>
        withTenant(platform, caller, async (scope) => {
          if (!(await findConversation(scope.tx, params.id, ownerOf(caller)))) throw conversationNotFound()
          const afterId = decodeIdCursor(query.cursor)
          const rows = await listChosenMessages(scope.tx, params.id, { limit: query.limit, afterId })
          const page = toPage(rows, query.limit, (row) => [row.id])
          return { ...page, data: await presentMessages(scope, await openSeal(platform, scope), page.data) }
        }),
    ),
  ]
}
