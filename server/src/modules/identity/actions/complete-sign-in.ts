import type { Caller } from '../../../platform/context.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import type { Identity } from '../identity.ts'
import { rememberDevice } from '../known-devices.ts'
import { type OpenedSession, openSession } from './open-session.ts'

export type SignInMethod = 'password' | 'totp' | 'recovery_code' | 'passkey' | 'google' | 'github'

/** Opens the session of somebody who has shown all that is asked of them. */
export async function completeSignIn(
  identity: Identity,
  caller: Caller,
  userId: string,
  headers: Headers,
  methods: readonly SignInMethod[],
): Promise<OpenedSession> {
  const { platform } = identity
  const engine = await identity.engine()
  const opened = await openSession(identity, await engine.openSession(userId, headers, caller), null)
  const device = await accountTx(platform, async (tx) => {
    await recordAccountEvent(tx, platform, caller, userId, 'session.open', { methods })
    return rememberDevice(platform, tx, userId, { headers, ip: caller.ip })
  })
  return { body: opened.body, cookies: [...opened.cookies, device] }
}
