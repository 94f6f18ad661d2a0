import type { AuthenticationCache } from '../auth/authentication-cache.ts'
import { type HeaderReader, readCredentials } from '../auth/credentials.ts'
import type { Caller } from '../context.ts'
import { forbidden, unauthenticated } from '../errors.ts'
import type { RequestQuota } from './request-quota.ts'
import type { Route } from './route.ts'
import { isSameOrigin } from './security.ts'

/** What a request says of who sends it, whichever objects it came in. */
export interface Identification {
  method: string
  headers: HeaderReader
  requestId: string
  /** Null when it is not known. */
  ip: string | null
}

/**
 * Finds out who calls, whether they may, and whether their organization may ask any more now.
 * @throws unauthenticated (401), forbidden (403), rate_limited (429)
 */
export async function identify(
  request: Identification,
  access: Route['contract']['access'],
  on: {
    credentialCache: AuthenticationCache
    quota: RequestQuota
    publicUrl: () => string
    allowedOrigins: readonly string[]
    /** Hears of the allowance before the permission is looked at, so that a refusal tells it too. */
    onQuota: (headers: Record<string, string>) => void
  },
): Promise<Caller> {
  const { headers, requestId, ip } = request
  const base = { requestId, ip, userAgent: headers.get('user-agent')?.slice(0, 300) ?? null }
  if (access === 'public') return { ...nobody, ...base }
  const found = await on.credentialCache.authenticate(readCredentials(headers, ip))
  if (!found) throw unauthenticated()
  if (found.kind === 'cookie') requireSameOrigin(request, [on.publicUrl(), ...on.allowedOrigins])
  await found.admit?.()
  const caller: Caller = { ...found.caller, ...base }
  on.onQuota(await on.quota.take(caller))
  requireAccess(caller, access)
  return caller
}

function requireAccess(caller: Caller, access: Exclude<Route['contract']['access'], 'public'>): void {
  if (access === 'signed-in') return
  if (access === 'person') {
    if (caller.userId !== null && caller.kind === 'user') return
    throw forbidden({ message: 'This is for people: sign in. An API key cannot do it.' })
  }
  if (caller.permissions.has(access)) return
  throw forbidden({
    message: `This needs the permission ${access}, which ${caller.role ?? 'this credential'} does not have.`,
    details: { permission: access, role: caller.role },
  })
}

function requireSameOrigin({ method, headers }: Identification, own: readonly string[]): void {
  if (method === 'GET' || method === 'HEAD' || isSameOrigin(headers, own)) return
  throw forbidden({
    message:
      'A cookie authenticates requests of this server’s own pages only. Send an Authorization header instead.',
    details: { reason: 'foreign_origin' },
  })
}

const nobody = {
  kind: 'user',
  userId: null,
  apiKeyId: null,
  serviceAccountId: null,
  projectId: null,
  sessionId: null,
  organizationId: null,
  role: null,
  permissions: new Set(),
} as const satisfies Omit<Caller, 'requestId' | 'ip' | 'userAgent'>

/** The address a request came from. */
export function clientAddress(
  forwardedFor: string | undefined,
  remoteAddress: string | undefined,
  trustProxy: boolean,
): string | null {
  // The last address is the one our own proxy saw; what stands before it is whatever the client sent.
  const forwarded = trustProxy ? forwardedFor?.split(',').at(-1)?.trim() : undefined
  return forwarded ? forwarded.slice(0, 64) : (remoteAddress ?? null)
}
