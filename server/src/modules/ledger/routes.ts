import { readTenant } from '../../platform/db/transactions.ts'
import { validationFailed } from '../../platform/errors.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { adjustmentRoutes } from './adjustment-routes.ts'
import { comparisonRoutes } from './comparison-routes.ts'
import * as contract from './contract.ts'
import { usageRecordNotFound } from './errors.ts'
import { usageExplanation } from './explanation-contract.ts'
import { visibleTo } from './own-calls.ts'
import { type OwnBudgets, ownUsageRoute } from './own-usage-route.ts'
import { explainCall, money } from './present.ts'
import type { ReadUsage, Recorded } from './read-usage.ts'
import { recordRoutes } from './record-routes.ts'
import { findUsageRecord, listDailyUsage } from './store.ts'
import { summaryRoutes } from './summary-routes.ts'

const tag = 'Usage'
const defaultDays = 30

export function ledgerRoutes(platform: Platform, recorded: Recorded, ownBudgets: OwnBudgets): Route[] {
  const read: ReadUsage = async (caller, work) => {
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
    ...recordRoutes(platform, read),
    ...summaryRoutes(platform, read),
    ...adjustmentRoutes(platform, read),
    ...comparisonRoutes(platform),
    ownUsageRoute(platform, read, ownBudgets),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/usage/{requestId}',
        tag,
        summary: 'One call, explained',
        description:
          'Who made it, what was tried, the arithmetic of its cost line by line, and the budgets it counted in with what was left then. ' +
          'Without `read:billing` only of one’s own calls.',
        access: 'read:usage',
        params: contract.usageParams,
        response: { status: 200, description: 'The call', schema: usageExplanation },
        errors: [usageRecordNotFound],
      },
      async ({ caller, params }) => {
        const row = await read(caller, (scope) =>
          findUsageRecord(scope.tx, params.requestId, visibleTo(caller)),
        )
        if (!row) throw usageRecordNotFound()
        return explainCall(row)
      },
    ),
  ]
}
