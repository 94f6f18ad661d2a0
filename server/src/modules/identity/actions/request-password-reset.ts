import { setTimeout as wait } from 'node:timers/promises'
import type { Caller } from '../../../platform/context.ts'
import { hashToken } from '../../../platform/crypto/index.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import type { Identity } from '../identity.ts'
import { passwordResetLetter } from '../letters.ts'
import { deleteTokensOf, issueOneTimeToken } from '../one-time-tokens.ts'
import { findUserByEmail } from '../store.ts'

/** Longer than the work takes, so that the time does not tell whether there was any. */
const leastMs = 200
const lettersPerHour = { limit: 5, windowMs: 3600_000 }

/** Mails the link that sets a new password, if somebody has this address; who asks cannot see whether. */
export async function requestPasswordReset(identity: Identity, caller: Caller, email: string): Promise<void> {
  await Promise.all([mailLink(identity, caller, email), wait(leastMs)])
}

async function mailLink({ platform }: Identity, caller: Caller, email: string): Promise<void> {
  // Nobody's mailbox is filled by others; what is too much is left out without a word.
  const letters = await platform.rateLimiter.take(`reset:${hashToken(email).slice(0, 32)}`, lettersPerHour)
  if (!letters.allowed) return
  await accountTx(platform, async (tx) => {
    const user = await findUserByEmail(tx, email)
    if (!user) return
    await deleteTokensOf(tx, user.id, 'reset-password')
    const token = await issueOneTimeToken(platform, tx, { purpose: 'reset-password', userId: user.id })
    await platform.mail.sendAsSystem(tx, passwordResetLetter(user, platform.publicUrl(), token))
    await recordAccountEvent(tx, platform, caller, user.id, 'password.reset_request')
  })
}
