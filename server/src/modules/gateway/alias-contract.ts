import { z } from '@hono/zod-openapi'
import { defaultBounds } from './rules/alias.ts'
import { strategies } from './rules/order-targets.ts'

const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][\w.:/-]{0,99}$/,
    'must begin with a letter or digit and hold letters, digits and _ . : / -, at most 100',
  )
  .openapi({ example: 'house/default' })
const description = z.string().max(500)
const strategy = z.enum(strategies).openapi({
  description:
    'priority: in the order of the list. weighted: by chance, each with its weight. cheapest: by the price of a call like ' +
    'this one. fastest: by the usual time to the first token of the last minutes. least_busy: by calls in flight. ' +
    'cache_affine: a conversation stays where the provider has its beginning cached.',
})
const target = z.strictObject({
  model: z.string().min(1).max(200).openapi({ example: 'local/extractive' }),
  weight: z.int().min(1).max(1_000).default(1),
  timeoutMs: z.int().min(100).max(600_000).nullable().default(null).openapi({
    description:
      'Longest wait for the first byte before the next is tried; null for the provider’s own limit.',
  }),
})
const targets = z.array(target).min(1).max(10)
const maxAttempts = z.int().min(1).max(5)
const totalTimeoutMs = z.int().min(1_000).max(600_000).openapi({
  description: 'After so long no further model is tried; the one that is being tried is not cut off.',
})

export const newAliasBody = z
  .strictObject({
    name,
    description: description.default(''),
    strategy: strategy.default('priority'),
    targets,
    maxAttempts: maxAttempts.default(defaultBounds.maxAttempts),
    totalTimeoutMs: totalTimeoutMs.default(defaultBounds.totalTimeoutMs),
  })
  .openapi('NewModelAlias')
export type NewAlias = z.infer<typeof newAliasBody>

export const aliasChanges = z
  .strictObject({
    description: description.optional(),
    strategy: strategy.optional(),
    targets: targets.optional(),
    maxAttempts: maxAttempts.optional(),
    totalTimeoutMs: totalTimeoutMs.optional(),
  })
  .openapi('ModelAliasChanges')
export type AliasChanges = z.infer<typeof aliasChanges>

export const aliasParams = z.object({ id: z.uuid() })

export const alias = z
  .object({
    id: z
      .uuid()
      .nullable()
      .openapi({ description: 'Null for an alias of the operator, which is a setting.' }),
    name: z.string(),
    description: z.string(),
    strategy: z.enum(strategies),
    targets: z.array(
      z.object({
        model: z.string(),
        weight: z.int(),
        timeoutMs: z.int().nullable(),
        state: z
          .enum(['ready', 'not_allowed', 'not_served', 'failing'])
          .openapi({ description: 'Whether a call could go there now.' }),
      }),
    ),
    maxAttempts: z.int(),
    totalTimeoutMs: z.int(),
    madeBy: z.enum(['organization', 'operator']),
    updatedAt: z.iso.datetime().nullable(),
  })
  .openapi('ModelAlias')

export const aliasList = z.object({ data: z.array(alias), nextCursor: z.null() }).openapi('ModelAliasList')
