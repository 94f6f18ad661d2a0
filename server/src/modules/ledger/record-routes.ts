import type { Caller } from '../../platform/context.ts'
import { csvLine } from '../../platform/csv.ts'
import { decodeTimeCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { streamText } from '../../platform/http/stream-text.ts'
import { formatUsd } from '../../platform/money.ts'
import type { Platform } from '../../platform/platform.ts'
import { type CallFilter, conditionOf } from './call-filter.ts'
import { visibleTo } from './own-calls.ts'
import { presentCall } from './present.ts'
import { asksForCsv, csvHeaders, readFilter } from './read-filter.ts'
import type { ReadUsage } from './read-usage.ts'
import { listUsageRecords, type NamedUsageRecord } from './store.ts'
import { usageListQuery, usageRecordList } from './summary-contract.ts'

const rowsAtOnce = 500

export function recordRoutes(platform: Platform, read: ReadUsage): Route[] {
  /** Each batch in a transaction of its own, so that a slow reader holds none open. */
  async function* fileOf(caller: Caller, filter: CallFilter): AsyncGenerator<string> {
    yield csvLine(columns.map(([name]) => name))
    let before: { time: Date; id: string } | undefined
    for (;;) {
      const page = { limit: rowsAtOnce, before }
      const rows = await read(caller, (scope) =>
        listUsageRecords(scope.tx, conditionOf(filter, visibleTo(caller)), page),
      )
      const lines = rows.slice(0, rowsAtOnce).map((row) => csvLine(columns.map(([, cell]) => cell(row))))
      yield lines.join('')
      const last = rows[rowsAtOnce - 1]
      if (rows.length <= rowsAtOnce || !last) return
      before = { time: last.createdAt, id: last.requestId }
    }
  }

  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/usage/records',
        tag: 'Usage',
        summary: 'Every call, newest first',
        description:
          'As JSON in pages; all as CSV with `format=csv` or where `Accept` says so. Without `read:billing` only one’s own calls.',
        access: 'read:usage',
        query: usageListQuery,
        // The file is told of above alone: as a second content it would make every typed client's answer a union.
        response: { status: 200, description: 'A page of calls', schema: usageRecordList },
      },
      async ({ caller, query, request }) => {
        const { limit, cursor, ...rest } = query
        const filter = readFilter(rest)
        if (asksForCsv(rest.format, request)) {
          // What ends later than this is not in the file, however slowly it is read.
          const now = platform.clock.now()
          const until = filter.to && filter.to < now ? filter.to : new Date(now.getTime() + 1)
          const name = `calls-${now.toISOString().slice(0, 10)}`
          return streamText(fileOf(caller, { ...filter, to: until }), csvHeaders(name))
        }
        const before = decodeTimeCursor(cursor)
        const rows = await read(caller, (scope) =>
          listUsageRecords(scope.tx, conditionOf(filter, visibleTo(caller)), { limit, before }),
        )
        const page = toPage(rows, limit, (row) => [row.createdAt.toISOString(), row.requestId])
        return { ...page, data: page.data.map(presentCall) }
      },
    ),
  ]
}

const columns: readonly [string, (row: NamedUsageRecord) => string | null][] = [
  ['requestId', (row) => row.requestId],
  ['createdAt', (row) => row.createdAt.toISOString()],
  ['purpose', (row) => row.purpose],
  ['model', (row) => row.model],
  ['provider', (row) => row.provider],
  ['deployment', (row) => row.deployment],
  ['alias', (row) => row.alias],
  ['memberId', (row) => row.memberId],
  ['memberName', (row) => row.memberName],
  ['apiKeyId', (row) => row.apiKeyId],
  ['apiKeyName', (row) => row.apiKeyName],
  ['serviceAccountName', (row) => row.serviceAccountName],
  ['projectId', (row) => row.projectId],
  ['projectName', (row) => row.projectName],
  ['tag', (row) => row.tag],
  ['status', (row) => row.status],
  ['errorCode', (row) => row.errorCode],
  ['fallback', (row) => String(row.fallback)],
  ['cache', (row) => row.cache],
  ['promptTokens', (row) => String(row.promptTokens)],
  ['cachedTokens', (row) => String(row.cachedTokens)],
  ['completionTokens', (row) => String(row.completionTokens)],
  ['reasoningTokens', (row) => String(row.reasoningTokens)],
  ['costNanos', (row) => String(row.costNanos + row.adjustmentNanos)],
  ['costUsd', (row) => formatUsd(row.costNanos + row.adjustmentNanos)],
  ['adjustmentNanos', (row) => String(row.adjustmentNanos)],
  ['priceVersion', (row) => row.priceVersion],
  ['latencyMs', (row) => String(row.latencyMs)],
  ['timeToFirstTokenMs', (row) => (row.timeToFirstTokenMs === null ? null : String(row.timeToFirstTokenMs))],
]
