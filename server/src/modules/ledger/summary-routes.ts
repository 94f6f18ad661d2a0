import { csvLine } from '../../platform/csv.ts'
import { decodeCursor, encodeCursor } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { streamText } from '../../platform/http/stream-text.ts'
import { formatUsd } from '../../platform/money.ts'
import type { Platform } from '../../platform/platform.ts'
import { visibleTo } from './own-calls.ts'
import { money, saved } from './present.ts'
import { asksForCsv, csvHeaders, readFilter } from './read-filter.ts'
import type { ReadUsage } from './read-usage.ts'
import { readRange } from './rules/usage-range.ts'
import { summaryQuery, usageSummary } from './summary-contract.ts'
import { type Dimension, summarizeUsage, type UsageGroup, type UsageSums } from './usage-summary.ts'

const mostDays = 366
/** Hours are many, and percentiles sort: both of a month at most. */
const mostDaysInDetail = 31
const dayMs = 86_400_000
const groupsInFile = 10_000

export function summaryRoutes(platform: Platform, read: ReadUsage): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/usage/summary',
        tag: 'Usage',
        summary: 'Sums of calls by any dimension',
        description:
          'By up to three dimensions; along time where one of them is time, else the dearest first. At most 366 days, by hour 31. ' +
          'As JSON in pages; as CSV, 10,000 groups at most, with `format=csv` or where `Accept` says so. Without `read:billing` only one’s own calls.',
        access: 'read:usage',
        query: summaryQuery,
        // The file is told of above alone: as a second content it would make every typed client's answer a union.
        response: { status: 200, description: 'A page of groups', schema: usageSummary },
      },
      async ({ caller, query, request }) => {
        const { limit, cursor, groupBy: asked, ...rest } = query
        // The contract's pattern lets nothing else through.
        const groupBy = [...new Set(asked.split(','))] as Dimension[]
        const now = platform.clock.now()
        const { from, to } = readRange(rest, now, groupBy.includes('hour') ? mostDaysInDetail : mostDays)
        const isFile = asksForCsv(rest.format, request)
        const offset = isFile ? 0 : Number(decodeCursor(cursor, 1)?.[0] ?? 0)
        const question = {
          groupBy,
          filter: { ...readFilter(rest), from, to },
          visible: visibleTo(caller),
          withLatency: to.getTime() - from.getTime() <= mostDaysInDetail * dayMs,
          limit: isFile ? groupsInFile : limit,
          offset: Number.isSafeInteger(offset) && offset > 0 ? offset : 0,
        }
        const { groups, totals } = await read(caller, (scope) => summarizeUsage(scope.tx, question))
        if (isFile) {
          const name = `usage-by-${groupBy.join('-')}-${now.toISOString().slice(0, 10)}`
          return streamText(linesOf(groupBy, groups.slice(0, groupsInFile)), csvHeaders(name))
        }
        return {
          data: groups.slice(0, limit).map((group) => ({
            ...group,
            ...money(group.costNanos),
            ...saved(group.savedNanos),
          })),
          nextCursor: groups.length > limit ? encodeCursor([String(question.offset + limit)]) : null,
          from: from.toISOString(),
          to: to.toISOString(),
          totals: { ...totals, ...money(totals.costNanos), ...saved(totals.savedNanos) },
        }
      },
    ),
  ]
}

async function* linesOf(
  groupBy: readonly Dimension[],
  groups: readonly UsageGroup[],
): AsyncGenerator<string> {
  const counts = [
    'calls',
    'errors',
    'cacheHits',
    'promptTokens',
    'cachedTokens',
    'completionTokens',
    'reasoningTokens',
  ] as const satisfies readonly (keyof UsageSums)[]
  yield csvLine([
    ...groupBy.flatMap((name) => (named.has(name) ? [name, `${name}_name`] : [name])),
    ...counts,
    'costNanos',
    'costUsd',
    'savedUsd',
    'p50LatencyMs',
    'p95LatencyMs',
  ])
  for (const one of groups)
    yield csvLine([
      ...one.group.flatMap(({ dimension, value, name }) => (named.has(dimension) ? [value, name] : [value])),
      ...counts.map((name) => String(one[name])),
      String(one.costNanos),
      formatUsd(one.costNanos),
      formatUsd(one.savedNanos),
      one.p50LatencyMs === null ? null : String(one.p50LatencyMs),
      one.p95LatencyMs === null ? null : String(one.p95LatencyMs),
    ])
}

const named: ReadonlySet<Dimension> = new Set(['member', 'key', 'service_account', 'project'])
