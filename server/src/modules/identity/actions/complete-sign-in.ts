import type { Caller } from '../../../platform/context.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import type { Identity } from '../identity.ts'
import { rememberDevice } from '../known-devices.ts'
import { requireAllowedMethod } from '../require-allowed-method.ts'
import { type OpenedSession, openSession } from './open-session.ts'

export type SignInMethod = 'password' | 'totp' | 'recovery_code' | 'passkey' | 'google' | 'github' | 'sso'

/**
 * Opens the session of somebody who has shown all that is asked of them.
 * @param organizationId where the session acts at first; null for the person's oldest organization
 * @throws single_sign_on_required (403)
 */
export async function completeSignIn(
  identity: Identity,
  caller: Caller,
  userId: string,
  headers: Headers,
  methods: readonly SignInMethod[],
  organizationId: string | null = null,
): Promise<OpenedSession> {
  const { platform } = identity
  // Asked here too, because this is what every way of signing in comes to.
  await requireAllowedMethod(identity, caller, userId, methods)
  const engine = await identity.engine()
  const opened = await openSession(
    identity,
    await engine.openSession(userId, headers, caller),
    organizationId,
  )
  const device = await accountTx(platform, async (tx) => {
    await recordAccountEvent(tx, platform, caller, userId, 'session.open', { methods })
    return rememberDevice(platform, tx, userId, { headers, ip: caller.ip })
  })
  return { body: opened.body, cookies: [...opened.cookies, device] }
}
