import { z } from '@hono/zod-openapi'
import { grantablePermissions } from '../../platform/auth/permissions.ts'
import { pageOf, pageQuery } from '../../platform/http/pagination.ts'
import { toAddressRange } from './rules/address-range.ts'

const scope = z.enum(grantablePermissions, { error: 'is no permission that a key can hold' })
const addresses = z
  .string()
  .trim()
  .max(64)
  .refine(
    (value) => toAddressRange(value) !== undefined,
    'must be an IP address or a range such as 203.0.113.0/24',
  )
  .transform((value) => toAddressRange(value) ?? value)

export const newApiKeyBody = z
  .strictObject({
    name: z.string().trim().min(1).max(120),
    expiresAt: z.iso.datetime().optional(),
    serviceAccountId: z.uuid().optional().openapi({
      description: 'Whose key it is. Without it the key is yours, and ends when you leave the organization.',
    }),
    scopes: z
      .array(scope)
      .min(1)
      .max(100)
      .optional()
      .openapi({ description: 'What it may do, of what its owner may; everything when left out.' }),
    allowedIps: z
      .array(addresses)
      .min(1)
      .max(50)
      .optional()
      .openapi({ description: 'Addresses and ranges it may be used from; everywhere when left out.' }),
    requestsPerMinute: z.number().int().min(1).max(1_000_000).optional(),
    projectId: z
      .uuid()
      .optional()
      .openapi({ description: 'The project that its calls are for. It can name no other then.' }),
  })
  .openapi('NewApiKey')

export const apiKeyChanges = z
  .strictObject({
    projectId: z.uuid().nullable().openapi({ description: 'The project its calls are for from now on.' }),
  })
  .openapi('ApiKeyChanges')

export const rotateApiKeyBody = z
  .strictObject({
    overlapSeconds: z
      .number()
      .int()
      .min(0)
      .max(30 * 24 * 3600)
      .default(24 * 3600)
      .openapi({ description: 'How long the old key still works.' }),
  })
  .openapi('RotateApiKey')

export const apiKeyParams = z.object({ id: z.uuid() })
export const apiKeyListQuery = z.strictObject(pageQuery)

const named = z.object({ id: z.uuid(), name: z.string() }).nullable()

export const apiKey = z
  .object({
    id: z.uuid(),
    name: z.string(),
    prefix: z.string().openapi({ description: 'The beginning of the key, to recognise it by.' }),
    createdAt: z.iso.datetime(),
    createdBy: named,
    owner: z
      .object({
        kind: z.enum(['person', 'service_account', 'organization']),
        id: z.uuid().nullable(),
        name: z.string().nullable(),
      })
      .openapi({ description: 'Whose permissions bound it.' }),
    scopes: z.array(z.string()).nullable(),
    allowedIps: z.array(z.string()).nullable(),
    requestsPerMinute: z.number().int().nullable(),
    lastUsedAt: z.iso.datetime().nullable(),
    expiresAt: z.iso.datetime().nullable(),
    revokedAt: z.iso.datetime().nullable(),
    rotatedTo: z.uuid().nullable().openapi({ description: 'The key that replaces it.' }),
    madeWith: z.uuid().nullable().openapi({ description: 'The key that made it, with which it ends.' }),
    project: named.openapi({ description: 'The project that its calls are for.' }),
  })
  .openapi('ApiKey')

export const createdApiKey = apiKey
  .extend({ key: z.string().openapi({ description: 'The key itself. It is shown this once.' }) })
  .openapi('CreatedApiKey')

export const apiKeyList = pageOf(apiKey).openapi('ApiKeyList')

export const machineToken = z
  .object({
    accessToken: z.string().openapi({ description: 'A JWT for `Authorization: Bearer`.' }),
    tokenType: z.literal('Bearer'),
    expiresIn: z.number().int(),
    permissions: z.array(z.string()),
  })
  .openapi('MachineToken')
