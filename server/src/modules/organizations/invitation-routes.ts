import { exceedsOwnPermissions } from '../../platform/auth/permissions.ts'
import { limitReached } from '../../platform/db/require-room.ts'
import { readTenant, withTenant } from '../../platform/db/transactions.ts'
import { decodeIdCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, personId, type Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { acceptInvitation } from './actions/accept-invitation.ts'
import { lookUpInvitation } from './actions/look-up-invitation.ts'
import { resendInvitation } from './actions/resend-invitation.ts'
import { revokeInvitation } from './actions/revoke-invitation.ts'
import { sendInvitation } from './actions/send-invitation.ts'
import * as contract from './contract.ts'
import {
  alreadyMember,
  invitationForAnother,
  invitationNotFound,
  invitationOver,
  organizationNotFound,
  ownersOnly,
  roleNotFound,
  tooManyInvitations,
} from './errors.ts'
import { listOpenInvitations } from './invitation-store.ts'
import { limitLetters, limitTokens } from './limit-invitations.ts'
import { presentHeldInvitation, presentInvitation, presentSentInvitation } from './present.ts'
import { requireOwn } from './require-own.ts'

const tag = 'Invitations'

export function invitationRoutes(platform: Platform): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/organizations/{id}/invitations',
        tag,
        summary: 'Who is invited and has not come yet',
        access: 'read:users',
        params: contract.organizationParams,
        query: contract.listQuery,
        response: { status: 200, description: 'A page of invitations', schema: contract.invitationList },
        errors: [organizationNotFound],
      },
      async ({ caller, params, query }) => {
        requireOwn(caller, params.id)
        const page = { limit: query.limit, afterId: decodeIdCursor(query.cursor) }
        const rows = await readTenant(platform, caller, ({ tx }) => listOpenInvitations(tx, page))
        const { data, nextCursor } = toPage(rows, query.limit, (row) => [row.id])
        const now = platform.clock.now()
        return { data: data.map((row) => presentInvitation(row, now)), nextCursor }
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/organizations/{id}/invitations',
        tag,
        summary: 'Invite somebody by e-mail',
        description:
          'The letter holds a link that works once, for seven days. An address that is invited already gets a new letter with the role given here, and the link of the old one works no more.',
        access: 'manage:users',
        params: contract.organizationParams,
        body: contract.invitationBody,
        response: { status: 201, description: 'The open invitation', schema: contract.sentInvitation },
        errors: [
          organizationNotFound,
          roleNotFound,
          alreadyMember,
          limitReached,
          ownersOnly,
          exceedsOwnPermissions,
          tooManyInvitations,
        ],
      },
      async ({ caller, params, body }) => {
        requireOwn(caller, params.id)
        await limitLetters(platform, params.id, body.email)
        return withTenant(platform, caller, async (scope) =>
          presentSentInvitation(await sendInvitation(platform, scope, body), scope.now),
        )
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/organizations/{id}/invitations/{invitationId}/resend',
        tag,
        summary: 'Send another letter, and make the link of the one before worthless',
        access: 'manage:users',
        params: contract.invitationParams,
        response: { status: 200, description: 'The open invitation', schema: contract.sentInvitation },
        errors: [
          organizationNotFound,
          invitationNotFound,
          ownersOnly,
          exceedsOwnPermissions,
          tooManyInvitations,
        ],
      },
      async ({ caller, params }) => {
        requireOwn(caller, params.id)
        await limitLetters(platform, params.id, params.invitationId)
        return withTenant(platform, caller, async (scope) =>
          presentSentInvitation(await resendInvitation(platform, scope, params.invitationId), scope.now),
        )
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/organizations/{id}/invitations/{invitationId}',
        tag,
        summary: 'Withdraw an invitation',
        access: 'manage:users',
        params: contract.invitationParams,
        response: { status: 204, description: 'Withdrawn' },
        errors: [organizationNotFound, invitationNotFound, ownersOnly, exceedsOwnPermissions],
      },
      async ({ caller, params }) => {
        requireOwn(caller, params.id)
        await withTenant(platform, caller, (scope) => revokeInvitation(scope, params.invitationId))
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/invitations/lookup',
        tag,
        summary: 'What the link of a letter invites to',
        access: 'public',
        body: contract.invitationTokenBody,
        response: { status: 200, description: 'The invitation', schema: contract.invitationView },
        errors: [invitationNotFound, invitationOver, tooManyInvitations],
      },
      async ({ caller, body }) => {
        await limitTokens(platform, caller.ip)
        return presentHeldInvitation(await lookUpInvitation(platform, body.token))
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/invitations/accept',
        tag,
        summary: 'Join the organization that invited your address',
        description:
          'A link that stood in a letter alone proves that the address is yours, so it counts as verified. POST /api/v1/auth/switch then acts in the organization.',
        access: 'person',
        body: contract.invitationTokenBody,
        response: { status: 200, description: 'What you joined', schema: contract.joinedOrganization },
        errors: [invitationNotFound, invitationOver, invitationForAnother, tooManyInvitations],
      },
      async ({ caller, body }) => {
        await limitTokens(platform, caller.ip)
        const joined = await acceptInvitation(platform, { ...caller, userId: personId(caller) }, body.token)
        const { id, name, slug } = joined.organization
        return { organization: { id, name, slug } }
      },
    ),
  ]
}
