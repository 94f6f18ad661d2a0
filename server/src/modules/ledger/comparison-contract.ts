import { z } from '@hono/zod-openapi'
import { nanos, usd } from './contract.ts'

const day = z.iso.date().openapi({ example: '2026-03-01' })

export const comparisonQuery = z.strictObject({
  from: day
    .optional()
    .openapi({ description: 'The first day (UTC). Thirty days back where it is left out.' }),
  to: day.optional().openapi({ description: 'The last day. Yesterday where it is left out.' }),
})

const amounts = {
  calls: z.int(),
  computedNanos: nanos.openapi({
    description: 'What the calls were priced at, corrections and margin included.',
  }),
  computedUsd: usd,
  marginNanos: nanos.openapi({
    description: 'The margin in it, as far as the version of the price tells it.',
  }),
  marginUsd: usd,
  reportedNanos: nanos.openapi({ description: 'What providers say they charge.' }),
  reportedUsd: usd,
  differenceNanos: nanos.openapi({ description: 'What was priced without margin, less what was reported.' }),
  differenceUsd: usd,
}

const comparison = z
  .object({
    provider: z.string(),
    model: z.string(),
    priceVersion: z.string(),
    ...amounts,
    verdict: z.enum(['agrees', 'lower', 'higher', 'own_price']).openapi({
      description:
        'Within 1 % it agrees. `lower`: the price does not cover what the provider reports. `own_price`: an operator’s own price that covers it.',
    }),
  })
  .openapi('CostComparison')

export const comparisonList = z
  .object({
    from: day,
    to: day,
    comparedAt: z.iso.datetime().nullable().openapi({ description: 'Null: nothing was compared yet.' }),
    data: z.array(comparison).openapi({ description: 'The dearest first, 1,000 at most.' }),
    totals: z.object(amounts).openapi('CostComparisonTotals'),
  })
  .openapi('CostComparisonList')
