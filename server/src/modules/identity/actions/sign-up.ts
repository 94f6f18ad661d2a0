import type { z } from 'zod'
import type { Caller } from '../../../platform/context.ts'
import { unauthenticated } from '../../../platform/errors.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import type { CredentialResult } from '../adapters/credential-engine.ts'
import { isAddressHeld } from '../address-change-store.ts'
import { checkNewPassword } from '../check-new-password.ts'
import type { signUpBody } from '../contract.ts'
import { emailTaken, singleSignOnRequired } from '../errors.ts'
import { asPerson, type Identity } from '../identity.ts'
import { rememberDevice } from '../known-devices.ts'
import { takesAnotherLetter } from '../limit-attempts.ts'
import { sendVerification } from '../send-verification.ts'
import { deleteSession, findUser, promoteFirstUser } from '../store.ts'
import { type OpenedSession, openSession } from './open-session.ts'

export type SignUpOutcome =
  | OpenedSession
  | { body: { verificationRequired: true; email: string }; cookies: string[] }

/**
 * Makes an account and, unless it is to have none, its first organization; mails the link that confirms the address, and opens a session, unless
 * the address must be confirmed first. @throws single_sign_on_required (403), email_taken (409), password_refused (422)
 */
export async function signUp(
  identity: Identity,
  caller: Caller,
  input: z.infer<typeof signUpBody>,
  headers: Headers,
): Promise<SignUpOutcome> {
  const { platform } = identity
  const { email, password, name } = input
  if (await identity.signInPolicy.mustUseSingleSignOnFor(email)) throw singleSignOnRequired()
  await checkNewPassword(identity, password, input)
  const held = await accountTx(platform, (tx) => isAddressHeld(tx, email, platform.clock.now()))
  if (held) throw emailTaken()
  const engine = await identity.engine()
  const opened = await engine.signUp({ email, password, name }, headers, caller)
  const { userId, sessionId } = opened
  // Signing up counts too: an account can be deleted and made again.
  const sends = await takesAnotherLetter(platform, 'verify-email', email, caller.ip)
  await accountTx(platform, async (tx) => {
    // Whoever is first on an empty installation operates it.
    await promoteFirstUser(tx, userId)
    const user = await findUser(tx, userId)
    if (!user) throw unauthenticated()
    if (sends) await sendVerification(platform, tx, user)
    await recordAccountEvent(tx, platform, caller, userId, 'account.create', { method: 'password' })
  })
  const organizationId =
    input.organizationName === null
      ? null
      : await makeOrganization(identity, caller, opened, input.organizationName ?? `${name}'s organization`)
  if (platform.config.FREEHOLD_REQUIRE_VERIFIED_EMAIL) {
    await accountTx(platform, (tx) => deleteSession(tx, sessionId))
    return { body: { verificationRequired: true, email }, cookies: [] }
  }
  const session = await openSession(identity, opened, organizationId)
  const device = await accountTx(platform, async (tx) => {
    await recordAccountEvent(tx, platform, caller, userId, 'session.open', { methods: ['password'] })
    return rememberDevice(platform, tx, userId, { headers, ip: caller.ip })
  })
  return { body: session.body, cookies: [...session.cookies, device] }
}

async function makeOrganization(
  identity: Identity,
  caller: Caller,
  { userId, sessionId }: CredentialResult,
  name: string,
): Promise<string> {
  return (await identity.directory.create(asPerson(caller, userId, sessionId), name)).id
}
