import type { Caller } from '../../../platform/context.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import { invalidCredentials } from '../errors.ts'
import type { Identity } from '../identity.ts'
import { admitAttempt } from '../limit-attempts.ts'
import { findUserByEmail } from '../store.ts'
import { passFirstFactor, type SignInOutcome } from './pass-first-factor.ts'

/**
 * Signs somebody in by their password, or asks for their second factor.
 * @throws invalid_credentials (401), the same for an unknown address and a wrong password; email_not_verified (403);
 *   too_many_attempts (429)
 */
export async function signIn(
  identity: Identity,
  caller: Caller,
  input: { email: string; password: string },
  headers: Headers,
): Promise<SignInOutcome> {
  const { platform } = identity
  const engine = await identity.engine()
  const user = await accountTx(platform, (tx) => findUserByEmail(tx, input.email))
  const attempt = await admitAttempt(platform, 'signin', {
    account: input.email,
    userId: user?.id,
    ip: caller.ip,
    headers,
  })
  const passwordHash = await engine.matchPassword(user?.id, input.password)
  if (passwordHash === undefined || !user) {
    await attempt.failed()
    if (user)
      await accountTx(platform, (tx) =>
        recordAccountEvent(tx, platform, caller, user.id, 'session.refuse', { method: 'password' }),
      )
    throw invalidCredentials()
  }
  return passFirstFactor(identity, caller, user, headers, 'password', { passwordHash })
}
