import { systemTx } from '../../platform/db/transactions.ts'
import { validationFailed } from '../../platform/errors.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { formatUsd } from '../../platform/money.ts'
import type { Platform } from '../../platform/platform.ts'
import { comparisonList, comparisonQuery } from './comparison-contract.ts'
import { type CostComparison, sumComparisons } from './comparison-store.ts'
import { judgeCosts, marginOf } from './rules/judge-costs.ts'

const dayMs = 86_400_000
const daysBack = 30

export function comparisonRoutes(platform: Platform): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/admin/cost-comparisons',
        tag: 'Installation',
        summary: 'What calls were priced at, beside what their providers reported',
        description:
          'By provider, model and price, of calls under the installation’s keys whose provider tells its cost. Compared each night for the days that are over.',
        access: 'system:admin',
        query: comparisonQuery,
        response: { status: 200, description: 'The comparison', schema: comparisonList },
      },
      async ({ query }) => {
        const to = query.to ?? dayOf(platform.clock.now().getTime() - dayMs)
        const from = query.from ?? dayOf(Date.parse(to) - (daysBack - 1) * dayMs)
        if (from > to) {
          const message = 'is after "to"'
          throw validationFailed({
            message: `The request is not valid: query field "from": it ${message}.`,
            details: { problems: [{ in: 'query', field: 'from', message }] },
          })
        }
        const { comparisons, comparedAt } = await systemTx(platform, 'operate', (tx) =>
          sumComparisons(tx, { from, to }),
        )
        const all = comparisons.map((one) => ({ ...one, ...marginAndDifference(one) }))
        const sum = (read: (one: (typeof all)[number]) => bigint) =>
          all.reduce((total, one) => total + read(one), 0n)
        return {
          from,
          to,
          comparedAt: comparedAt?.toISOString() ?? null,
          data: all.map((one) => ({
            provider: one.provider,
            model: one.model,
            priceVersion: one.priceVersion,
            ...present(one),
            verdict: judgeCosts(one, one.priceVersion),
          })),
          totals: present({
            calls: all.reduce((total, { calls }) => total + calls, 0),
            computedNanos: sum((one) => one.computedNanos),
            marginNanos: sum((one) => one.marginNanos),
            reportedNanos: sum((one) => one.reportedNanos),
            differenceNanos: sum((one) => one.differenceNanos),
          }),
        }
      },
    ),
  ]
}

function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10)
}

function marginAndDifference({ priceVersion, computedNanos, reportedNanos }: CostComparison) {
  const marginNanos = marginOf(priceVersion, computedNanos)
  return { marginNanos, differenceNanos: computedNanos - marginNanos - reportedNanos }
}

type Amounts = Record<'computedNanos' | 'marginNanos' | 'reportedNanos' | 'differenceNanos', bigint>

function present({
  calls,
  computedNanos,
  marginNanos,
  reportedNanos,
  differenceNanos,
}: Amounts & { calls: number }) {
  return {
    calls,
    computedNanos: computedNanos.toString(),
    computedUsd: formatUsd(computedNanos),
    marginNanos: marginNanos.toString(),
    marginUsd: formatUsd(marginNanos),
    reportedNanos: reportedNanos.toString(),
    reportedUsd: formatUsd(reportedNanos),
    differenceNanos: differenceNanos.toString(),
    differenceUsd: formatUsd(differenceNanos),
  }
}
