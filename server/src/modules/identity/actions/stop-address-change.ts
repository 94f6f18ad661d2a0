import type { Caller } from '../../../platform/context.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import { deleteChangesSince, findStoppableChange, updateUserEmail } from '../address-change-store.ts'
import { emailTaken, linkInvalid } from '../errors.ts'
import type { Identity } from '../identity.ts'
import { passkeysStay, passwordResetLetter } from '../letters.ts'
import { deleteTokensOf, issueOneTimeToken } from '../one-time-tokens.ts'
import { listPasskeys } from '../passkey-store.ts'
import { deleteSessionsOf } from '../session-store.ts'
import { deletePassword, findUser, findUserByEmail } from '../store.ts'

/**
 * What the letter to the old address offers: the change is called off or, where it took effect, taken back. Whoever
 * asked for it knew the password or held a session, so neither works afterwards; a letter sets a new password.
 * @throws link_invalid (400), email_taken (409) when the old address has another account by now
 */
export async function stopAddressChange(
  { platform }: Identity,
  caller: Caller,
  token: string,
): Promise<void> {
  await accountTx(platform, async (tx) => {
    const now = platform.clock.now()
    const change = await findStoppableChange(tx, token, now)
    const user = change && (await findUser(tx, change.userId))
    if (!change || !user) throw linkInvalid()
    const { oldEmail } = change
    // Not only back from the address of this change: there may have been another after it.
    if (user.email !== oldEmail) {
      if (await findUserByEmail(tx, oldEmail)) throw emailTaken()
      await updateUserEmail(tx, user.id, oldEmail, now)
    }
    await deleteChangesSince(tx, change)
    for (const purpose of ['verify-email', 'reset-password', 'two-factor', 'passkey-registration'] as const)
      await deleteTokensOf(tx, user.id, purpose)
    await deletePassword(tx, user.id)
    const sessionsEnded = await deleteSessionsOf(tx, user.id, null)
    const details = { from: user.email, to: oldEmail, sessionsEnded }
    await recordAccountEvent(tx, platform, caller, user.id, 'email.change_stop', details)
    const reset = await issueOneTimeToken(platform, tx, { purpose: 'reset-password', userId: user.id })
    const stay = passkeysStay((await listPasskeys(tx, user.id)).length)
    const to = { email: oldEmail, name: user.name }
    await platform.mail.sendAsSystem(tx, passwordResetLetter(to, platform.publicUrl(), reset, stay))
  })
}
