import type { Caller, Scope } from '../../platform/context.ts'
import { readTenant } from '../../platform/db/transactions.ts'
import { validationFailed } from '../../platform/errors.ts'
import { decodeIdCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import * as contract from './contract.ts'
import { usageRecordNotFound } from './errors.ts'
import { money, presentRecord } from './present.ts'
import { findUsageRecord, listDailyUsage, listUsageRecords } from './store.ts'

const tag = 'Usage'
const defaultDays = 30

/** Resolves when the calls of an organization that have ended on this node are in the ledger. */
export type Recorded = (organizationId: string) => Promise<void>

export function ledgerRoutes(platform: Platform, recorded: Recorded): Route[] {
  /** Reads what a caller has spent, with the call that they have just made. */
  async function read<T>(caller: Caller, work: (scope: Scope) => Promise<T>): Promise<T> {
    if (caller.organizationId !== null) await recorded(caller.organizationId)
    return readTenant(platform, caller, work)
  }

  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/usage',
        tag,
        summary: 'Calls, tokens and cost by day and model',
        description: 'Days are UTC, both ends included. Without dates, the last 30 days.',
        access: 'read:usage',
        query: contract.usageQuery,
        response: { status: 200, description: 'Usage by day and model', schema: contract.usageByDay },
      },
      async ({ caller, query }) => {
        const now = platform.clock.now()
        const to = query.to ?? now.toISOString().slice(0, 10)
        const from =
          query.from ?? new Date(Date.parse(to) - (defaultDays - 1) * 86_400_000).toISOString().slice(0, 10)
        if (from > to) {
          throw validationFailed({
            message: 'The request is not valid: query field "from": it is after "to".',
            details: { problems: [{ in: 'query', field: 'from', message: 'is after "to"' }] },
          })
        }
        const rows = await read(caller, (scope) => listDailyUsage(scope.tx, from, to))
        const costNanos = rows.reduce((sum, row) => sum + row.costNanos, 0n)
        return {
          data: rows.map(({ organizationId: _, uncountedNanos: __, ...row }) => ({
            ...row,
            ...money(row.costNanos),
          })),
          totals: {
            calls: rows.reduce((sum, row) => sum + row.calls, 0),
            promptTokens: rows.reduce((sum, row) => sum + row.promptTokens, 0),
            completionTokens: rows.reduce((sum, row) => sum + row.completionTokens, 0),
            ...money(costNanos),
          },
        }
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/usage/records',
        tag,
        summary: 'Every call, newest first',
        access: 'read:usage',
        query: contract.usageListQuery,
        response: { status: 200, description: 'A page of calls', schema: contract.usageRecordList },
      },
      async ({ caller, query }) => {
        const beforeId = decodeIdCursor(query.cursor)
        const rows = await read(caller, (scope) =>
          listUsageRecords(scope.tx, { limit: query.limit, beforeId }),
        )
        const page = toPage(rows, query.limit, (row) => [row.requestId])
        return { ...page, data: page.data.map(presentRecord) }
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/usage/{requestId}',
        tag,
        summary: 'One call, with the arithmetic of its cost',
        access: 'read:usage',
        params: contract.usageParams,
        response: { status: 200, description: 'The call', schema: contract.usageRecord },
        errors: [usageRecordNotFound],
      },
      async ({ caller, params }) => {
        const row = await read(caller, (scope) => findUsageRecord(scope.tx, params.requestId))
        if (!row) throw usageRecordNotFound()
        return presentRecord(row)
      },
    ),
  ]
}
