import { isIP } from 'node:net'
import { fetch as undiciFetch } from 'undici'
import { AppError } from '../errors.ts'
import { fetchFailed, fetchRefused, fetchTimeout, fetchTooLarge, fetchTooManyRedirects } from './errors.ts'
import {
  type AddressRule,
  createGuardedDispatcher,
  type Resolver,
  resolveWithSystem,
} from './guarded-dispatcher.ts'
import { isPublicAddress } from './public-address.ts'

export interface GuardedFetchOptions {
  /**
   * Which addresses that are not public may be fetched: none (false, the default), all (true), or those a rule names.
   * The rule sees the address that will be dialed, so a host name cannot talk its way in.
   */
  allowPrivate?: boolean | AddressRule
  /** For the whole exchange, redirects and body included. Default 10,000. */
  timeoutMs?: number
  /** Default 3. */
  maxRedirects?: number
  /** Of the decoded body. Default 20 MiB. */
  maxBytes?: number
  /** Finds the addresses of a host name; the system's resolver by default. */
  resolver?: Resolver
}

export interface GuardedFetch {
  /**
   * Fetches an http or https URL on the public internet, on any port but those the fetch standard blocks (such as 25).
   * A text given as `url` must be absolute and without credentials. Redirects are followed here and each hop is checked
   * again; `authorization` and `cookie` do not follow to another origin; with `redirect: 'manual'` none is followed. A body must end (it is sent from memory, so
   * that a redirect can repeat it). The response's `url` is where it came from in the end.
   * @throws fetch.refused 422 (scheme, credentials, address), fetch.too_many_redirects 422, fetch.too_large 422,
   *   fetch.timeout 504, fetch.failed 502. Reading the body can throw the last three too. An abort by `init.signal`
   *   throws that signal's reason.
   */
  (url: string | URL, init?: RequestInit): Promise<Response>
  /** Waits for what is under way (no longer than the time limit) and closes the connections. */
  close(): Promise<void>
}

const redirectStatuses = new Set([301, 302, 303, 307, 308])
const bodilessStatuses = new Set([204, 205, 304])
const privateHeaders = ['authorization', 'cookie', 'proxy-authorization']

interface Hop {
  url: URL
  method: string
  headers: Headers
  body: Uint8Array | undefined
}

/** Makes a fetch that reaches the public internet only. Every URL a user or another server names goes through one. */
export function createGuardedFetch(options: GuardedFetchOptions = {}): GuardedFetch {
  const { allowPrivate = false, timeoutMs = 10_000, maxRedirects = 3, maxBytes = 20 * 1024 * 1024 } = options
  const dispatcher = createGuardedDispatcher({
    resolver: options.resolver ?? resolveWithSystem,
    allowAddress: typeof allowPrivate === 'function' ? allowPrivate : () => allowPrivate,
    timeoutMs,
  })

  async function guardedFetch(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const limit = AbortSignal.timeout(timeoutMs)
    const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit
    const explain = (error: unknown) => explained(error, init.signal, limit)
    try {
      let hop = await firstHop(checkedUrl(url), init)
      for (let redirects = 0; ; redirects++) {
        const { method, headers, body = null } = hop
        const answer = await undiciFetch(hop.url, {
          method,
          headers: [...headers],
          body,
          redirect: 'manual',
          signal,
          dispatcher,
        })
        const isRedirect = init.redirect !== 'manual' && redirectStatuses.has(answer.status)
        const location = isRedirect ? answer.headers.get('location') : null
        if (location === null) return boundedResponse(answer, hop.url, maxBytes, explain)
        await answer.body?.cancel()
        if (redirects >= maxRedirects) throw fetchTooManyRedirects({ details: { maxRedirects } })
        hop = nextHop(hop, answer.status, checkedUrl(location, hop.url))
      }
    } catch (error) {
      throw explain(error)
    }
  }

  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= dispatcher.close()
    return closing
  }
  return Object.assign(guardedFetch, { close })
}

