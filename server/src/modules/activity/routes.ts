import { withTenant } from '../../platform/db/transactions.ts'
import { decodeIdCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { activityList, activityQuery } from './contract.ts'
import { type ActivityRow, listActivity } from './store.ts'

export function activityRoutes(platform: Platform): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/activity',
        tag: 'Activity',
        summary: 'Who changed what, newest first',
        access: 'read:activity',
        query: activityQuery,
        response: { status: 200, description: 'A page of the audit log', schema: activityList },
      },
      async ({ caller, query }) => {
        const beforeId = decodeIdCursor(query.cursor)
        const rows = await withTenant(platform, caller, (scope) =>
          listActivity(scope.tx, { limit: query.limit, beforeId }),
        )
        const page = toPage(rows, query.limit, (row) => [row.id])
        return { ...page, data: page.data.map(present) }
      },
    ),
  ]
}

function present(row: ActivityRow) {
  return {
    id: row.id,
    action: row.action,
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
    entity: { type: row.entity_type, id: row.entity_id },
    changes: row.changes,
    ip: row.ip,
    createdAt: new Date(row.created_at).toISOString(),
  }
}
