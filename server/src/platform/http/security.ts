import type { HeaderReader } from '../auth/credentials.ts'

const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** The headers every answer carries. */
export function securityHeaders(path: string, publicUrl: string): Record<string, string> {
  return {
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
    ...(publicUrl.startsWith('https:')
      ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }
      : {}),
    ...(/^\/(api|v1|scim)\//.test(path) ? { 'cache-control': 'no-store' } : {}),
  }
}

/** What clients send by themselves from a browser: their kinds and versions, and which protocol they speak. */
const clientHeaders = [
  ...['Authorization', 'Content-Type', 'Idempotency-Key', 'Last-Event-ID', 'User-Agent', 'X-Api-Key'],
  ...[
    'Prefer',
    'X-Freehold-Tag',
    'X-Freehold-Webhook',
    'Anthropic-Version',
    'Anthropic-Beta',
    'Anthropic-Dangerous-Direct-Browser-Access',
  ],
  ...['OpenAI-Organization', 'OpenAI-Project', 'OpenAI-Beta', 'HTTP-Referer', 'X-Title'],
  ...['X-OpenRouter-Title', 'X-OpenRouter-Categories', 'X-OpenRouter-Metadata'],
  ...['X-Stainless-Arch', 'X-Stainless-Custom-Poll-Interval', 'X-Stainless-Helper'],
  ...['X-Stainless-Helper-Method', 'X-Stainless-Lang', 'X-Stainless-OS', 'X-Stainless-Package-Version'],
  ...['X-Stainless-Poll-Helper', 'X-Stainless-Retry-Count', 'X-Stainless-Runtime'],
  ...['X-Stainless-Runtime-Version', 'X-Stainless-Timeout'],
].join(', ')

/** CORS for the configured origins alone; none by default. Tokens only: cookies are never shared across origins. */
export function corsHeaders(origin: string | undefined, allowed: readonly string[]): Record<string, string> {
  if (origin === undefined || !allowed.includes(origin)) return allowed.length > 0 ? { vary: 'Origin' } : {}
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE, OPTIONS',
    'access-control-allow-headers': clientHeaders,
    'access-control-expose-headers':
      'X-Request-Id, X-Freehold-Prompt, Request-Id, Location, Preference-Applied, Retry-After, Idempotency-Replayed, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset',
    'access-control-max-age': '600',
    vary: 'Origin',
  }
}

/**
 * Whether a browser sent this from a page of our own. Browsers set Sec-Fetch-Site and Origin themselves; a request
 * with neither did not come from a page of another site.
 */
export function isSameOrigin(headers: HeaderReader, own: readonly string[]): boolean {
  const origin = headers.get('origin')
  if (origin !== null) {
    const host = headers.get('host')
    return (
      own.some((url) => new URL(url).origin === origin) || (host !== null && URL.parse(origin)?.host === host)
    )
  }
  const site = headers.get('sec-fetch-site')
  return site === null || site === 'same-origin' || site === 'none'
}
