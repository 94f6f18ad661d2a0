import type { z } from '@hono/zod-openapi'
import { parseUsd } from '../../platform/money.ts'
import type { CallFilter } from './call-filter.ts'
import { endOf, startOf } from './rules/usage-range.ts'
import type { callFilters } from './summary-contract.ts'

/** The filter that a query says. */
export function readFilter(query: z.infer<typeof callFilters>): CallFilter {
  const { from, to, minCostUsd, format: _, ...equal } = query
  return {
    ...equal,
    minCostNanos: minCostUsd === undefined ? undefined : parseUsd(minCostUsd),
    from: from === undefined ? undefined : startOf(from),
    to: to === undefined ? undefined : endOf(to),
  }
}

/** Whether a file is asked for, by the query or by what the client accepts. */
export function asksForCsv(format: 'json' | 'csv' | undefined, request: Request): boolean {
  if (format !== undefined) return format === 'csv'
  return /^\s*text\/csv\b/i.test(request.headers.get('accept') ?? '')
}

export function csvHeaders(name: string): Record<string, string> {
  return {
    'content-type': 'text/csv; charset=utf-8; header=present',
    'content-disposition': `attachment; filename="${name}.csv"`,
    'cache-control': 'no-store',
  }
}
