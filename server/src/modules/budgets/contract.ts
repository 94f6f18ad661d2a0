import { z } from '@hono/zod-openapi'
import { pageOf } from '../../platform/http/pagination.ts'

const budgetWindow = z.enum(['day', 'month', 'lifetime'])

export const budgetBody = z
  .strictObject({
    limitUsd: z
      .string()
      .regex(/^\d{1,9}(\.\d{1,9})?$/, 'must be dollars as text with at most nine decimals, such as "25.00"')
      .openapi({ example: '25.00' }),
    window: budgetWindow.default('month'),
    hard: z
      .boolean()
      .default(true)
      .openapi({ description: 'A hard budget refuses calls (402); a soft one only shows.' }),
  })
  .openapi('BudgetChange')

export const budget = z
  .object({
    id: z.uuid(),
    scope: z.literal('organization'),
    limitNanos: z.string(),
    limitUsd: z.string(),
    settledNanos: z.string().openapi({ description: 'Spent in this window.' }),
    heldNanos: z.string().openapi({ description: 'Reserved by calls under way.' }),
    remainingNanos: z.string(),
    remainingUsd: z.string(),
    window: budgetWindow,
    hard: z.boolean(),
    windowStartedAt: z.iso.datetime(),
    resetsAt: z.iso.datetime().nullable(),
  })
  .openapi('Budget')

export const budgetList = pageOf(budget).openapi('BudgetList')
