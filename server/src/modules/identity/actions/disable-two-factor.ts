import type { Caller } from '../../../platform/context.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import { confirmPassword } from '../confirm-password.ts'
import { twoFactorNotOn } from '../errors.ts'
import { deleteSecondFactor, findSecondFactorForUpdate } from '../factor-store.ts'
import type { Identity } from '../identity.ts'
import { noticeLetter } from '../letters.ts'

/** Switches the second factor off and forgets its secret and recovery codes. @throws two_factor_not_on (409) */
export async function disableTwoFactor(identity: Identity, caller: Caller, password: string): Promise<void> {
  const { platform } = identity
  const { user } = await confirmPassword(identity, caller, password)
  await accountTx(platform, async (tx) => {
    const factor = await findSecondFactorForUpdate(tx, user.id)
    if (!factor) throw twoFactorNotOn()
    await deleteSecondFactor(tx, user.id)
    if (!factor.confirmedAt) return
    await recordAccountEvent(tx, platform, caller, user.id, 'two_factor.disable')
    const letter = noticeLetter(user, platform.publicUrl(), 'The second factor was switched off', caller)
    await platform.mail.sendAsSystem(tx, letter)
  })
}
