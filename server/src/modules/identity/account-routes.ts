import { decodeIdCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, personId, type Route } from '../../platform/http/route.ts'
import { streamText } from '../../platform/http/stream-text.ts'
import { listAccountEvents } from './account-events.ts'
import { accountTx } from './account-tx.ts'
import { deleteAccount } from './actions/delete-account.ts'
import { endOtherSessions } from './actions/end-other-sessions.ts'
import { endSession } from './actions/end-session.ts'
import { exportAccount } from './actions/export-account.ts'
import {
  accountEventList,
  accountExport,
  confirmationBody,
  ownIdParams,
  pageOfOwn,
  personSessionList,
} from './contract.ts'
import { lastOwner, passwordMissing, passwordWrong, sessionNotFound, tooManyAttempts } from './errors.ts'
import type { Identity } from './identity.ts'
import { presentAccountEvent, presentSession } from './present.ts'
import { listSessions } from './session-store.ts'

const tag = 'Identity'

/** What a person sees of their own account, beside their profile. */
export function accountRoutes(identity: Identity): Route[] {
  const { platform } = identity
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/user/sessions',
        tag,
        summary: 'Where you are signed in',
        access: 'person',
        query: pageOfOwn,
        response: { status: 200, description: 'A page of sessions', schema: personSessionList },
      },
      async ({ caller, query }) => {
        const page = { limit: query.limit, beforeId: decodeIdCursor(query.cursor) }
        const now = platform.clock.now()
        const rows = await accountTx(platform, (tx) => listSessions(tx, personId(caller), now, page))
        const { data, nextCursor } = toPage(rows, query.limit, (row) => [row.id])
        return {
          data: data.map((row) => presentSession(row, caller.sessionId, identity.countryOf)),
          nextCursor,
        }
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/user/sessions/{id}',
        tag,
        summary: 'End one of your sessions',
        access: 'person',
        params: ownIdParams,
        response: { status: 204, description: 'Ended' },
        errors: [sessionNotFound],
      },
      ({ caller, params }) => endSession(identity, caller, params.id),
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/user/sessions',
        tag,
        summary: 'End all of your sessions but this one',
        access: 'person',
        response: { status: 204, description: 'Ended' },
      },
      ({ caller }) => endOtherSessions(identity, caller),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/user/activity',
        tag,
        summary: 'What happened to your account',
        access: 'person',
        query: pageOfOwn,
        response: { status: 200, description: 'A page of events', schema: accountEventList },
      },
      async ({ caller, query }) => {
        const page = { limit: query.limit, beforeId: decodeIdCursor(query.cursor) }
        const rows = await accountTx(platform, (tx) => listAccountEvents(tx, personId(caller), page))
        const { data, nextCursor } = toPage(rows, query.limit, (row) => [row.id])
        return { data: data.map((row) => presentAccountEvent(row, identity.countryOf)), nextCursor }
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/user/export',
        tag,
        summary: 'What is known of you, with what is yours in your organizations',
        description:
          'Conversations with their messages, uploaded documents, keys, usage and audit entries of yours, in each organization you belong to. Written while it is read: `complete` at its end says that nothing is missing.',
        access: 'person',
        response: { status: 200, description: 'The export', schema: accountExport },
      },
      async ({ caller }) =>
        streamText(await exportAccount(identity, caller), {
          'content-type': 'application/json',
          'content-disposition': 'attachment; filename="freehold-account.json"',
          'cache-control': 'no-store',
        }),
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/user/account',
        tag,
        summary: 'Delete your account',
        description:
          'Refused while you are the last owner of an organization. Sessions, factors, memberships and keys of yours go with it.',
        access: 'person',
        body: confirmationBody,
        response: { status: 204, description: 'Deleted' },
        errors: [passwordWrong, passwordMissing, lastOwner, tooManyAttempts],
      },
      ({ caller, body }) => deleteAccount(identity, caller, body.password),
    ),
  ]
}
