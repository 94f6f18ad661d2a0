import createFetchClient, { type Client } from 'openapi-fetch'
import type { paths } from './schema.gen.ts'

export type { components } from './schema.gen.ts'

/** What a call failed with: the server's own code, message and request id, or `network_error` when nobody answered. */
export class FreeholdError extends Error {
  readonly status: number
  readonly code: string
  readonly details: Record<string, unknown>
  readonly requestId: string | null
  /** Seconds the server asked to wait before another try. */
  readonly retryAfterSeconds: number | null

  constructor(init: {
    status: number
    code: string
    message: string
    details?: Record<string, unknown>
    requestId?: string | null
    retryAfterSeconds?: number | null
    cause?: unknown
  }) {
    super(init.message, { cause: init.cause })
    this.name = 'FreeholdError'
    this.status = init.status
    this.code = init.code
    this.details = init.details ?? {}
    this.requestId = init.requestId ?? null
    this.retryAfterSeconds = init.retryAfterSeconds ?? null
  }
}

export interface FreeholdOptions {
  /** Where the server is; empty means the page's own origin. */
  baseUrl?: string
  /** An `fh_…` key or a JWT. Without it, a browser's cookie session is used. */
  apiKey?: string
  fetch?: (request: Request) => Promise<Response>
  /** Called for every error before it is thrown, for example to notice an ended session. */
  onError?: (error: FreeholdError, request: { url: string; method: string }) => void
}

/** A client of the API, typed by its OpenAPI document. Every call that fails throws a `FreeholdError`. */
export function createFreehold(options: FreeholdOptions = {}): Client<paths> {
  const client = createFetchClient<paths>({
    baseUrl: options.baseUrl ?? '',
    credentials: 'same-origin',
    ...(options.fetch ? { fetch: options.fetch } : {}),
    headers: options.apiKey ? { authorization: `Bearer ${options.apiKey}` } : {},
  })
  client.use({
    async onResponse({ request, response }) {
      if (response.ok) return undefined
      const error = await errorFromResponse(response)
      options.onError?.(error, request)
      throw error
    },
    onError({ error }) {
      return toFreeholdError(error)
    },
  })
  return client
}

/** The body of a successful call. Failures have been thrown by the client before this sees them. */
export async function take<Body>(call: Promise<{ data?: Body; response: Response }>): Promise<Body> {
  const { data } = await call
  // The client throws on every status outside 2xx, so `data` is the body (undefined for 204, where Body says so).
  return data as Body
}

/** Reads the error envelope of /api/v1 or OpenAI's shape of /v1 from a failed response. */
export async function errorFromResponse(response: Response): Promise<FreeholdError> {
  const retryAfter = Number(response.headers.get('retry-after'))
  const base = {
    status: response.status,
    retryAfterSeconds: Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : null,
  }
  const text = await response.text().catch(() => '')
  const body = parseObject(text)
  const error = asObject(body?.error)
  return new FreeholdError({
    ...base,
    code: asText(error?.code) ?? asText(error?.type) ?? `http_${response.status}`,
    message: asText(error?.message) ?? `The server answered ${response.status}.`,
    details: asObject(error?.details) ?? {},
    requestId: asText(body?.requestId) ?? response.headers.get('x-request-id'),
  })
}

/** Turns whatever was thrown into a `FreeholdError`; an aborted request stays what it is. */
export function toFreeholdError(error: unknown): Error {
  if (error instanceof FreeholdError) return error
  if (error instanceof DOMException && error.name === 'AbortError') return error
  return new FreeholdError({
    status: 0,
    code: 'network_error',
    message: 'The server could not be reached.',
    cause: error,
  })
}

export interface ServerEvent {
  id: string | null
  event: string
  data: string
}

/** The events of a `text/event-stream` body, in order, until it ends. Comment lines are skipped. */
export async function* readServerEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let pending = ''
  let event: { id: string | null; event: string; data: string[] } = { id: null, event: 'message', data: [] }
  try {
    while (true) {
      const { done, value } = await reader.read()
      pending += done ? decoder.decode() : decoder.decode(value, { stream: true })
      // A lone \r at the very end may be the first half of \r\n; it waits for the next chunk.
      const lines = pending.split(/\r\n|\n|\r(?!$)/)
      pending = lines.pop() ?? ''
      for (const line of lines) {
        if (line === '') {
          if (event.data.length > 0) yield { id: event.id, event: event.event, data: event.data.join('\n') }
          event = { id: event.id, event: 'message', data: [] }
          continue
        }
        const colon = line.indexOf(':')
        const field = colon === -1 ? line : line.slice(0, colon)
        const content = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
        if (field === 'event') event.event = content
        else if (field === 'data') event.data.push(content)
        else if (field === 'id') event.id = content
      }
      if (done) return
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    return asObject(JSON.parse(text))
  } catch {
    return undefined
  }
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  // A non-null, non-array object has string keys; what they hold stays unknown.
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
