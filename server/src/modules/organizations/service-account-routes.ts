import { exceedsOwnPermissions } from '../../platform/auth/permissions.ts'
import { limitReached } from '../../platform/db/require-room.ts'
import { readTenant, withTenant } from '../../platform/db/transactions.ts'
import { decodeIdCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { changeServiceAccount } from './actions/change-service-account.ts'
import { createServiceAccount } from './actions/create-service-account.ts'
import { removeServiceAccount } from './actions/remove-service-account.ts'
import * as contract from './contract.ts'
import { roleNotFound, serviceAccountNameTaken, serviceAccountNotFound } from './errors.ts'
import { presentServiceAccount } from './present.ts'
import { listServiceAccounts } from './service-account-store.ts'

const tag = 'Service accounts'

export function serviceAccountRoutes(platform: Platform): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/service-accounts',
        tag,
        summary: 'The identities of machines',
        access: 'read:service_accounts',
        query: contract.listQuery,
        response: {
          status: 200,
          description: 'A page of service accounts',
          schema: contract.serviceAccountList,
        },
      },
      async ({ caller, query }) => {
        const page = { limit: query.limit, afterId: decodeIdCursor(query.cursor) }
        const rows = await readTenant(platform, caller, ({ tx }) => listServiceAccounts(tx, page))
        const { data, nextCursor } = toPage(rows, query.limit, (row) => [row.id])
        return { data: data.map(presentServiceAccount), nextCursor }
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/service-accounts',
        tag,
        summary: 'Make an identity for a machine',
        description:
          'It belongs to the organization and stays when you leave. POST /api/v1/api-keys with its id as `serviceAccountId` makes a key for it.',
        access: 'manage:service_accounts',
        body: contract.serviceAccountBody,
        response: { status: 201, description: 'The new service account', schema: contract.serviceAccount },
        errors: [roleNotFound, exceedsOwnPermissions, serviceAccountNameTaken, limitReached],
      },
      async ({ caller, body }) =>
        presentServiceAccount(
          await withTenant(platform, caller, (scope) => createServiceAccount(scope, body)),
        ),
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/api/v1/service-accounts/{id}',
        tag,
        summary: 'Change, disable or enable a service account',
        description: 'Its keys can do at once what it can; while it is disabled they open nothing.',
        access: 'manage:service_accounts',
        params: contract.serviceAccountParams,
        body: contract.serviceAccountChangeBody,
        response: {
          status: 200,
          description: 'The changed service account',
          schema: contract.serviceAccount,
        },
        errors: [serviceAccountNotFound, roleNotFound, exceedsOwnPermissions, serviceAccountNameTaken],
      },
      async ({ caller, params, body }) =>
        presentServiceAccount(
          await withTenant(platform, caller, (scope) => changeServiceAccount(scope, params.id, body)),
        ),
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/service-accounts/{id}',
        tag,
        summary: 'Delete a service account with its keys',
        access: 'manage:service_accounts',
        params: contract.serviceAccountParams,
        response: { status: 204, description: 'Deleted' },
        errors: [serviceAccountNotFound, exceedsOwnPermissions],
      },
      async ({ caller, params }) => {
        await withTenant(platform, caller, (scope) => removeServiceAccount(scope, params.id))
      },
    ),
  ]
}
