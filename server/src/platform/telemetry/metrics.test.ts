import { expect, test } from 'vitest'
import { createMetrics } from './metrics.ts'

test('a request is counted under its method, route template and status, in seconds', async () => {
  const metrics = createMetrics({ processMetrics: false })
  metrics.observeRequest({ method: 'GET', route: '/api/v1/documents/{id}', status: 200, durationMs: 30 })
  const { contentType, body } = await metrics.render()
  expect(contentType).toMatch(/^text\/plain/)
  const labels = 'method="GET",route="/api/v1/documents/{id}",status="200"'
  expect(body).toContain(`http_request_duration_seconds_count{${labels}} 1`)
  expect(body).toContain(`http_request_duration_seconds_sum{${labels}} 0.03`)
  expect(body).toContain(`http_request_duration_seconds_bucket{le="0.025",${labels}} 0`)
  expect(body).toContain(`http_request_duration_seconds_bucket{le="0.05",${labels}} 1`)
})

test('methods a stranger invents share one series', async () => {
  const metrics = createMetrics({ processMetrics: false })
  for (let index = 0; index < 50; index++) {
    metrics.observeRequest({ method: `M${index}`, route: 'unmatched', status: 404, durationMs: 1 })
  }
  const { body } = await metrics.render()
  expect(body.match(/_seconds_count\{/g)).toHaveLength(1)
  expect(body).toContain('method="OTHER"')
})

test('two instances share nothing', async () => {
  const one = createMetrics({ processMetrics: false })
  const two = createMetrics({ processMetrics: false })
  one.counter('jobs_total', 'Jobs.', ['name']).inc({ name: 'ingest' }, 2)
  two.counter('jobs_total', 'Jobs.', ['name']).inc({ name: 'ingest' })
  expect((await one.render()).body).toContain('jobs_total{name="ingest"} 2')
  expect((await two.render()).body).toContain('jobs_total{name="ingest"} 1')
})

test('process metrics are there when asked for', async () => {
  const { body } = await createMetrics({ processMetrics: true }).render()
  expect(body).toContain('process_resident_memory_bytes')
  expect(body).toContain('nodejs_eventloop_lag_seconds')
})
