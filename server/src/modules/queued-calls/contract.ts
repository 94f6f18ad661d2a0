import { z } from '@hono/zod-openapi'
import { pageOf, pageQuery } from '../../platform/http/pagination.ts'

export const queuedCallParams = z.object({ id: z.uuid() })
export const queuedCallListQuery = z.object(pageQuery)

const instant = z.iso.datetime()

const webhook = z
  .object({
    status: z.enum(['waiting', 'delivered', 'failed', 'stopped']).openapi({
      description:
        'waiting: not delivered yet. failed: given up. stopped: the receiver answered 410, or its address may not be reached.',
    }),
    tries: z.int(),
    lastAnswer: z.int().nullable().openapi({ description: 'The status that the receiver answered last.' }),
    lastTryAt: instant.nullable(),
  })
  .nullable()
  .openapi({ description: 'null where none was asked for.' })

const fields = {
  id: z.uuid(),
  status: z.enum(['waiting', 'running', 'completed', 'failed', 'cancelled']),
  url: z.string(),
  requestId: z.uuid().openapi({ description: 'Of its usage record: GET /api/v1/usage/{requestId}.' }),
  errorCode: z.string().nullable().openapi({ example: 'budget_exceeded' }),
  createdAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  expiresAt: instant.openapi({ description: 'Nothing of it is kept longer.' }),
  webhook,
}

export const listedQueuedCall = z
  .object({
    ...fields,
    userId: z.uuid().nullable(),
    apiKeyId: z.uuid().nullable(),
    serviceAccountId: z.uuid().nullable(),
    usage: z
      .object({ model: z.string(), costNanos: z.string(), costUsd: z.string() })
      .nullable()
      .openapi({ description: 'Of its usage record, once there is one.' }),
  })
  .openapi('ListedQueuedCall')
export const queuedCallList = pageOf(listedQueuedCall)

export const queuedCall = z
  .object({
    ...fields,
    statusCode: z.int().nullable().openapi({ description: 'What the call would have been answered with.' }),
    response: z
      .record(z.string(), z.unknown())
      .nullable()
      .openapi({ description: 'The chat completion, as /v1/chat/completions answers it.' }),
    error: z
      .object({
        message: z.string(),
        type: z.string(),
        param: z.string().nullable(),
        code: z.string().nullable(),
      })
      .nullable(),
  })
  .openapi('QueuedCall')

export const newWebhookSecret = z
  .object({
    secret: z.string().openapi({ example: 'whsec_…', description: 'Shown this once.' }),
    createdAt: instant,
    previousEndsAt: instant.openapi({
      description: 'Until then webhooks are signed with the secret before, too.',
    }),
  })
  .openapi('NewWebhookSecret')
