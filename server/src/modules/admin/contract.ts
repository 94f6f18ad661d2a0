import { z } from '@hono/zod-openapi'
import { pageOf, pageQuery } from '../../platform/http/pagination.ts'

export const outboxQuery = z.strictObject(pageQuery)

const outboxMail = z
  .object({
    id: z.uuid(),
    to: z.string(),
    subject: z.string(),
    text: z.string(),
    html: z.string(),
    createdAt: z.iso.datetime(),
  })
  .openapi('OutboxMail')

export const outbox = pageOf(outboxMail)
  .extend({
    delivery: z.enum(['smtp', 'resend', 'outbox']).openapi({
      description: 'Where letters go. Only with `outbox` do they stay here to be read.',
    }),
  })
  .openapi('Outbox')
