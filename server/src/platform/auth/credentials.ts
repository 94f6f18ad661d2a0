import type { Caller } from '../context.ts'

/** Who stands behind valid credentials; the request adds its id, address and user agent. */
export type Authenticated = Omit<Caller, 'requestId' | 'ip' | 'userAgent'>

export interface Credentials {
  /** The token after `Authorization: Bearer`, or of `x-api-key`. */
  bearer: string | null
  headers: Headers
}

/**
 * Recognises one kind of credentials. Undefined means "not mine"; throwing `unauthenticated` means "mine, and
 * not valid".
 */
export interface Authenticator {
  /** Cookies are sent by browsers on their own: what they authenticate is checked for its origin. */
  readonly kind: 'token' | 'cookie'
  authenticate(credentials: Credentials): Promise<Authenticated | undefined>
}

export function readCredentials(headers: Headers): Credentials {
  const authorization = headers.get('authorization')
  const bearer = authorization?.match(/^Bearer +(\S+)$/i)?.[1] ?? headers.get('x-api-key')
  return { bearer: bearer ?? null, headers }
}
