import type { Identity } from '../identity.ts'
import { type OpenedSession, openSession } from './open-session.ts'

/** Opens a session for an account. @throws invalid_credentials (401) */
export async function signIn(
  identity: Identity,
  input: { email: string; password: string },
  headers: Headers,
): Promise<OpenedSession> {
  const engine = await identity.engine()
  return openSession(identity, await engine.signIn(input, headers), null)
}
