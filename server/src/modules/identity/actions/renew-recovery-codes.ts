import type { Caller } from '../../../platform/context.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import { confirmPassword } from '../confirm-password.ts'
import { twoFactorNotOn } from '../errors.ts'
import { findSecondFactorForUpdate, replaceRecoveryCodes } from '../factor-store.ts'
import type { Identity } from '../identity.ts'
import { noticeLetter } from '../letters.ts'
import { hashRecoveryCode, makeRecoveryCodes } from '../recovery-codes.ts'

/** New recovery codes; the old ones, used or not, are worth nothing any more. @throws two_factor_not_on (409) */
export async function renewRecoveryCodes(
  identity: Identity,
  caller: Caller,
  password: string,
): Promise<string[]> {
  const { platform } = identity
  const { user } = await confirmPassword(identity, caller, password)
  const codes = makeRecoveryCodes()
  await accountTx(platform, async (tx) => {
    if (!(await findSecondFactorForUpdate(tx, user.id))?.confirmedAt) throw twoFactorNotOn()
    await replaceRecoveryCodes(tx, user.id, codes.map(hashRecoveryCode), platform.clock.now())
    await recordAccountEvent(tx, platform, caller, user.id, 'two_factor.recovery_codes')
    const letter = noticeLetter(user, platform.publicUrl(), 'New recovery codes were made', caller)
    await platform.mail.sendAsSystem(tx, letter)
  })
  return codes
}
