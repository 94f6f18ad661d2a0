import type { Caller } from '../../../platform/context.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import { deleteWaitingChanges } from '../address-change-store.ts'
import { checkNewPassword } from '../check-new-password.ts'
import { confirmPassword } from '../confirm-password.ts'
import { passwordWrong } from '../errors.ts'
import type { Identity } from '../identity.ts'
import { noticeLetter } from '../letters.ts'
import { deleteTokensOf } from '../one-time-tokens.ts'
import { deleteSessionsOf } from '../session-store.ts'
import { isCurrentPassword, updatePassword } from '../store.ts'

/** Changes a person's password and ends their other sessions. @throws password_wrong (403), password_refused (422) */
export async function changePassword(
  identity: Identity,
  caller: Caller,
  input: { currentPassword: string; newPassword: string },
): Promise<void> {
  const { platform } = identity
  const { user, passwordHash: before } = await confirmPassword(identity, caller, input.currentPassword)
  await checkNewPassword(identity, input.newPassword, user)
  const passwordHash = await (await identity.engine()).hashPassword(input.newPassword)
  await accountTx(platform, async (tx) => {
    // It may have been reset while this one was checked: then it is no longer the one that was asked for.
    if (!(await isCurrentPassword(tx, user.id, before))) throw passwordWrong()
    await updatePassword(tx, user.id, passwordHash, platform.clock.now())
    for (const purpose of ['reset-password', 'two-factor'] as const)
      await deleteTokensOf(tx, user.id, purpose)
    await deleteWaitingChanges(tx, user.id)
    const ended = await deleteSessionsOf(tx, user.id, caller.sessionId)
    await recordAccountEvent(tx, platform, caller, user.id, 'password.change', { sessionsEnded: ended })
    const letter = noticeLetter(user, platform.publicUrl(), 'Your password was changed', caller)
    await platform.mail.sendAsSystem(tx, letter)
  })
}