/**
 * What can be told of an address before it is fetched; names are looked up as it is.
 * @throws fetch.refused (422)
 */
export function requireFetchable(text: string): URL {
  const url = checkedUrl(text)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !isPublicAddress(host))
    throw fetchRefused({ message: 'The address is not on the public internet.' })
  return url
}

function checkedUrl(text: string | URL, base?: URL): URL {
  const url = URL.parse(String(text), base?.href)
  if (!url) throw fetchRefused({ message: 'This is not a URL.' })
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw fetchRefused({ message: 'Only http and https URLs may be fetched.' })
  }
  if (url.username || url.password)
    throw fetchRefused({ message: 'A URL may not carry a user name or password.' })
  return url
}

// The platform's Request turns every kind of body into bytes and names its media type.
async function firstHop(url: URL, init: RequestInit): Promise<Hop> {
  const { method = 'GET', headers, body } = init
  const request = new Request(url, {
    method,
    ...(headers && { headers }),
    ...(body != null && { body, duplex: 'half' as const }),
  })
  const bytes = request.body ? new Uint8Array(await request.arrayBuffer()) : undefined
  const sent = new Headers(request.headers)
  // Framing is the sender's business; a length that does not fit would end the request.
  for (const name of ['content-length', 'transfer-encoding', 'connection']) sent.delete(name)
  return { url, method: request.method, headers: sent, body: bytes }
}

/** The next request by the fetch standard: what was not a GET or HEAD becomes a GET after 303, a POST also after 301 and 302. */
function nextHop(hop: Hop, status: number, url: URL): Hop {
  const headers = new Headers(hop.headers)
  if (url.origin !== hop.url.origin) for (const name of privateHeaders) headers.delete(name)
  const becomesGet =
    (status === 303 && hop.method !== 'GET' && hop.method !== 'HEAD') ||
    (status <= 302 && hop.method === 'POST')
  if (!becomesGet) return { ...hop, url, headers }
  for (const name of [...headers.keys()]) if (name.startsWith('content-')) headers.delete(name)
  return { url, method: 'GET', headers, body: undefined }
}

function boundedResponse(
  answer: Awaited<ReturnType<typeof undiciFetch>>,
  url: URL,
  maxBytes: number,
  explain: (error: unknown) => unknown,
): Response {
  const { status, statusText, body } = answer
  const headers = new Headers([...answer.headers])
  const tooLarge = () => fetchTooLarge({ details: { maxBytes } })
  const announced = Number(headers.get('content-length') ?? 0)
  if (body && announced > maxBytes && !headers.has('content-encoding')) {
    body.cancel().catch(() => {})
    throw tooLarge()
  }
  const stream =
    body && !bodilessStatuses.has(status) ? boundedStream(body, maxBytes, tooLarge, explain) : null
  const response = new Response(stream, { status, statusText, headers })
  // A Response made by hand has no address; callers resolve relative links against it.
  Object.defineProperty(response, 'url', { value: url.href })
  return response
}

function boundedStream(
  body: { getReader(): ReadableStreamDefaultReader<unknown> },
  maxBytes: number,
  tooLarge: () => AppError,
  explain: (error: unknown) => unknown,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader()
  let seenBytes = 0
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (done) return controller.close()
        // A fetch body yields bytes; undici's own types do not say so.
        const chunk = value as Uint8Array<ArrayBuffer>
        seenBytes += chunk.byteLength
        if (seenBytes > maxBytes) throw tooLarge()
        controller.enqueue(chunk)
      } catch (error) {
        controller.error(explain(error))
        await reader.cancel().catch(() => {})
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

// A refusal by the dialer arrives inside undici's "fetch failed"; the reason is what the caller must hear.
function explained(error: unknown, given: AbortSignal | null | undefined, limit: AbortSignal): unknown {
  if (given?.aborted) return given.reason
  for (let inner: unknown = error; inner instanceof Error; inner = inner.cause) {
    if (inner instanceof AppError) return inner
  }
  return limit.aborted ? fetchTimeout({ cause: error }) : fetchFailed({ cause: error })
}
