import { describePermissions, exceedsOwnPermissions } from '../../platform/auth/permissions.ts'
import { limitReached } from '../../platform/db/require-room.ts'
import { readTenant, withTenant } from '../../platform/db/transactions.ts'
import { decodeIdCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { changeRole } from './actions/change-role.ts'
import { createRole } from './actions/create-role.ts'
import { removeRole } from './actions/remove-role.ts'
import * as contract from './contract.ts'
import {
  organizationNotFound,
  permissionNotGrantable,
  roleInUse,
  roleNameTaken,
  roleNotFound,
} from './errors.ts'
import { presentRole } from './present.ts'
import { requireOwn } from './require-own.ts'
import { listRoles } from './role-store.ts'

const tag = 'Roles'

export function roleRoutes(platform: Platform): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/permissions',
        tag,
        summary: 'Every permission there is, and who holds it',
        access: 'signed-in',
        response: { status: 200, description: 'The permissions', schema: contract.permissionList },
      },
      async () => ({ data: describePermissions(), nextCursor: null }),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/organizations/{id}/roles',
        tag,
        summary: "The organization's own roles",
        access: 'read:roles',
        params: contract.organizationParams,
        query: contract.listQuery,
        response: { status: 200, description: 'A page of roles', schema: contract.customRoleList },
        errors: [organizationNotFound],
      },
      async ({ caller, params, query }) => {
        requireOwn(caller, params.id)
        const page = { limit: query.limit, afterId: decodeIdCursor(query.cursor) }
        const rows = await readTenant(platform, caller, ({ tx }) => listRoles(tx, page))
        const { data, nextCursor } = toPage(rows, query.limit, (row) => [row.id])
        return { data: data.map(presentRole), nextCursor }
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/organizations/{id}/roles',
        tag,
        summary: "Make a role of the organization's own",
        description: 'It can hold nothing that you do not hold yourself.',
        access: 'manage:roles',
        params: contract.organizationParams,
        body: contract.customRoleBody,
        response: { status: 201, description: 'The new role', schema: contract.customRoleDetail },
        errors: [
          organizationNotFound,
          permissionNotGrantable,
          exceedsOwnPermissions,
          roleNameTaken,
          limitReached,
        ],
      },
      async ({ caller, params, body }) => {
        requireOwn(caller, params.id)
        const made = await withTenant(platform, caller, (scope) => createRole(scope, body))
        return presentRole({ ...made, memberCount: 0 })
      },
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/api/v1/organizations/{id}/roles/{roleId}',
        tag,
        summary: 'Change a role, for everybody who has it at once',
        access: 'manage:roles',
        params: contract.customRoleParams,
        body: contract.customRoleChangeBody,
        response: { status: 200, description: 'The changed role', schema: contract.customRoleDetail },
        errors: [
          organizationNotFound,
          roleNotFound,
          permissionNotGrantable,
          exceedsOwnPermissions,
          roleNameTaken,
        ],
      },
      async ({ caller, params, body }) => {
        requireOwn(caller, params.id)
        return presentRole(
          await withTenant(platform, caller, (scope) => changeRole(scope, params.roleId, body)),
        )
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/organizations/{id}/roles/{roleId}',
        tag,
        summary: 'Delete a role that nobody has',
        access: 'manage:roles',
        params: contract.customRoleParams,
        response: { status: 204, description: 'Deleted' },
        errors: [organizationNotFound, roleNotFound, exceedsOwnPermissions, roleInUse],
      },
      async ({ caller, params }) => {
        requireOwn(caller, params.id)
        await withTenant(platform, caller, (scope) => removeRole(scope, params.roleId))
      },
    ),
  ]
}
