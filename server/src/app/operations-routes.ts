import { z } from '@hono/zod-openapi'
import { defineRoute, type Route } from '../platform/http/route.ts'
import type { Platform } from '../platform/platform.ts'

const readiness = z
  .object({
    ready: z.boolean(),
    status: z.enum(['ok', 'degraded', 'failing', 'stopping']),
    checks: z.record(
      z.string(),
      z.object({ status: z.enum(['ok', 'failed', 'timeout']), durationMs: z.number() }),
    ),
  })
  .openapi('Readiness')

/** What balancers and monitoring ask. */
export function operationsRoutes(platform: Platform): Route[] {
  const tag = 'Operations'
  return [
    defineRoute(
      {
        method: 'get',
        path: '/health/live',
        tag,
        summary: 'Whether the process runs',
        access: 'public',
        response: { status: 200, description: 'It runs', schema: z.object({ status: z.literal('ok') }) },
      },
      async () => platform.health.live(),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/health/ready',
        tag,
        summary: 'Whether it can take requests',
        description: 'Answers 503 with the same body when it cannot.',
        access: 'public',
        response: { status: 200, description: 'It can', schema: readiness },
      },
      async ({ http }) => {
        const state = await platform.health.ready()
        return http.json(state, state.ready ? 200 : 503)
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/metrics',
        tag,
        summary: 'Prometheus metrics',
        access: 'public',
        response: { status: 200, description: 'The exposition', mediaType: 'text/plain' },
      },
      async ({ http }) => {
        const { contentType, body } = await platform.metrics.render()
        return http.body(body, 200, { 'content-type': contentType })
      },
    ),
  ]
}
