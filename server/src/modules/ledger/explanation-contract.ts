import { z } from '@hono/zod-openapi'
import { adjustment } from './adjustment-contract.ts'
import { nanos, usageRecord, usd } from './contract.ts'

const named = z.object({ id: z.uuid(), name: z.string().nullable() }).nullable()

export const whoCalled = z
  .object({ member: named, apiKey: named, serviceAccount: named })
  .openapi('WhoCalled', {
    description: 'By name, where they are still there. With a key of their own a member is named too.',
  })

export const listedCall = usageRecord
  .extend({
    who: whoCalled,
    project: named.openapi({ description: 'The project the call was for.' }),
  })
  .openapi('ListedCall')

const costLine = z
  .object({
    kind: z
      .enum([
        'input',
        'cached_input',
        'cache_write',
        'cache_write_hour',
        'output',
        'fee',
        'failed_attempt',
        'rounding',
        'upper_bound',
        'not_itemised',
        'adjustment',
      ])
      .openapi({
        description:
          '`upper_bound`: the process died, and the call is charged at most; `not_itemised`: an earlier version kept less; `adjustment`: a correction, with its reason.',
      }),
    about: z
      .string()
      .nullable()
      .openapi({ description: 'The deployment of a failed attempt, the reason of an adjustment.' }),
    tokens: z.number().int().nullable(),
    nanosPerMillion: nanos.nullable(),
    nanos: z
      .string()
      .openapi({ description: 'Nano-dollars, exact, with up to six decimals.', example: '4500.25' }),
  })
  .openapi('CostLine')

const countedBudget = z
  .object({
    id: z.uuid(),
    about: z.array(z.enum(['member', 'apiKey', 'serviceAccount', 'project', 'model', 'tag'])).openapi({
      description: 'What it names, all as in this call; empty for every call of the organization.',
    }),
    hard: z.boolean(),
    credits: z.boolean().openapi({ description: 'It is the balance of prepaid credits.' }),
    window: z.enum(['day', 'week', 'month', 'lifetime']),
    limitNanos: nanos,
    limitUsd: usd,
    leftNanos: nanos.openapi({
      description: 'With this call, when it was recorded; below zero where overrun.',
    }),
    leftUsd: usd,
  })
  .openapi('CountedBudget')

export const usageExplanation = listedCall
  .extend({
    arithmetic: z.object({
      lines: z.array(costLine).openapi({ description: 'They add up to the cost.' }),
      marginPercent: z.string().nullable().openapi({ description: 'Of the operator, within the rates.' }),
      countedNanos: nanos.openapi({ description: 'What budgets count of the cost.' }),
      reportedNanos: nanos
        .nullable()
        .openapi({ description: 'What the provider said that its answer cost.' }),
      differenceNanos: nanos
        .nullable()
        .openapi({ description: 'What was computed for that answer less what the provider reported.' }),
    }),
    adjustments: z.array(adjustment).openapi({ description: 'What corrections have added since.' }),
    budgets: z
      .array(countedBudget)
      .nullable()
      .openapi({ description: 'Each that the call counted in; null where an earlier version kept none.' }),
  })
  .openapi('UsageExplanation')
