import { z } from '@hono/zod-openapi'

const count = z.int()
const nanos = z.string().openapi({ description: 'Nano-dollars, a whole number as text.' })
const usd = z.string().openapi({ description: 'Dollars, with nine decimals.' })

export const estimateQuery = z.strictObject({
  api: z
    .enum(['chat', 'embeddings', 'messages'])
    .optional()
    .openapi({
      description:
        'Whose body it is: of /v1/chat/completions, /v1/embeddings or /v1/messages. Without it: embeddings where there is an `input` ' +
        'and no `messages`, messages where there is a `system` or the header `anthropic-version`, else chat.',
    }),
})

export const estimateBody = z
  .looseObject({ model: z.string().optional() })
  .openapi('EstimateRequest', { description: 'The body of the call, as it would be sent.' })

export const estimate = z
  .object({
    wouldAnswer: z.boolean(),
    refusals: z.array(z.object({ code: z.string(), message: z.string() })).openapi({
      description: 'Why it would be refused now.',
    }),
    allowedByPolicy: z.boolean().openapi({ description: 'Whether the organization allows the model.' }),
    alias: z.string().nullable(),
    strategy: z.string().nullable().openapi({ description: 'By which the alias orders its deployments.' }),
    chosen: z.string().nullable().openapi({ description: 'The model that would be asked first.' }),
    candidates: z
      .array(
        z.object({
          model: z.string(),
          provider: z.string(),
          deployment: z.string(),
          part: z.enum(['first', 'fallback', 'skipped']),
          reason: z.string().nullable().openapi({ description: 'Why it is left out.' }),
          inputTokensBound: count.nullable(),
          inputTokensLikely: count.nullable(),
          outputTokensCap: count.nullable(),
          costNanosBound: nanos.nullable(),
          costUsdBound: usd.nullable(),
          costNanosLikely: nanos.nullable().openapi({
            description: 'With the tokens that the input likely has, and an answer of at most 500.',
          }),
          costUsdLikely: usd.nullable(),
        }),
      )
      .openapi({ description: 'In the order in which they would be tried; then those left out.' }),
    heldNanos: nanos.nullable().openapi({ description: 'What would be held while the call runs.' }),
    heldUsd: usd.nullable(),
    outputTokensCap: count.nullable().openapi({
      description:
        'What the provider would be told to stop at; a tight budget shortens it where the call names none.',
    }),
    budgets: z
      .array(
        z.object({
          id: z.uuid(),
          about: z.string(),
          hard: z.boolean(),
          window: z.enum(['day', 'week', 'month', 'lifetime']),
          limitNanos: nanos,
          limitUsd: usd,
          leftNanos: nanos,
          leftUsd: usd,
          resetsAt: z.iso.datetime().nullable(),
          wouldRefuse: z.boolean(),
        }),
      )
      .openapi({ description: 'Each that the call would count in.' }),
  })
  .openapi('Estimate')
