import type { Caller } from '../../platform/context.ts'
import { recordAccountEvent } from './account-events.ts'
import { accountTx } from './account-tx.ts'
import type { SignInMethod } from './actions/complete-sign-in.ts'
import { emailNotVerified } from './errors.ts'
import type { Identity } from './identity.ts'
import { takesAnotherLetter } from './limit-attempts.ts'
import { sendVerification } from './send-verification.ts'
import { findUser } from './store.ts'

/**
 * Where addresses must be confirmed, refuses whoever has not, however they come, and mails them the link once more.
 * @throws email_not_verified (403)
 */
export async function requireConfirmedAddress(
  { platform }: Identity,
  caller: Caller,
  userId: string,
  methods: readonly SignInMethod[],
): Promise<void> {
  if (!platform.config.FREEHOLD_REQUIRE_VERIFIED_EMAIL) return
  const user = await accountTx(platform, (tx) => findUser(tx, userId))
  if (!user || user.emailVerified) return
  const sends = await takesAnotherLetter(platform, 'verify-email', user.email, caller.ip)
  await accountTx(platform, async (tx) => {
    if (sends) await sendVerification(platform, tx, user)
    await recordAccountEvent(tx, platform, caller, userId, 'session.refuse', { methods, reason: 'email' })
  })
  throw emailNotVerified()
}
