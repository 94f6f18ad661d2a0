import type { Caller } from '../../../platform/context.ts'
import { accountTx } from '../account-tx.ts'
import { answerAlike } from '../answer-alike.ts'
import type { Identity } from '../identity.ts'
import { takesAnotherLetter } from '../limit-attempts.ts'
import { sendVerification } from '../send-verification.ts'
import { findUserByEmail } from '../store.ts'

/** Mails the link that confirms an address once more, if it is needed; who asks cannot see whether. */
export async function resendVerification(
  { platform }: Identity,
  caller: Caller,
  email: string,
): Promise<void> {
  await answerAlike(async () => {
    if (!(await takesAnotherLetter(platform, 'verify-email', email, caller.ip))) return
    await accountTx(platform, async (tx) => {
      const user = await findUserByEmail(tx, email)
      if (user) await sendVerification(platform, tx, user)
    })
  })
}
