import type { Caller } from '../../../platform/context.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import { invalidCredentials, passkeyRefused } from '../errors.ts'
import type { Identity } from '../identity.ts'
import { rememberDevice } from '../known-devices.ts'
import { isCurrentPasskey } from '../passkey-store.ts'
import { requireAllowedMethod } from '../require-allowed-method.ts'
import { requireConfirmedAddress } from '../require-confirmed-address.ts'
import { deleteSessionsTooMany } from '../session-store.ts'
import { deleteSession, isCurrentPassword } from '../store.ts'
import { type OpenedSession, openSession } from './open-session.ts'

export type SignInMethod = 'password' | 'totp' | 'recovery_code' | 'passkey' | 'google' | 'github' | 'sso'

export interface SignInTerms {
  /** Where the session acts at first; null for the person's oldest organization. */
  organizationId?: string | null
  /** What the password was checked against, where it was: the session opens only while that is the current one. */
  passwordHash?: string | null
  /** The passkey that was shown, where one was: likewise. */
  passkeyId?: string | null
}

/**
 * Opens the session of somebody who has shown all that is asked of them.
 * @throws single_sign_on_required, email_not_verified (403), invalid_credentials, passkey_refused (401) when the password was
 *   changed or the passkey removed meanwhile
 */
export async function completeSignIn(
  identity: Identity,
  caller: Caller,
  userId: string,
  headers: Headers,
  methods: readonly SignInMethod[],
  { organizationId = null, passwordHash = null, passkeyId = null }: SignInTerms = {},
): Promise<OpenedSession> {
  const { platform } = identity
  // Asked here too, because this is what every way of signing in comes to.
  await requireAllowedMethod(identity, caller, userId, methods)
  await requireConfirmedAddress(identity, caller, userId, methods)
  const engine = await identity.engine()
  const session = await engine.openSession(userId, headers, caller)
  const opened = await openSession(identity, session, organizationId)
  const device = await accountTx(platform, async (tx) => {
    // A new password ends the sessions that are there, and an account that is handed over loses its passkeys too; this
    // session may have come just after.
    const stands =
      (passwordHash === null || (await isCurrentPassword(tx, userId, passwordHash))) &&
      (passkeyId === null || (await isCurrentPasskey(tx, userId, passkeyId)))
    if (!stands) {
      await deleteSession(tx, session.sessionId)
      return undefined
    }
    const ended = await deleteSessionsTooMany(tx, userId)
    const alsoEnded = ended > 0 ? { sessionsEnded: ended } : {}
    await recordAccountEvent(tx, platform, caller, userId, 'session.open', { methods, ...alsoEnded })
    return rememberDevice(platform, tx, userId, { headers, ip: caller.ip })
  })
  if (device === undefined) throw passkeyId === null ? invalidCredentials() : passkeyRefused()
  return { body: opened.body, cookies: [...opened.cookies, device] }
}
