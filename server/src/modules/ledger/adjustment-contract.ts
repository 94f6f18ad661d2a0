import { z } from '@hono/zod-openapi'
import { pageOf, pageQuery } from '../../platform/http/pagination.ts'
import { nanos, usd } from './contract.ts'

const rate = z
  .string()
  .regex(/^\d{1,15}$/, 'must be whole nano-dollars as text')
  .openapi({
    description: 'Nano-dollars for a million tokens, the margin included.',
    example: '150000000',
  })

const prices = z
  .strictObject({ inputNanosPerMillion: rate, cachedInputNanosPerMillion: rate, outputNanosPerMillion: rate })
  .openapi('CorrectedPrices')

const terms = {
  model: z.string().min(1).max(200).openapi({ description: 'As the records name it.' }),
  provider: z.string().min(1).max(100).nullable().openapi({ description: 'Null: whoever provided it.' }),
  from: z.iso.datetime({ offset: true }).openapi({ description: 'Calls that ended then or later.' }),
  to: z.iso
    .datetime({ offset: true })
    .openapi({ description: 'And before then, which is not in the future.' }),
  prices,
  reason: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .openapi({ description: 'Shown to every organization concerned.' }),
}

export const newCorrection = z
  .strictObject({
    correctionId: z
      .uuid()
      .openapi({ description: 'Made by who asks. Repeated with the same one, nothing is added twice.' }),
    ...terms,
    provider: terms.provider.optional(),
    preview: z
      .boolean()
      .default(false)
      .openapi({ description: 'Say what it would come to, and add nothing.' }),
  })
  .openapi('NewUsageCorrection')

const count = z.number().int()

export const correction = z
  .object({
    id: z.uuid(),
    ...terms,
    state: z.enum(['preview', 'running', 'done']),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    calls: count.openapi({ description: 'With an entry so far; of a preview, those that would get one.' }),
    organizations: count,
    amountNanos: nanos.openapi({
      description: 'What is added to their cost; below zero where they cost less.',
    }),
    amountUsd: usd,
  })
  .openapi('UsageCorrection')

export const correctionAnswer = correction
  .extend({
    leftOut: count.openapi({
      description:
        'Calls of the model in that time that get no entry, because these prices do not say what they cost: answered from the ' +
        'cache, charged at their upper bound, or at the rates of a long input.',
    }),
  })
  .openapi('UsageCorrectionAnswer')

export const correctionQuery = z.strictObject(pageQuery)
export const correctionList = pageOf(correction).openapi('UsageCorrectionList')

export const adjustment = z
  .object({
    id: z.uuid(),
    correctionId: z.uuid(),
    requestId: z.uuid(),
    createdAt: z.iso.datetime(),
    amountNanos: nanos,
    amountUsd: usd,
    prices,
    reason: z.string(),
  })
  .openapi('UsageAdjustment')

export const adjustmentList = pageOf(adjustment).openapi('UsageAdjustmentList')
