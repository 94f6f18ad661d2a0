import type { Caller } from '../../../platform/context.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import { deleteWaitingChanges } from '../address-change-store.ts'
import { checkNewPassword } from '../check-new-password.ts'
import { linkInvalid } from '../errors.ts'
import { handOverUnconfirmed } from '../hand-over-unconfirmed.ts'
import type { Identity } from '../identity.ts'
import { rememberDevice } from '../known-devices.ts'
import { noticeLetter, passkeysStay } from '../letters.ts'
import { deleteTokensOf, findOneTimeTokenForUpdate, takeOneTimeToken } from '../one-time-tokens.ts'
import { listPasskeys } from '../passkey-store.ts'
import { deleteSessionsOf } from '../session-store.ts'
import { findUser, updatePassword } from '../store.ts'

/**
 * Sets a new password for whoever holds the link, and ends every session of that person. Who can read the letter owns
 * the address, so it counts as confirmed, and this browser as one of theirs. Of an account whose address nobody had
 * confirmed, everything that was set up before goes: somebody else may have made it.
 * @returns the cookie of the known browser
 * @throws link_invalid (400), password_refused (422, and the link still works)
 */
export async function resetPassword(
  identity: Identity,
  caller: Caller,
  input: { token: string; password: string },
  headers: Headers,
): Promise<string> {
  const { platform } = identity
  // The slow and the outside part comes first, with no transaction open.
  const user = await accountTx(platform, async (tx) => {
    const found = await findOneTimeTokenForUpdate(platform, tx, 'reset-password', input.token)
    return found?.userId ? findUser(tx, found.userId) : undefined
  })
  if (!user) throw linkInvalid()
  await checkNewPassword(identity, input.password, user)
  const passwordHash = await (await identity.engine()).hashPassword(input.password)
  return accountTx(platform, async (tx) => {
    const taken = await takeOneTimeToken(platform, tx, 'reset-password', input.token)
    if (!taken) throw linkInvalid()
    const before = await findUser(tx, user.id)
    if (!before) throw linkInvalid()
    const handedOver = before.emailVerified ? 0 : await handOverUnconfirmed(identity, tx, caller, user.id)
    await updatePassword(tx, user.id, passwordHash, platform.clock.now())
    // After the new password, which a sign-in under way looks for: it either finds it, or its session is among these.
    const ended = handedOver + (await deleteSessionsOf(tx, user.id, null))
    // Other links, and the steps that somebody began under the old password, end with it.
    for (const purpose of ['reset-password', 'two-factor', 'passkey-registration'] as const)
      await deleteTokensOf(tx, user.id, purpose)
    await deleteWaitingChanges(tx, user.id)
    await recordAccountEvent(tx, platform, caller, user.id, 'password.reset', { sessionsEnded: ended })
    const stay = passkeysStay((await listPasskeys(tx, user.id)).length)
    const letter = noticeLetter(user, platform.publicUrl(), 'Your password was reset', caller, stay)
    await platform.mail.sendAsSystem(tx, letter)
    return rememberDevice(platform, tx, user.id, { headers, ip: caller.ip })
  })
}
