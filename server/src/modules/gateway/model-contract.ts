import { z } from '@hono/zod-openapi'

const percentiles = z.object({ p50: z.number(), p95: z.number() }).nullable()

export const modelHealthList = z
  .object({
    data: z.array(
      z.object({
        model: z.string(),
        name: z.string(),
        provider: z.string(),
        state: z.enum(['unknown', 'closed', 'open', 'half_open']).openapi({
          description:
            'unknown: not called since the start. closed: calls go through. open: it failed and is left alone. half_open: one ' +
            'call is let through, and decides.',
        }),
        since: z.iso.datetime().nullable().openapi({ description: 'When it came into this state.' }),
        calls: z.int().openapi({ description: 'Of the last five minutes, at most 200.' }),
        errorRate: z.number(),
        latencyMs: percentiles,
        timeToFirstTokenMs: percentiles,
        callsInFlight: z.int(),
        lastError: z
          .object({ class: z.string(), at: z.iso.datetime() })
          .nullable()
          .openapi({ description: 'The class of the last failure, without a word of the provider’s.' }),
        lastCallAt: z.iso.datetime().nullable(),
        latest: z.array(z.object({ latencyMs: z.number(), failed: z.boolean() })),
      }),
    ),
    nextCursor: z.null(),
  })
  .openapi('ModelHealthList')
