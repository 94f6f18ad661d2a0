import type { z } from 'zod'
import type { Caller } from '../../../platform/context.ts'
import { systemTx } from '../../../platform/db/transactions.ts'
import type { signUpBody } from '../contract.ts'
import { asPerson, type Identity } from '../identity.ts'
import { promoteFirstUser } from '../store.ts'
import { type OpenedSession, openSession } from './open-session.ts'

/** Makes an account, its first organization, and a session. @throws email_taken (409) */
export async function signUp(
  identity: Identity,
  caller: Caller,
  input: z.infer<typeof signUpBody>,
  headers: Headers,
): Promise<OpenedSession> {
  const engine = await identity.engine()
  const opened = await engine.signUp(
    { email: input.email, password: input.password, name: input.name },
    headers,
  )
  // Whoever is first on an empty installation operates it.
  await systemTx(identity.platform, 'authenticate', (tx) => promoteFirstUser(tx, opened.userId))
  const person = asPerson(caller, opened.userId, opened.sessionId)
  const organization = await identity.directory.create(
    person,
    input.organizationName ?? `${input.name}'s organization`,
  )
  return openSession(identity, opened, organization.id)
}
