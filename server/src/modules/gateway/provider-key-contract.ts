import { z } from '@hono/zod-openapi'

const provider = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{1,39}$/,
    'must begin with a letter and hold small letters, digits and -, 2 to 40 characters',
  )
  .openapi({
    example: 'our-server',
    description: 'openrouter, openai, or with `baseUrl` a name for a server of your own.',
  })
const name = z.string().trim().min(1).max(100).openapi({ example: 'Production' })
const key = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')
  .openapi({ description: 'Stored encrypted, and never shown again.', example: 'sk-of-your-own' })
const baseUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .max(500)
  .refine((value) => {
    const url = URL.parse(value)
    return url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  }, 'must have no user name, password, query or fragment')
  .openapi({ example: 'https://models.example.com/v1' })
const models = z
  .array(z.string().min(1).max(200))
  .max(100)
  .openapi({
    description: 'What a server of your own serves: callers name it as `provider/model`.',
    example: ['llama'],
  })
const weight = z.int().min(1).max(1_000)
const requestsPerMinute = z.int().min(1).max(1_000_000)
const countsInBudgets = z.boolean().openapi({
  description:
    'Whether its calls count in the organization’s budgets. Their cost is recorded in any case, as paid by the organization itself.',
})

export const newProviderKeyBody = z
  .strictObject({
    provider,
    name,
    key: key.optional(),
    baseUrl: baseUrl.optional(),
    models: models.default([]),
    weight: weight.default(1),
    requestsPerMinute: requestsPerMinute.nullable().default(null),
    countsInBudgets: countsInBudgets.default(false),
  })
  .openapi('NewProviderKey')
export type NewProviderKey = z.infer<typeof newProviderKeyBody>

export const providerKeyChanges = z
  .strictObject({
    name: name.optional(),
    key: key.optional(),
    models: models.optional(),
    weight: weight.optional(),
    requestsPerMinute: requestsPerMinute.nullable().optional(),
    countsInBudgets: countsInBudgets.optional(),
    enabled: z.boolean().optional(),
  })
  .openapi('ProviderKeyChanges')
export type ProviderKeyChanges = z.infer<typeof providerKeyChanges>

export const providerKeyParams = z.object({ id: z.uuid() })

export const providerKey = z
  .object({
    id: z.uuid(),
    provider: z.string(),
    name: z.string(),
    lastFour: z.string().nullable().openapi({ description: 'The end of the key; null where there is none.' }),
    baseUrl: z.string().nullable(),
    models: z.array(z.string()),
    weight: z.int(),
    requestsPerMinute: z.int().nullable(),
    countsInBudgets: z.boolean(),
    enabled: z.boolean(),
    problem: z
      .string()
      .nullable()
      .openapi({ description: 'Why it is not used though it is enabled: what its provider said of it.' }),
    problemAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
  })
  .openapi('ProviderKey')

export const providerKeyList = z
  .object({ data: z.array(providerKey), nextCursor: z.null() })
  .openapi('ProviderKeyList')
