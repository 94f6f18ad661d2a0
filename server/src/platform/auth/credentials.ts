import type { Caller } from '../context.ts'

/** Who stands behind valid credentials; the request adds its id, address and user agent. */
export type Authenticated = Omit<Caller, 'requestId' | 'ip' | 'userAgent'>

/** Whom credentials belong to. */
export interface Authentication {
  caller: Authenticated
  /** Asked for every request, also when the rest is remembered. @throws what refuses it, such as a rate limit */
  admit?(): Promise<void>
}

/** Headers as they can be read from a web request and from Node's own alike. */
export type HeaderReader = Pick<Headers, 'get' | 'has'>

export interface Credentials {
  /** The token after `Authorization: Bearer`, or of `x-api-key`. */
  bearer: string | null
  headers: HeaderReader
  /** Where the request comes from; null when that is not known. */
  ip: string | null
}

/**
 * Recognises one kind of credentials. Undefined means "not mine"; throwing `unauthenticated` means "mine, and
 * not valid".
 */
export interface Authenticator {
  /** Cookies are sent by browsers on their own: what they authenticate is checked for its origin. */
  readonly kind: 'token' | 'cookie'
  authenticate(credentials: Credentials): Promise<Authentication | undefined>
}

export function readCredentials(headers: HeaderReader, ip: string | null): Credentials {
  const authorization = headers.get('authorization')
  const bearer = authorization?.match(/^Bearer +(\S+)$/i)?.[1] ?? headers.get('x-api-key')
  return { bearer: bearer ?? null, headers, ip }
}
