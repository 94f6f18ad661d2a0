import type { Caller } from '../../../platform/context.ts'
import { unauthenticated } from '../../../platform/errors.ts'
import { personId } from '../../../platform/http/route.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import { confirmationCodeWrong, twoFactorAlreadyOn, twoFactorNotOn } from '../errors.ts'
import { findSecondFactorForUpdate, updateSecondFactor } from '../factor-store.ts'
import type { Identity } from '../identity.ts'
import { noticeLetter } from '../letters.ts'
import { limitAttempts } from '../limit-attempts.ts'
import { matchTotp } from '../match-totp.ts'
import { openFactorSecret } from '../second-factor-secret.ts'
import { findUser } from '../store.ts'

/** Switches the second factor on, once the person's app shows the right code. */
export async function confirmTwoFactor(identity: Identity, caller: Caller, code: string): Promise<void> {
  const { platform } = identity
  const userId = personId(caller)
  await limitAttempts(platform, 'confirm-two-factor', userId, { limit: 10, windowMs: 60_000 })
  await accountTx(platform, async (tx) => {
    const factor = await findSecondFactorForUpdate(tx, userId)
    if (!factor) throw twoFactorNotOn()
    if (factor.confirmedAt) throw twoFactorAlreadyOn()
    const now = platform.clock.now()
    const lastStep = matchTotp(openFactorSecret(platform, factor), code, now, factor.lastStep)
    if (lastStep === undefined) throw confirmationCodeWrong()
    await updateSecondFactor(tx, userId, { confirmedAt: now, lastStep })
    const user = await findUser(tx, userId)
    if (!user) throw unauthenticated()
    await recordAccountEvent(tx, platform, caller, userId, 'two_factor.enable')
    const letter = noticeLetter(user, platform.publicUrl(), 'A second factor was switched on', caller)
    await platform.mail.sendAsSystem(tx, letter)
  })
}
