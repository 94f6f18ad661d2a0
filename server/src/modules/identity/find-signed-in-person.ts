import { readCredentials } from '../../platform/auth/credentials.ts'
import { type Identity, identityAuthenticators } from './identity.ts'

/** Whose session a request carries, on a route that needs none; a session that has ended is none. */
export async function findSignedInPerson(
  identity: Identity,
  headers: Headers,
  ip: string | null,
): Promise<string | undefined> {
  return (await findSignedInCaller(identity, headers, ip))?.userId
}

/** As `findSignedInPerson`, with the session; null for whoever comes by another issuer's token. */
export async function findSignedInCaller(
  identity: Identity,
  headers: Headers,
  ip: string | null,
): Promise<{ userId: string; sessionId: string | null } | undefined> {
  const credentials = readCredentials(headers, ip)
  for (const authenticator of identityAuthenticators(identity)) {
    const found = await authenticator.authenticate(credentials).catch(() => undefined)
    if (found?.caller.userId) return { userId: found.caller.userId, sessionId: found.caller.sessionId }
  }
  return undefined
}
