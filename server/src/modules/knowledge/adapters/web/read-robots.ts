import { createRequire } from 'node:module'
import type { Clock } from '../../../../platform/clock.ts'
import type { GuardedFetch } from '../../../../platform/fetch/index.ts'

interface Robot {
  isAllowed(url: string, userAgent?: string): boolean | undefined
}
// A CommonJS module that assigns its one function; its types say otherwise to a program of ES modules.
const parseRobots = createRequire(import.meta.url)('robots-parser') as (url: string, content: string) => Robot

const keptMs = 3_600_000
const mostSites = 1_000
const longestRobots = 512 * 1024

/**
 * Says whether a site lets this program read a page. As RFC 9309 has it: a site without the file allows everything, one
 * that cannot say for the moment allows nothing. Kept for an hour.
 */
export function createRobots(
  guardedFetch: GuardedFetch,
  clock: Clock,
  agent: string,
): (url: URL, signal: AbortSignal) => Promise<boolean> {
  const sites = new Map<string, { robot: Robot; untilMs: number }>()

  async function read(origin: string, signal: AbortSignal): Promise<Robot> {
    const address = `${origin}/robots.txt`
    const response = await guardedFetch(address, { headers: { 'user-agent': agent }, signal })
    if (response.ok) return parseRobots(address, (await response.text()).slice(0, longestRobots))
    await response.body?.cancel()
    return parseRobots(address, response.status >= 500 ? 'User-agent: *\nDisallow: /' : '')
  }

  return async (url, signal) => {
    const now = clock.now().getTime()
    let site = sites.get(url.origin)
    if (site === undefined || site.untilMs <= now) {
      site = { robot: await read(url.origin, signal), untilMs: now + keptMs }
      const [oldest] = sites.keys()
      if (sites.size >= mostSites && oldest !== undefined) sites.delete(oldest)
      sites.set(url.origin, site)
    }
    return site.robot.isAllowed(url.href, agent) !== false
  }
}
