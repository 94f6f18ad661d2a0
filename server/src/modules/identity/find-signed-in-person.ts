import { readCredentials } from '../../platform/auth/credentials.ts'
import { type Identity, identityAuthenticators } from './identity.ts'

/** Whose session a request carries, on a route that needs none; a session that has ended is none. */
export async function findSignedInPerson(
  identity: Identity,
  headers: Headers,
  ip: string | null,
): Promise<string | undefined> {
  const credentials = readCredentials(headers, ip)
  for (const authenticator of identityAuthenticators(identity)) {
    const found = await authenticator.authenticate(credentials).catch(() => undefined)
    if (found?.caller.userId) return found.caller.userId
  }
  return undefined
}
