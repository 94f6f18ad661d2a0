import { withTenant } from '../../platform/db/transactions.ts'
import { decodeIdCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { copyShare } from './actions/copy-share.ts'
import { presentShared, readShare } from './actions/read-share.ts'
import { shareConversation, unshareConversation } from './actions/share-conversation.ts'
import type { Answers } from './answers.ts'
import { listLine } from './branches-store.ts'
import * as contract from './contract.ts'
import { answerUnderWay, conversationNotFound, nothingToShare, sharedConversationNotFound } from './errors.ts'
import { ownerOf } from './owner.ts'
import { presentConversation, presentShare } from './present.ts'
import { openSeal } from './sealed-messages.ts'
import { findShareOf } from './shares-store.ts'
import { findConversation } from './store.ts'

const tag = 'Shared conversations'

export function shareRoutes({ platform }: Answers): Route[] {
  return [
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/conversations/{id}/share',
        tag,
        summary: 'Show a conversation to the organization',
        description:
          'Its members can read it as it is now, under a link. Done again, the same link shows what has come since.',
        access: 'write:conversations',
        params: contract.idParams,
        response: { status: 201, description: 'The share', schema: contract.share },
        errors: [conversationNotFound, answerUnderWay, nothingToShare],
      },
      ({ caller, params }) =>
        withTenant(platform, caller, async (scope) =>
          presentShare(await shareConversation(scope, params.id)),
        ),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/conversations/{id}/share',
        tag,
        summary: 'Whether a conversation is shown, and under which link',
        access: 'read:conversations',
        params: contract.idParams,
        response: {
          status: 200,
          description: 'The share, or null',
          schema: contract.shareOfConversation,
        },
        errors: [conversationNotFound],
      },
      ({ caller, params }) =>
        withTenant(platform, caller, async (scope) => {
          if (!(await findConversation(scope.tx, params.id, ownerOf(caller)))) throw conversationNotFound()
          const row = await findShareOf(scope.tx, params.id)
          return { share: row ? presentShare(row) : null }
        }),
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/conversations/{id}/share',
        tag,
        summary: 'Show a conversation no longer',
        access: 'write:conversations',
        params: contract.idParams,
        response: { status: 204, description: 'The link leads nowhere any more' },
        errors: [conversationNotFound],
      },
      async ({ caller, params }) => {
        await withTenant(platform, caller, (scope) => unshareConversation(scope, params.id))
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/shared-conversations/{id}',
        tag,
        summary: 'A conversation that a member shows',
        access: 'read:conversations',
        params: contract.idParams,
        response: { status: 200, description: 'What it is', schema: contract.sharedConversation },
        errors: [sharedConversationNotFound],
      },
      ({ caller, params }) =>
        withTenant(
          platform,
          caller,
          async (scope) => (await readShare(scope, await openSeal(platform, scope), params.id)).view,
        ),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/shared-conversations/{id}/messages',
        tag,
        summary: 'Its messages, the oldest first',
        description: 'With those citations only whose passages the reader may read.',
        access: 'read:conversations',
        params: contract.idParams,
        query: contract.messageListQuery,
        response: { status: 200, description: 'A page of messages', schema: contract.messageList },
        errors: [sharedConversationNotFound],
      },
      ({ caller, params, query }) =>
        withTenant(platform, caller, async (scope) => {
          const seal = await openSeal(platform, scope)
          const { share } = await readShare(scope, seal, params.id)
          const afterId = decodeIdCursor(query.cursor)
          const rows = await listLine(scope.tx, share.messageId, { limit: query.limit, afterId })
          const page = toPage(rows, query.limit, (row) => [row.id])
          return { ...page, data: await presentShared(scope, seal, page.data) }
        }),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/shared-conversations/{id}/copy',
        tag,
        summary: 'Go on with it as a conversation of one’s own',
        access: 'write:conversations',
        params: contract.idParams,
        response: { status: 201, description: 'The copy', schema: contract.conversation },
        errors: [sharedConversationNotFound],
      },
      ({ caller, params }) =>
        withTenant(platform, caller, async (scope) => {
          const seal = await openSeal(platform, scope)
          return presentConversation(seal, await copyShare(scope, seal, params.id))
        }),
    ),
  ]
}
