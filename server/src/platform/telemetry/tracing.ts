import { AsyncLocalStorage } from 'node:async_hooks'
import type { AttributeValue, Context, Span as OtelSpan } from '@opentelemetry/api'

/**
 * Traces, when an endpoint is given. Without one nothing of OpenTelemetry is even loaded (its import costs tens of
 * milliseconds and megabytes). Nothing is registered globally: the current span travels in this instance's own
 * async-local storage, so two apps in one process do not see each other's.
 */
export interface TracingOptions {
  /** The collector's base URL (OTLP over HTTP); `/v1/traces` is added. Undefined switches tracing off. */
  endpoint: string | undefined
  serviceName: string
  version: string
}

export type SpanAttributes = Readonly<Record<string, AttributeValue | undefined>>

export interface SpanOptions {
  attributes?: SpanAttributes
  kind?: 'internal' | 'server' | 'client'
  /** An incoming W3C `traceparent`; used when no span is current. What is malformed is ignored. */
  traceparent?: string | undefined
}

export interface Span {
  setAttributes(attributes: SpanAttributes): void
  /** Marks the span failed, with the error's name and code. Its message may hold people's data and stays out. */
  fail(error: unknown): void
  end(): void
  /** The header for outgoing requests; undefined when tracing is off. */
  readonly traceparent: string | undefined
}

export interface Tracing {
  /** False where no endpoint is set, and spans are nothing. */
  readonly active: boolean
  /** A span the caller ends; for work that outlives a function, such as a stream. */
  startSpan(name: string, options?: SpanOptions): Span
  /** Runs `work` in a span: spans started inside are its children, a throw marks it failed, and it always ends. */
  withSpan<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T>
  /** Sends what is pending (for at most two seconds) and stops. Never throws: a lost trace stops no shutdown. */
  shutdown(): Promise<void>
}

const silentSpan: Span = { setAttributes() {}, fail() {}, end() {}, traceparent: undefined }
const silentTracing: Tracing = {
  active: false,
  startSpan: () => silentSpan,
  withSpan: (_name, _options, work) => work(silentSpan),
  shutdown: async () => {},
}

const shutdownLimitMs = 2_000
const traceparentPattern = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/

/** Starts exporting to the endpoint, or returns a tracing that does nothing. */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  if (options.endpoint === undefined) return silentTracing
  const [api, sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ])
  const exporter = new OTLPTraceExporter({ url: `${options.endpoint.replace(/\/+$/, '')}/v1/traces` })
  const provider = new sdk.NodeTracerProvider({
    resource: resourceFromAttributes({
      'service.name': options.serviceName,
      'service.version': options.version,
    }),
    spanProcessors: [new sdk.BatchSpanProcessor(exporter)],
  })
  const tracer = provider.getTracer(options.serviceName, options.version)
  const kinds = { internal: api.SpanKind.INTERNAL, server: api.SpanKind.SERVER, client: api.SpanKind.CLIENT }
  const current = new AsyncLocalStorage<OtelSpan>()

  function parentContext(traceparent: string | undefined): Context {
    const span = current.getStore()
    if (span) return api.trace.setSpan(api.ROOT_CONTEXT, span)
    const [, traceId, spanId, flags] = traceparentPattern.exec(traceparent ?? '') ?? []
    if (!traceId || !spanId || !flags) return api.ROOT_CONTEXT
    const traceFlags = Number.parseInt(flags, 16) & api.TraceFlags.SAMPLED
    return api.trace.setSpanContext(api.ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true })
  }

  function start(name: string, { attributes = {}, kind = 'internal', traceparent }: SpanOptions) {
    const span = tracer.startSpan(name, { kind: kinds[kind], attributes }, parentContext(traceparent))
    const { traceId, spanId, traceFlags } = span.spanContext()
    const wrapped: Span = {
      setAttributes: (more) => void span.setAttributes(more),
      fail(error) {
        span.setAttribute('error.type', errorType(error))
        span.setStatus({ code: api.SpanStatusCode.ERROR })
      },
      end: () => span.end(),
      traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    }
    return { span, wrapped }
  }

  return {
    active: true,
    startSpan: (name, spanOptions = {}) => start(name, spanOptions).wrapped,
    async withSpan(name, spanOptions, work) {
      const { span, wrapped } = start(name, spanOptions)
      try {
        return await current.run(span, work, wrapped)
      } catch (error) {
        wrapped.fail(error)
        throw error
      } finally {
        span.end()
      }
    },
    async shutdown() {
      const { promise: limit, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, shutdownLimitMs)
      // A collector that is away must not keep the process from ending.
      await Promise.race([provider.shutdown().catch(() => {}), limit])
      clearTimeout(timer)
    },
  }
}

function errorType(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
