import { exceedsOwnPermissions, requirePermission } from '../../platform/auth/permissions.ts'
import { limitReached } from '../../platform/db/require-room.ts'
import { readTenant, systemTx, withTenant } from '../../platform/db/transactions.ts'
import { decodeTimeCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, personId, type Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { findUserByEmail } from '../identity/index.ts'
import { addMember } from './actions/add-member.ts'
import { changeMemberRole } from './actions/change-member-role.ts'
import { createOrganization } from './actions/create-organization.ts'
import { deleteOrganization } from './actions/delete-organization.ts'
import { removeMember } from './actions/remove-member.ts'
import { renameOrganization } from './actions/rename-organization.ts'
import { restoreOrganization } from './actions/restore-organization.ts'
import { transferOwnership } from './actions/transfer-ownership.ts'
import * as contract from './contract.ts'
import {
  addressNotConfirmed,
  alreadyMember,
  alreadyOwner,
  confirmationWrong,
  deletedByOperator,
  lastOwner,
  memberNotFound,
  organizationNotFound,
  ownersOnly,
  personNotFound,
  restoreTooLate,
  roleNotFound,
} from './errors.ts'
import { presentMember, presentOrganization } from './present.ts'
import { requireOwn } from './require-own.ts'
import {
  findOrganization,
  listDeletedOrganizations,
  listMembers,
  listOrganizationsOfPerson,
} from './store.ts'

const tag = 'Organizations'

export function organizationRoutes(platform: Platform): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/organizations',
        tag,
        summary: 'The organizations you belong to',
        access: 'person',
        query: contract.organizationListQuery,
        response: { status: 200, description: 'Your organizations', schema: contract.organizationList },
      },
      async ({ caller, query }) => {
        const userId = personId(caller)
        const data = await systemTx(platform, 'memberships-of-person', async (tx) => {
          if (query.deleted === 'true')
            return (await listDeletedOrganizations(tx, userId)).map((row) =>
              presentOrganization(row, 'owner'),
            )
          return (await listOrganizationsOfPerson(tx, userId)).map((row) =>
            presentOrganization(row, row.role),
          )
        })
        return { data, nextCursor: null }
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/organizations',
        tag,
        summary: 'Make an organization, with you as its owner',
        access: 'person',
        body: contract.organizationBody,
        response: { status: 201, description: 'The new organization', schema: contract.organization },
        errors: [limitReached],
      },
      async ({ caller, body }) => {
        const made = await createOrganization(platform, { ...caller, userId: personId(caller) }, body.name)
        return presentOrganization(made, 'owner')
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/organizations/{id}',
        tag,
        summary: 'The organization you act in',
        access: 'read:organization',
        params: contract.organizationParams,
        response: { status: 200, description: 'The organization', schema: contract.organization },
        errors: [organizationNotFound],
      },
      async ({ caller, params }) => {
        const row = await readTenant(platform, caller, (scope) => findOrganization(scope.tx, params.id))
        if (!row) throw organizationNotFound()
        return presentOrganization(row, caller.role)
      },
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/api/v1/organizations/{id}',
        tag,
        summary: 'Rename the organization',
        access: 'update:organization',
        params: contract.organizationParams,
        body: contract.organizationBody,
        response: { status: 200, description: 'The changed organization', schema: contract.organization },
        errors: [organizationNotFound],
      },
      async ({ caller, params, body }) => {
        const row = await withTenant(platform, caller, (scope) =>
          renameOrganization(scope, params.id, body.name),
        )
        return presentOrganization(row, caller.role)
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/organizations/{id}',
        tag,
        summary: 'Delete the organization',
        description:
          'Its people and keys can do nothing in it from now on. An owner can restore it for 30 days; then it is erased with everything in it.',
        access: 'delete:organization',
        params: contract.organizationParams,
        body: contract.deletionBody,
        response: { status: 204, description: 'Deleted' },
        errors: [organizationNotFound, confirmationWrong],
      },
      async ({ caller, params, body }) => {
        requireOwn(caller, params.id)
        await withTenant(platform, caller, (scope) => deleteOrganization(scope, params.id, body.confirm))
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/organizations/{id}/restore',
        tag,
        summary: 'Take the deletion of an organization back',
        access: 'person',
        params: contract.organizationParams,
        response: { status: 200, description: 'The organization', schema: contract.organization },
        errors: [organizationNotFound, ownersOnly, deletedByOperator, restoreTooLate],
      },
      async ({ caller, params }) => {
        const person = { ...caller, userId: personId(caller) }
        return presentOrganization(await restoreOrganization(platform, person, params.id), 'owner')
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/organizations/{id}/members',
        tag,
        summary: 'Its members',
        access: 'read:users',
        params: contract.organizationParams,
        query: contract.memberListQuery,
        response: { status: 200, description: 'A page of members', schema: contract.memberList },
        errors: [organizationNotFound],
      },
      async ({ caller, params, query }) => {
        requireOwn(caller, params.id)
        const cursor = decodeTimeCursor(query.cursor)
        const after = cursor && { joinedAt: cursor.time.toISOString(), userId: cursor.id }
        const rows = await readTenant(platform, caller, (scope) =>
          listMembers(scope.tx, { limit: query.limit, after }),
        )
        const page = toPage(rows, query.limit, (row) => [row.joinedAt.toISOString(), row.userId])
        return { ...page, data: page.data.map(presentMember) }
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/organizations/{id}/members',
        tag,
        summary: 'Add a person who has an account',
        access: 'manage:users',
        params: contract.organizationParams,
        body: contract.memberBody,
        response: { status: 201, description: 'The new member', schema: contract.member },
        errors: [
          organizationNotFound,
          personNotFound,
          addressNotConfirmed,
          alreadyMember,
          roleNotFound,
          ownersOnly,
          exceedsOwnPermissions,
        ],
      },
      async ({ caller, params, body }) => {
        requireOwn(caller, params.id)
        requirePermission(caller, 'manage:users')
        const person = await systemTx(platform, 'add-person-by-email', (tx) =>
          findUserByEmail(tx, body.email),
        )
        if (!person) throw personNotFound()
        // Anybody can sign up with any address. Where letters arrive, the invitation's shows whose it is.
        if (!person.emailVerified && platform.mail.kind !== 'outbox') throw addressNotConfirmed()
        return presentMember(await withTenant(platform, caller, (scope) => addMember(scope, person, body)))
      },
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/api/v1/organizations/{id}/members/{userId}',
        tag,
        summary: "Change a member's role",
        description: 'To a built-in one, or with `customRoleId` to one of the organization’s own.',
        access: 'manage:users',
        params: contract.memberParams,
        body: contract.roleChangeBody,
        response: { status: 204, description: 'Changed' },
        errors: [
          organizationNotFound,
          memberNotFound,
          roleNotFound,
          ownersOnly,
          exceedsOwnPermissions,
          lastOwner,
        ],
      },
      async ({ caller, params, body }) => {
        requireOwn(caller, params.id)
        await withTenant(platform, caller, (scope) => changeMemberRole(scope, params.userId, body))
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/organizations/{id}/transfer',
        tag,
        summary: 'Hand the organization over to another member',
        description: 'They become an owner, and you an admin.',
        access: 'manage:owners',
        params: contract.organizationParams,
        body: contract.transferBody,
        response: { status: 204, description: 'Handed over' },
        errors: [organizationNotFound, memberNotFound, ownersOnly, alreadyOwner],
      },
      async ({ caller, params, body }) => {
        requireOwn(caller, params.id)
        await withTenant(platform, caller, (scope) => transferOwnership(scope, body.userId))
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/organizations/{id}/members/{userId}',
        tag,
        summary: 'Remove a member, or leave',
        access: 'read:organization',
        params: contract.memberParams,
        response: { status: 204, description: 'Removed' },
        errors: [organizationNotFound, memberNotFound, ownersOnly, exceedsOwnPermissions, lastOwner],
      },
      async ({ caller, params }) => {
        requireOwn(caller, params.id)
        await withTenant(platform, caller, (scope) => removeMember(scope, params.userId))
      },
    ),
  ]
}
