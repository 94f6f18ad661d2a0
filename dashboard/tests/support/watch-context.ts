import type { BrowserContext, ConsoleMessage } from 'playwright-core'

/** What a page must never do, whatever is tested on it, seen from outside. */
export interface Watch {
  /** This test provokes an answer of that status from that path; the browser's own line about it is no error. */
  allow(status: number, path: string): void
  /** This test leads to another host, as signing in with a provider does. */
  allowHost(origin: string): void
  /** Errors in the console, breaches of the content security policy, requests to other hosts: a line each. */
  problems(): readonly string[]
}

/** Watches every page of the context from its first request on. `origin` is the only host it may ask. */
export async function watchContext(context: BrowserContext, origin: string): Promise<Watch> {
  const problems: string[] = []
  // Asking who is signed in is how a page finds out that nobody is.
  const hosts = new Set([origin])
  const allowed = new Set(['401 /api/v1/auth/session'])
  await context.exposeBinding('reportViolation', (_source, violation: string) => {
    problems.push(`content security policy: ${violation}`)
  })
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile }) => {
      // The binding above puts this function on the page.
      const { reportViolation } = window as unknown as { reportViolation: (violation: string) => void }
      reportViolation(`${effectiveDirective} refused ${blockedURI} in ${sourceFile}`)
    })
  })
  context.on('console', (message) => {
    if (message.type() !== 'error') return
    const refusal = refusalOf(message)
    if (refusal === undefined || !allowed.has(refusal)) {
      problems.push(`console: ${message.text()} (${message.location().url})`)
    }
  })
  context.on('weberror', (error) => problems.push(`uncaught: ${error.error().stack}`))
  context.on('request', (request) => {
    const url = new URL(request.url())
    if (/^https?:$/.test(url.protocol) && !hosts.has(url.origin)) problems.push(`request to ${url.origin}`)
  })
  return {
    allow: (status, path) => void allowed.add(`${status} ${path}`),
    allowHost: (other) => void hosts.add(other),
    problems: () => problems,
  }
}

/** `404 /api/v1/…` where the line is the browser's about an answer that says no. */
function refusalOf(message: ConsoleMessage): string | undefined {
  const status = /^Failed to load resource: the server responded with a status of (\d+)/.exec(
    message.text(),
  )?.[1]
  const { url } = message.location()
  return status === undefined || !URL.canParse(url) ? undefined : `${status} ${new URL(url).pathname}`
}
