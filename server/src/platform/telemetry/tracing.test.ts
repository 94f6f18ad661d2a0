import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { startTracing } from './tracing.ts'

interface ReceivedSpan {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  kind: number
  attributes: { key: string; value: Record<string, unknown> }[]
  status: { code?: number; message?: string }
}

interface ExportedTraces {
  resourceSpans: { resource: { attributes: unknown[] }; scopeSpans: { spans: ReceivedSpan[] }[] }[]
}

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function startCollector(status = 200) {
  const requests: { url: string; body: string }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    requests.push({ url: request.url ?? '', body })
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  // A TCP server that listens has an AddressInfo.
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const exported = () => requests.map(({ body }): ExportedTraces => JSON.parse(body))
  const spans = () =>
    exported().flatMap(({ resourceSpans }) =>
      resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
    )
  return { endpoint, requests, exported, spans }
}

const service = { serviceName: 'freehold', version: '1.2.3' }

test('spans reach the collector as a tree, with the service they come from', async () => {
  const collector = await startCollector()
  const tracing = await startTracing({ endpoint: collector.endpoint, ...service })
  await tracing.withSpan('request', { kind: 'server', attributes: { 'http.route': '/x' } }, async () => {
    await Promise.resolve()
    await tracing.withSpan('query', {}, async (span) => span.setAttributes({ rows: 3 }))
    tracing.startSpan('stream', { kind: 'client' }).end()
  })
  await tracing.shutdown()

  expect(collector.requests.map(({ url }) => url)).toEqual(['/v1/traces'])
  const byName = Object.fromEntries(collector.spans().map((span) => [span.name, span]))
  expect(byName.request?.parentSpanId).toBeUndefined()
  expect(byName.query?.parentSpanId).toBe(byName.request?.spanId)
  expect(byName.stream?.parentSpanId).toBe(byName.request?.spanId)
  expect(byName.query?.traceId).toBe(byName.request?.traceId)
  expect(byName.request?.attributes).toEqual([{ key: 'http.route', value: { stringValue: '/x' } }])
  expect(byName.query?.attributes).toEqual([{ key: 'rows', value: { intValue: 3 } }])
  expect(collector.exported()[0]?.resourceSpans[0]?.resource.attributes).toEqual([
    { key: 'service.name', value: { stringValue: 'freehold' } },
    { key: 'service.version', value: { stringValue: '1.2.3' } },
  ])
})

test('a failure marks the span with the code, not with the message, and is thrown on', async () => {
  const collector = await startCollector()
  const tracing = await startTracing({ endpoint: collector.endpoint, ...service })
  const error = Object.assign(new Error('ada@example.com is taken'), { code: 'conflict' })
  await expect(tracing.withSpan('work', {}, () => Promise.reject(error))).rejects.toBe(error)
  await tracing.shutdown()
  expect(collector.spans()[0]?.status).toEqual({ code: 2 })
  expect(collector.spans()[0]?.attributes).toEqual([
    { key: 'error.type', value: { stringValue: 'conflict' } },
  ])
  expect(collector.requests[0]?.body).not.toContain('ada@example.com')
})

test('a trace begun elsewhere goes on here, and on to the next; a malformed one is ignored', async () => {
  const collector = await startCollector()
  const tracing = await startTracing({ endpoint: collector.endpoint, ...service })
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const span = tracing.startSpan('known', { traceparent: `00-${traceId}-b7ad6b7169203331-01` })
  expect(span.traceparent).toMatch(new RegExp(`^00-${traceId}-[\\da-f]{16}-01$`))
  span.end()
  tracing.startSpan('unknown', { traceparent: '00-zz-1-01' }).end()
  await tracing.shutdown()
  const [known, unknown] = collector.spans()
  expect(known).toMatchObject({ traceId, parentSpanId: 'b7ad6b7169203331' })
  expect(unknown?.traceId).not.toBe(traceId)
  expect(unknown?.parentSpanId).toBeUndefined()
})

test('two instances in one process do not mix', async () => {
  const collector = await startCollector()
  const one = await startTracing({ endpoint: collector.endpoint, ...service })
  const two = await startTracing({ endpoint: collector.endpoint, ...service })
  await one.withSpan('one', {}, () => two.withSpan('two', {}, async () => {}))
  await Promise.all([one.shutdown(), two.shutdown()])
  expect(collector.spans().map((span) => span.parentSpanId)).toEqual([undefined, undefined])
})

test('a collector that is away stops neither the work nor the shutdown', async () => {
  const tracing = await startTracing({ endpoint: 'http://127.0.0.1:1', ...service })
  expect(await tracing.withSpan('work', {}, async () => 42)).toBe(42)
  await tracing.shutdown()
})

test('without an endpoint nothing happens and no OpenTelemetry code is loaded', async () => {
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ resolve(specifier, context, next) { loaded.push(specifier); return next(specifier, context) } })
    const { startTracing } = await import(${JSON.stringify(new URL('./tracing.ts', import.meta.url).href)})
    const tracing = await startTracing({ endpoint: process.env.ENDPOINT, serviceName: 'x', version: '1' })
    const answer = await tracing.withSpan('work', {}, async (span) => [span.traceparent ?? null, 42])
    console.log(JSON.stringify({ answer, loaded: loaded.filter((name) => name.includes('opentelemetry')).length }))
    process.exit(0)
  `
  const run = promisify(execFile)
  const answerOf = async (env: Record<string, string>) =>
    JSON.parse((await run(process.execPath, ['--input-type=module', '--eval', script], { env })).stdout)
  expect(await answerOf({})).toEqual({ answer: [null, 42], loaded: 0 })
  // The same probe sees the packages when there is an endpoint: it can fail.
  expect((await answerOf({ ENDPOINT: 'http://127.0.0.1:1' })).loaded).toBeGreaterThan(0)
})
