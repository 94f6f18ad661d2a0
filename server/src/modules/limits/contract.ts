import { z } from '@hono/zod-openapi'
import { pageOf } from '../../platform/http/pagination.ts'

/** As budgets take it; a contract reads no other module. */
const callTag = z.string().regex(/^[\w.:@/-]{1,64}$/, 'must be 1 to 64 letters, digits and . _ : @ / -')
const requestsPerMinute = z.int().min(1).max(10_000_000)
const tokensPerMinute = z.int().min(1).max(2_000_000_000)
const callsAtOnce = z.int().min(1).max(100_000)

export const newLimitBody = z
  .strictObject({
    userId: z.uuid().optional().openapi({ description: 'Calls of this member, and with their own keys.' }),
    apiKeyId: z.uuid().optional(),
    serviceAccountId: z.uuid().optional(),
    model: z.string().min(1).max(200).optional().openapi({ description: 'A model of GET /v1/models.' }),
    tag: callTag
      .optional()
      .openapi({ description: 'Calls that came with it, as `X-Freehold-Tag` or `metadata.freehold_tag`.' }),
    requestsPerMinute: requestsPerMinute.optional(),
    tokensPerMinute: tokensPerMinute.optional().openapi({
      description: 'Of input and output. A call counts with the most it can take until it has ended.',
    }),
    callsAtOnce: callsAtOnce.optional(),
  })
  .openapi('NewLimit')

export const limitChanges = z
  .strictObject({
    requestsPerMinute: requestsPerMinute.nullable().optional(),
    tokensPerMinute: tokensPerMinute.nullable().optional(),
    callsAtOnce: callsAtOnce.nullable().optional(),
  })
  .openapi('LimitChanges')

const named = z.object({ id: z.uuid(), name: z.string() }).nullable()
const used = z.int().nullable()

export const limit = z
  .object({
    id: z.uuid(),
    about: z
      .object({
        member: named,
        apiKey: named,
        serviceAccount: named,
        model: z.string().nullable(),
        tag: z.string().nullable(),
      })
      .openapi({ description: 'A call counts when it agrees with all that is not null.' }),
    requestsPerMinute: z.int().nullable(),
    tokensPerMinute: z.int().nullable(),
    callsAtOnce: z.int().nullable(),
    used: z
      .object({ requests: used, tokens: used, calls: used })
      .openapi({ description: 'In the last minute, and calls under way now; null where there is no limit.' }),
    createdAt: z.iso.datetime(),
  })
  .openapi('Limit')

export const limitList = pageOf(limit).openapi('LimitList')

export const limitParams = z.object({ id: z.uuid() })
