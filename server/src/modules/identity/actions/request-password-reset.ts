import type { Caller } from '../../../platform/context.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import { answerAlike } from '../answer-alike.ts'
import type { Identity } from '../identity.ts'
import { passwordResetLetter } from '../letters.ts'
import { takesAnotherLetter } from '../limit-attempts.ts'
import { issueOneTimeToken } from '../one-time-tokens.ts'
import { findUserByEmail } from '../store.ts'

/** Mails the link that sets a new password, if somebody has this address; who asks cannot see whether. */
export async function requestPasswordReset(
  { platform }: Identity,
  caller: Caller,
  email: string,
): Promise<void> {
  await answerAlike(async () => {
    if (!(await takesAnotherLetter(platform, 'reset-password', email, caller.ip))) return
    await accountTx(platform, async (tx) => {
      const user = await findUserByEmail(tx, email)
      if (!user) return
      // Earlier links live on: anybody may ask for this letter, and must not end the one that somebody is about to use.
      const token = await issueOneTimeToken(platform, tx, { purpose: 'reset-password', userId: user.id })
      await platform.mail.sendAsSystem(tx, passwordResetLetter(user, platform.publicUrl(), token))
      await recordAccountEvent(tx, platform, caller, user.id, 'password.reset_request')
    })
  })
}
