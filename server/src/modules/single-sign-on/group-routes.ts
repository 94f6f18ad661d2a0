import { exceedsOwnPermissions } from '../../platform/auth/permissions.ts'
import { readTenant, withTenant } from '../../platform/db/transactions.ts'
import { decodeIdCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { tieGroup } from './actions/tie-group.ts'
import * as contract from './contract.ts'
import { groupNotFound } from './errors.ts'
import { listTiedGroups, type TiedGroup } from './scim-group-store.ts'
import type { SingleSignOn } from './single-sign-on.ts'

const tag = 'Single sign-on'

export function groupRoutes({ platform }: SingleSignOn): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/sign-in/groups',
        tag,
        summary: 'The groups of the identity provider, and the roles they give',
        access: 'manage:sign_in',
        query: contract.groupListQuery,
        response: { status: 200, description: 'A page of groups', schema: contract.groupList },
      },
      async ({ caller, query }) => {
        const afterId = decodeIdCursor(query.cursor)
        const rows = await readTenant(platform, caller, ({ tx }) =>
          listTiedGroups(tx, { limit: query.limit, afterId }),
        )
        const page = toPage(rows, query.limit, (row) => [row.id])
        return { ...page, data: page.data.map(present) }
      },
    ),
    defineRoute(
      {
        method: 'put',
        path: '/api/v1/sign-in/groups/{id}',
        tag,
        summary: 'Say which role the members of a group have',
        description: 'A built-in role or one of your own; neither for no role. Owners keep theirs.',
        access: 'manage:sign_in',
        params: contract.groupParams,
        body: contract.groupBody,
        response: { status: 200, description: 'The group', schema: contract.group },
        errors: [groupNotFound, exceedsOwnPermissions],
      },
      async ({ caller, params, body }) =>
        present(await withTenant(platform, caller, (scope) => tieGroup(scope, params.id, body))),
    ),
  ]
}

function present(row: TiedGroup) {
  const { id, displayName, memberCount, role, customRole } = row
  const [createdAt, updatedAt] = [row.createdAt.toISOString(), row.updatedAt.toISOString()]
  return { id, displayName, memberCount, role, customRole, createdAt, updatedAt }
}
