import { z } from '@hono/zod-openapi'
import { pageOf } from '../../platform/http/pagination.ts'

const budgetWindow = z.enum(['day', 'week', 'month', 'lifetime'])
export type BudgetWindow = z.infer<typeof budgetWindow>

const limitUsd = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,9})?$/, 'must be dollars as text with at most nine decimals, such as "25.00"')
  .openapi({ example: '25.00' })
const hard = z
  .boolean()
  .openapi({ description: 'A hard budget refuses calls (402); a soft one only counts and tells.' })
const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'must be the name of a time zone, such as "Europe/Berlin", or "UTC"')
  .openapi({ example: 'UTC', description: 'At whose midnight a window begins.' })
const thresholds = z
  .array(z.int().min(1).max(1_000))
  .max(10)
  .refine((percents) => new Set(percents).size === percents.length, 'must be different from each other')
  .openapi({
    example: [50, 80, 100],
    description:
      'Percents of the limit. Each is told once in a window: by an event and by a letter to owners and admins, and to the member of a member’s budget.',
  })

/** What callers send to have a call counted in budgets of their own making. */
export const callTag = z
  .string()
  .regex(/^[\w.:@/-]{1,64}$/, 'must be 1 to 64 letters, digits and . _ : @ / -')

/** Names of areas and places alone: of others, such as CET and +02:00, the database has its own understanding. */
function isTimeZone(name: string): boolean {
  if (name === 'UTC') return true
  if (!/^[A-Za-z]+\/[\w+/-]+$/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

export const organizationBudgetBody = z
  .strictObject({ limitUsd, window: budgetWindow.default('month'), hard: hard.default(true) })
  .openapi('BudgetChange')

export const newBudgetBody = z
  .strictObject({
    userId: z.uuid().optional().openapi({ description: 'Calls of this member, and with their own keys.' }),
    apiKeyId: z.uuid().optional(),
    serviceAccountId: z.uuid().optional(),
    projectId: z.uuid().optional().openapi({ description: 'Calls for this project.' }),
    model: z.string().min(1).max(200).optional().openapi({ description: 'A model of GET /v1/models.' }),
    tag: callTag
      .optional()
      .openapi({ description: 'Calls that came with it, as `X-Freehold-Tag` or `metadata.freehold_tag`.' }),
    limitUsd,
    window: budgetWindow.default('month'),
    timeZone: timeZone.default('UTC'),
    hard: hard.default(true),
    thresholds: thresholds.default([50, 80, 100]),
  })
  .openapi('NewBudget')

export const budgetChanges = z
  .strictObject({
    limitUsd: limitUsd.optional(),
    window: budgetWindow.optional(),
    timeZone: timeZone.optional(),
    hard: hard.optional(),
    thresholds: thresholds.optional(),
  })
  .openapi('BudgetChanges')

const named = z.object({ id: z.uuid(), name: z.string() }).nullable()

export const budget = z
  .object({
    id: z.uuid(),
    scope: z.enum(['organization', 'part']).openapi({
      description: 'Whether every call of the organization counts, or those that `about` names.',
    }),
    about: z
      .object({
        member: named,
        apiKey: named,
        serviceAccount: named,
        project: named,
        model: z.string().nullable(),
        tag: z.string().nullable(),
      })
      .openapi({ description: 'A call counts when it agrees with all that is not null.' }),
    limitNanos: z.string(),
    limitUsd: z.string(),
    settledNanos: z.string().openapi({ description: 'Spent in this window.' }),
    heldNanos: z.string().openapi({ description: 'Reserved by calls under way.' }),
    remainingNanos: z.string(),
    remainingUsd: z.string(),
    window: budgetWindow,
    timeZone: z.string(),
    hard: z.boolean(),
    thresholds: z.array(z.int()),
    windowStartedAt: z.iso.datetime(),
    resetsAt: z.iso.datetime().nullable(),
  })
  .openapi('Budget')

export const budgetList = pageOf(budget).openapi('BudgetList')

export const budgetParams = z.object({ id: z.uuid() })
