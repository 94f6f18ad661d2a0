import { z } from '@hono/zod-openapi'
import { readTenant } from '../../platform/db/transactions.ts'
import { decodeIdCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { activityExportQuery, activityList, activityQuery } from './contract.ts'
import { exportActivity } from './export-activity.ts'
import { presentEntry } from './present.ts'
import { listActivity } from './store.ts'

const tag = 'Activity'
const mediaTypes = { csv: 'text/csv; charset=utf-8', json: 'application/jsonl; charset=utf-8' }

export function activityRoutes(platform: Platform): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/activity',
        tag,
        summary: 'Who changed what, newest first',
        access: 'read:activity',
        query: activityQuery,
        response: { status: 200, description: 'A page of the audit log', schema: activityList },
      },
      async ({ caller, query }) => {
        const { limit, cursor, ...filter } = query
        const beforeId = decodeIdCursor(cursor)
        const rows = await readTenant(platform, caller, (scope) =>
          listActivity(scope.tx, filter, { limit, beforeId }),
        )
        const page = toPage(rows, limit, (row) => [row.id])
        return { ...page, data: page.data.map(presentEntry) }
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/activity/export',
        tag,
        summary: 'The audit log as a file',
        description: 'All entries that the filters let through, newest first, as CSV or as JSON Lines.',
        access: 'read:activity',
        query: activityExportQuery,
        response: {
          status: 200,
          description: 'The file',
          mediaType: 'text/csv',
          schema: z.string(),
          alternative: { mediaType: 'application/jsonl', description: 'One entry a line' },
        },
      },
      async ({ caller, query }) => {
        const { format, ...filter } = query
        const day = platform.clock.now().toISOString().slice(0, 10)
        return new Response(exportActivity(platform, caller, filter, format), {
          headers: {
            'content-type': mediaTypes[format],
            'content-disposition': `attachment; filename="audit-log-${day}.${format === 'csv' ? 'csv' : 'jsonl'}"`,
            'cache-control': 'no-store',
          },
        })
      },
    ),
  ]
}
