import { z } from '@hono/zod-openapi'
import { pageOf, pageQuery } from '../../platform/http/pagination.ts'

export const newApiKeyBody = z
  .strictObject({ name: z.string().trim().min(1).max(120), expiresAt: z.iso.datetime().optional() })
  .openapi('NewApiKey')

export const apiKeyParams = z.object({ id: z.uuid() })
export const apiKeyListQuery = z.strictObject(pageQuery)

export const apiKey = z
  .object({
    id: z.uuid(),
    name: z.string(),
    prefix: z.string().openapi({ description: 'The beginning of the key, to recognise it by.' }),
    createdAt: z.iso.datetime(),
    createdBy: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    lastUsedAt: z.iso.datetime().nullable(),
    expiresAt: z.iso.datetime().nullable(),
    revokedAt: z.iso.datetime().nullable(),
  })
  .openapi('ApiKey')

export const createdApiKey = apiKey
  .extend({ key: z.string().openapi({ description: 'The key itself. It is shown this once.' }) })
  .openapi('CreatedApiKey')

export const apiKeyList = pageOf(apiKey).openapi('ApiKeyList')
