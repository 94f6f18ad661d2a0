import { requirePermission } from '../../platform/auth/permissions.ts'
import type { Caller } from '../../platform/context.ts'
import { systemTx, withTenant } from '../../platform/db/transactions.ts'
import { decodeTimeCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, personId, type Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { findUserByEmail } from '../identity/index.ts'
import { addMember } from './actions/add-member.ts'
import { changeMemberRole } from './actions/change-member-role.ts'
import { createOrganization } from './actions/create-organization.ts'
import { removeMember } from './actions/remove-member.ts'
import { renameOrganization } from './actions/rename-organization.ts'
import * as contract from './contract.ts'
import {
  alreadyMember,
  lastOwner,
  memberNotFound,
  organizationNotFound,
  ownersOnly,
  personNotFound,
} from './errors.ts'
import {
  findOrganization,
  listMembers,
  listOrganizationsOfPerson,
  type MemberRow,
  type OrganizationRow,
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
        response: { status: 200, description: 'Your organizations', schema: contract.organizationList },
      },
      async ({ caller }) => {
        const rows = await systemTx(platform, 'memberships-of-person', (tx) =>
          listOrganizationsOfPerson(tx, personId(caller)),
        )
        return { data: rows.map((row) => presentOrganization(row, row.role)), nextCursor: null }
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
        const row = await withTenant(platform, caller, (scope) => findOrganization(scope.tx, params.id))
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
        const rows = await withTenant(platform, caller, (scope) =>
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
        errors: [organizationNotFound, personNotFound, alreadyMember, ownersOnly],
      },
      async ({ caller, params, body }) => {
        requireOwn(caller, params.id)
        requirePermission(caller, 'manage:users')
        const person = await systemTx(platform, 'add-person-by-email', (tx) =>
          findUserByEmail(tx, body.email),
        )
        if (!person) throw personNotFound()
        return presentMember(
          await withTenant(platform, caller, (scope) => addMember(scope, person, body)),
        )
      },
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/api/v1/organizations/{id}/members/{userId}',
        tag,
        summary: "Change a member's role",
        access: 'manage:users',
        params: contract.memberParams,
        body: contract.roleChangeBody,
        response: { status: 204, description: 'Changed' },
        errors: [organizationNotFound, memberNotFound, ownersOnly, lastOwner],
      },
      async ({ caller, params, body }) => {
        requireOwn(caller, params.id)
        await withTenant(platform, caller, (scope) => changeMemberRole(scope, params.userId, body))
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
        errors: [organizationNotFound, memberNotFound, ownersOnly, lastOwner],
      },
      async ({ caller, params }) => {
        requireOwn(caller, params.id)
        await withTenant(platform, caller, (scope) => removeMember(scope, params.userId))
      },
    ),
  ]
}

/** Another organization's id and a random one are answered alike. */
function requireOwn(caller: Caller, id: string): void {
  if (caller.organizationId !== id) throw organizationNotFound()
}

function presentOrganization(row: OrganizationRow, role: string | null) {
  return {
    id: row.id,
    name: row.name,
    slug: row.slug,
    role,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    deletedAt: row.deletedAt?.toISOString() ?? null,
    erasedAfter: null,
  }
}

function presentMember(row: MemberRow) {
  return { ...row, joinedAt: row.joinedAt.toISOString() }
}
