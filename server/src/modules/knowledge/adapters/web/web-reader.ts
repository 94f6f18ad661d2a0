import type { Clock } from '../../../../platform/clock.ts'
import { type GuardedFetch, requireFetchable } from '../../../../platform/fetch/index.ts'
import { urlDisallowed, urlUnavailable } from '../../errors.ts'
import { createRobots } from './read-robots.ts'
import { toUnicode } from './to-unicode.ts'

/** What a server said of a page, to ask it later whether it has changed. */
export interface PageVersion {
  etag: string | null
  modified: string | null
}

export interface FetchedPage extends PageVersion {
  /** Where it stood in the end. */
  url: string
  mediaType: string
  /** Text comes as UTF-8, whatever it was written in. */
  bytes: Uint8Array
}

export interface WebReader {
  /**
   * Fetches a page of the public internet, where the site's robots.txt lets it; undefined when it has not changed since
   * `known`.
   * @throws fetch.refused, fetch.too_many_redirects, fetch.too_large, knowledge.url_disallowed,
   *   knowledge.url_unavailable (422), fetch.timeout (504), fetch.failed (502)
   */
  read(url: string, known: PageVersion | undefined, signal: AbortSignal): Promise<FetchedPage | undefined>
  close(): Promise<void>
}

const agent = 'Freehold'
const mostRedirects = 3
const redirects = new Set([301, 302, 303, 307, 308])

export function createWebReader(guardedFetch: GuardedFetch, clock: Clock): WebReader {
  const isAllowed = createRobots(guardedFetch, clock, agent)
  return {
    async read(address, known, signal) {
      let url = requireFetchable(address)
      url.hash = ''
      // Each hop is another page, perhaps of another site: each is asked for.
      for (let hops = 0; hops <= mostRedirects; hops++) {
        if (!(await isAllowed(url, signal))) throw urlDisallowed({ details: { url: url.href } })
        const response = await guardedFetch(url, { headers: headersFor(known), redirect: 'manual', signal })
        const location = redirects.has(response.status) ? response.headers.get('location') : null
        if (location === null) return take(response, url, known)
        await response.body?.cancel()
        url = requireFetchable(new URL(location, url).href)
      }
      throw urlUnavailable({
        message: `This address redirects more than ${mostRedirects} times. Give the address it leads to.`,
        details: { url: address },
      })
    },
    close: () => guardedFetch.close(),
  }
}

function headersFor(known: PageVersion | undefined): Record<string, string> {
  return {
    'user-agent': agent,
    accept: 'text/html,application/xhtml+xml,application/pdf,text/markdown,text/plain;q=0.9,*/*;q=0.5',
    ...(known?.etag ? { 'if-none-match': known.etag } : {}),
    ...(known?.modified ? { 'if-modified-since': known.modified } : {}),
  }
}

async function take(
  response: Response,
  url: URL,
  known: PageVersion | undefined,
): Promise<FetchedPage | undefined> {
  if (response.status === 304 && known !== undefined) return undefined
  if (!response.ok) {
    await response.body?.cancel()
    throw urlUnavailable({
      message: `This page cannot be read: its server answered ${response.status}. Check that the address opens without signing in.`,
      details: { url: url.href, status: response.status },
    })
  }
  const contentType = response.headers.get('content-type') ?? ''
  const bytes = new Uint8Array(await response.arrayBuffer())
  const short = (name: string, longest: number): string | null => {
    const value = response.headers.get(name)
    return value !== null && value.length <= longest ? value : null
  }
  return {
    url: url.href,
    mediaType: contentType.split(';')[0]?.trim().toLowerCase() || 'application/octet-stream',
    bytes: toUnicode(bytes, contentType),
    etag: short('etag', 1_000),
    modified: short('last-modified', 100),
  }
}
