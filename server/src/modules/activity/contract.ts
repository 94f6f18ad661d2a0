import { z } from '@hono/zod-openapi'
import { pageOf, pageQuery } from '../../platform/http/pagination.ts'

export const activityQuery = z.strictObject(pageQuery)

export const activityEntry = z
  .object({
    id: z.uuid(),
    action: z.string(),
    actor: z.object({
      kind: z.enum(['user', 'api_key', 'system']),
      id: z.uuid().nullable(),
      name: z.string().nullable(),
    }),
    entity: z.object({ type: z.string(), id: z.string() }),
    changes: z.record(z.string(), z.unknown()),
    ip: z.string().nullable(),
    createdAt: z.iso.datetime(),
  })
  .openapi('ActivityEntry')

export const activityList = pageOf(activityEntry).openapi('ActivityList')
