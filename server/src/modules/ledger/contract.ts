import { z } from '@hono/zod-openapi'

export const day = z.iso.date().openapi({ example: '2026-01-31' })
export const nanos = z
  .string()
  .openapi({ description: 'Nano-dollars, a whole number as text.', example: '1500000' })
export const usd = z.string().openapi({ description: 'Dollars, with nine decimals.', example: '0.001500000' })

export const usageQuery = z.strictObject({ from: day.optional(), to: day.optional() })
export const usageParams = z.object({ requestId: z.uuid() })

export const usageByDay = z
  .object({
    data: z.array(
      z.object({
        day,
        model: z.string(),
        calls: z.number().int(),
        promptTokens: z.number().int(),
        completionTokens: z.number().int(),
        costNanos: nanos,
        costUsd: usd,
      }),
    ),
    totals: z.object({
      calls: z.number().int(),
      promptTokens: z.number().int(),
      completionTokens: z.number().int(),
      costNanos: nanos,
      costUsd: usd,
    }),
  })
  .openapi('Usage')

export const callAttempt = z
  .object({
    model: z.string(),
    provider: z.string(),
    deployment: z.string(),
    outcome: z.enum(['answered', 'failed', 'skipped']),
    reason: z.string().nullable().openapi({
      description: 'Why it did not answer: the class of its failure, or why it was not tried.',
      example: 'rate_limited',
    }),
    latencyMs: z.number().int().nullable(),
    costNanos: nanos.openapi({ description: 'What it charged though its answer was not taken.' }),
  })
  .openapi('CallAttempt')

/** One deployment that was considered for a call. */
export type CallAttempt = z.infer<typeof callAttempt>

export const guardrailVerdict = z
  .object({
    guard: z.enum(['length', 'unicode', 'patterns', 'injection', 'pii', 'promptLeak', 'answer']),
    stage: z.enum(['input', 'output']).openapi({ description: 'Found in what was sent, or in the answer.' }),
    action: z.enum(['flag', 'clean', 'redact', 'block']).openapi({ description: 'What was done about it.' }),
    count: z.number().int().openapi({ description: 'How often it was found.' }),
    score: z.number().nullable().openapi({ description: 'Of a guard that weighs: from 0 to 1.' }),
    kinds: z
      .array(z.string())
      .openapi({ description: 'What kinds of thing were found, such as `email`; never the thing itself.' }),
  })
  .openapi('GuardrailVerdict')

/** What one guard found in a call. It never holds a piece of the text. */
export type GuardrailVerdict = z.infer<typeof guardrailVerdict>

export const usageRecord = z
  .object({
    requestId: z.uuid(),
    createdAt: z.iso.datetime(),
    purpose: z.enum(['chat', 'embedding', 'message', 'assistant']),
    model: z.string(),
    provider: z.string(),
    deployment: z.string(),
    apiKeyId: z.uuid().nullable(),
    userId: z.uuid().nullable(),
    promptTokens: z.number().int(),
    cachedTokens: z.number().int(),
    completionTokens: z.number().int(),
    reasoningTokens: z.number().int(),
    costNanos: nanos,
    costUsd: usd,
    adjustmentNanos: nanos.openapi({ description: 'What corrections have added; the cost has it in.' }),
    price: z.object({
      version: z.string(),
      inputNanosPerMillion: nanos,
      cachedInputNanosPerMillion: nanos,
      outputNanosPerMillion: nanos,
    }),
    latencyMs: z.number().int(),
    timeToFirstTokenMs: z.number().int().nullable(),
    status: z.enum(['ok', 'error', 'aborted', 'interrupted']),
    errorCode: z.string().nullable(),
    fallback: z.boolean(),
    cache: z.enum(['miss', 'hit', 'shared']).openapi({
      description: 'hit: a kept answer. shared: that of another call that was being answered.',
    }),
    savedNanos: nanos.openapi({ description: 'What an answer that was given again had cost.' }),
    tag: z.string().nullable(),
    projectId: z.uuid().nullable(),
    alias: z.string().nullable(),
    attempts: z.array(callAttempt),
    paidBy: z.enum(['installation', 'organization']),
    prompt: z
      .object({ id: z.uuid(), version: z.number().int() })
      .nullable()
      .openapi({ description: 'The prompt the call was made with.' }),
    guardrails: z.array(guardrailVerdict),
  })
  .openapi('UsageRecord')
