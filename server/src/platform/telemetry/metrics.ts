import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export interface RequestObservation {
  method: string
  /** The route's template (`/api/v1/documents/{id}`), never the path: paths would make a series of each id. */
  route: string
  status: number
  durationMs: number
}

/** The Prometheus metrics of one app instance; nothing is shared between instances. */
export interface Metrics {
  observeRequest(request: RequestObservation): void
  counter<Label extends string>(name: string, help: string, labels: readonly Label[]): Counter<Label>
  gauge<Label extends string>(name: string, help: string, labels: readonly Label[]): Gauge<Label>
  /** @param bucketsSeconds upper bounds, ascending */
  histogram<Label extends string>(
    name: string,
    help: string,
    labels: readonly Label[],
    bucketsSeconds: readonly number[],
  ): Histogram<Label>
  /** The exposition `/metrics` answers with. */
  render(): Promise<{ contentType: string; body: string }>
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const requestBucketsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/**
 * @param options.processMetrics also report memory, CPU, event loop delay and garbage collection of this process;
 *   once per process is enough, for their observers live as long as it does
 */
export function createMetrics(options: { processMetrics: boolean }): Metrics {
  const registry = new Registry()
  const registers = [registry]
  if (options.processMetrics) collectDefaultMetrics({ register: registry })

  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from request to the end of its response, by route template.',
    labelNames: ['method', 'route', 'status'],
    buckets: requestBucketsSeconds,
    registers,
  })

  return {
    observeRequest({ method, route, status, durationMs }) {
      // The method is a stranger's text; an unbounded label is a leak.
      const labels = { method: methods.has(method) ? method : 'OTHER', route, status: String(status) }
      requests.observe(labels, durationMs / 1000)
    },
    counter: (name, help, labels) => new Counter({ name, help, labelNames: labels, registers }),
    gauge: (name, help, labels) => new Gauge({ name, help, labelNames: labels, registers }),
    histogram: (name, help, labels, bucketsSeconds) =>
      new Histogram({ name, help, labelNames: labels, buckets: [...bucketsSeconds], registers }),
    async render() {
      return { contentType: registry.contentType, body: await registry.metrics() }
    },
  }
}
