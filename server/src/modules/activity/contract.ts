import { z } from '@hono/zod-openapi'
import { pageOf, pageQuery } from '../../platform/http/pagination.ts'

const filters = {
  action: z
    .string()
    .regex(
      /^[a-z_]+(\.[a-z_]*)?$/,
      'must be an action such as api_key.create, or its beginning such as api_key.',
    )
    .max(100)
    .optional()
    .openapi({ description: 'One action, or the kind of thing with a dot behind it: `member.`' }),
  actorId: z.uuid().optional().openapi({ description: 'What one person or one API key did.' }),
  entityType: z.string().max(100).optional(),
  entityId: z.string().max(200).optional(),
  requestId: z.uuid().optional(),
  from: z.iso.datetime().optional().openapi({ description: 'From this instant on.' }),
  to: z.iso.datetime().optional().openapi({ description: 'Before this instant.' }),
}

export const activityQuery = z.strictObject({ ...pageQuery, ...filters })
export const activityExportQuery = z.strictObject({
  format: z.enum(['csv', 'json']).default('csv').openapi({ description: '`json`: one object a line.' }),
  ...filters,
})

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
    userAgent: z.string().nullable(),
    requestId: z.uuid(),
    createdAt: z.iso.datetime(),
  })
  .openapi('ActivityEntry')

export const activityList = pageOf(activityEntry).openapi('ActivityList')
