import { withTenant } from '../../platform/db/transactions.ts'
import { decodeIdCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { tokenAnswerKeptMs } from '../identity/index.ts'
import { findUsageRecords } from '../ledger/index.ts'
import { cancelCall } from './actions/cancel-call.ts'
import { findCall } from './actions/find-call.ts'
import { rotateWebhookSecret } from './actions/rotate-webhook-secret.ts'
import * as contract from './contract.ts'
import { queuedCallExpired, queuedCallNotFound } from './errors.ts'
import { listedTo } from './own-calls.ts'
import { presentListed, presentQueuedCall } from './present.ts'
import type { QueuedCalls } from './queued-calls.ts'
import { listQueuedCalls } from './store.ts'

const tag = 'Queued calls'
const retryAfterSeconds = '2'

export function queuedCallRoutes({ platform, running }: QueuedCalls): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/queued-calls',
        tag,
        summary: 'Calls that were queued, newest first',
        description:
          'One’s own, without what was asked and answered; with `read:billing` those of the whole organization.',
        access: 'use:models',
        query: contract.queuedCallListQuery,
        response: { status: 200, description: 'A page of queued calls', schema: contract.queuedCallList },
      },
      async ({ caller, query: { limit, cursor } }) => {
        const beforeId = decodeIdCursor(cursor)
        const { rows, records } = await withTenant(platform, caller, async ({ tx }) => {
          const listed = await listQueuedCalls(tx, listedTo(caller), { limit: limit + 1, beforeId })
          const ids = listed.map(({ requestId }) => requestId)
          return { rows: listed, records: await findUsageRecords(tx, ids) }
        })
        const byId = new Map(records.map((record) => [record.requestId, record]))
        const page = toPage(rows, limit, (row) => [row.id])
        return { ...page, data: page.data.map((row) => presentListed(row, byId.get(row.requestId))) }
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/queued-calls/{id}',
        tag,
        summary: 'A queued call, with its answer once it is there',
        description:
          'For whoever sent it: the person with all their keys, the service account with all of its, or the key. A call that went ' +
          'wrong is answered with 200 too, with the error that it would have had.',
        access: 'use:models',
        params: contract.queuedCallParams,
        response: {
          status: 200,
          description: 'The call, which has ended',
          schema: contract.queuedCall,
          accepted: {
            description: 'It has no answer yet: ask again after `Retry-After`',
            schema: contract.queuedCall,
          },
        },
        errors: [queuedCallNotFound, queuedCallExpired],
      },
      async ({ caller, params: { id } }) => {
        const { row, result } = await findCall(platform, caller, id)
        const view = presentQueuedCall(row, result)
        if (row.status !== 'waiting' && row.status !== 'running') return view
        return Response.json(view, { status: 202, headers: { 'retry-after': retryAfterSeconds } })
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/queued-calls/{id}',
        tag,
        summary: 'Cancel a queued call, or remove one that has ended',
        description:
          'One that is being answered leaves its provider, on whichever node it runs; what was written by then is paid.',
        access: 'use:models',
        params: contract.queuedCallParams,
        response: { status: 204, description: 'Cancelled, or removed' },
        errors: [queuedCallNotFound],
      },
      async ({ caller, params: { id } }) => {
        if (await cancelCall(platform, caller, id)) await running.cancelled(id)
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/queued-calls/webhook-secret',
        tag,
        summary: 'Make the secret that webhooks are signed with, or another one',
        description:
          'As Standard Webhooks has it. It is in this answer and is never shown again. The one before signs beside it for a day.',
        access: 'update:organization',
        answerKeptMs: tokenAnswerKeptMs,
        response: { status: 201, description: 'The secret, shown once', schema: contract.newWebhookSecret },
      },
      async ({ caller }) => {
        const { secret, createdAt, previousEndsAt } = await rotateWebhookSecret(platform, caller)
        return {
          secret,
          createdAt: createdAt.toISOString(),
          previousEndsAt: previousEndsAt.toISOString(),
        }
      },
    ),
  ]
}
