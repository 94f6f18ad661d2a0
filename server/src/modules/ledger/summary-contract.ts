import { z } from '@hono/zod-openapi'
import { pageOf, pageQuery } from '../../platform/http/pagination.ts'
import { day, nanos, usd } from './contract.ts'
import { listedCall } from './explanation-contract.ts'
import { dimensions } from './usage-summary.ts'

const moment = z
  .union([day, z.iso.datetime({ offset: true })])
  .openapi({ description: 'A day (UTC; as an end it is included) or an instant.', example: '2026-01-31' })

const filters = {
  from: moment.optional(),
  to: moment.optional(),
  model: z.string().max(200).optional(),
  provider: z.string().max(100).optional(),
  purpose: z.enum(['chat', 'embedding', 'message', 'assistant']).optional(),
  userId: z.uuid().optional().openapi({ description: 'Calls of this member, and with their own keys.' }),
  apiKeyId: z.uuid().optional(),
  serviceAccountId: z.uuid().optional(),
  projectId: z.uuid().optional().openapi({ description: 'Calls for this project.' }),
  tag: z.string().max(64).optional(),
  status: z.enum(['ok', 'error', 'aborted', 'interrupted']).optional(),
  cache: z.enum(['hit', 'miss', 'shared']).optional(),
  error: z.string().max(100).optional().openapi({ description: 'A part of the code of the error.' }),
  minCostUsd: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,9})?$/, 'must be dollars as text with at most nine decimals')
    .optional(),
  format: z
    .enum(['json', 'csv'])
    .optional()
    .openapi({ description: 'CSV also where `Accept` says text/csv; then all rows come, not a page.' }),
}

export const callFilters = z.object(filters)

export const usageListQuery = z.strictObject({ ...pageQuery, ...filters })

export const usageRecordList = pageOf(listedCall).openapi('UsageRecordList')

const dimension = `(${dimensions.join('|')})`

export const summaryQuery = z.strictObject({
  ...pageQuery,
  ...filters,
  groupBy: z
    .string()
    .regex(
      new RegExp(`^${dimension}(,${dimension}){0,2}$`),
      `must be one to three of ${dimensions.join(', ')}, with commas`,
    )
    .default('model')
    .openapi({ example: 'model,day' }),
})

const count = z.number().int()
const sums = {
  calls: count,
  errors: count.openapi({ description: 'Calls that failed, or whose process died.' }),
  cacheHits: count.openapi({
    description: 'Answered with what was kept, or with what another call was being answered.',
  }),
  promptTokens: count,
  cachedTokens: count,
  completionTokens: count,
  reasoningTokens: count,
  costNanos: nanos,
  costUsd: usd,
  savedNanos: nanos.openapi({ description: 'What the answers that were given again had cost.' }),
  savedUsd: usd,
}

export const usageSummary = pageOf(
  z.object({
    group: z.array(
      z.object({
        dimension: z.enum(dimensions),
        value: z.string().nullable().openapi({ description: 'Null for calls without one.' }),
        name: z
          .string()
          .nullable()
          .openapi({ description: 'Of what `value` is the id of, where it is still there.' }),
      }),
    ),
    ...sums,
    p50LatencyMs: count.nullable().openapi({ description: 'Null where more than 31 days are asked about.' }),
    p95LatencyMs: count.nullable(),
  }),
)
  .extend({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    totals: z.object(sums).openapi({ description: 'Of all groups.' }),
  })
  .openapi('UsageSummary')

const spending = z.object({
  calls: count,
  promptTokens: count,
  completionTokens: count,
  costNanos: nanos,
  costUsd: usd,
})

export const ownUsage = z
  .object({
    today: spending,
    thisMonth: spending,
    last30Days: spending,
    budgets: z
      .array(
        z.object({
          id: z.uuid(),
          scope: z.enum(['organization', 'part']),
          model: z.string().nullable(),
          tag: z.string().nullable(),
          hard: z.boolean(),
          window: z.enum(['day', 'week', 'month', 'lifetime']),
          limitNanos: nanos,
          limitUsd: usd,
          remainingNanos: nanos,
          remainingUsd: usd,
          resetsAt: z.iso.datetime().nullable(),
        }),
      )
      .openapi({
        description:
          'That name the caller; with `read:budgets` those too that name nobody and count their calls.',
      }),
  })
  .openapi('OwnUsage')
