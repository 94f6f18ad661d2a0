import type { Caller } from '../../../platform/context.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import { checkNewPassword } from '../check-new-password.ts'
import { linkInvalid } from '../errors.ts'
import type { Identity } from '../identity.ts'
import { rememberDevice } from '../known-devices.ts'
import { noticeLetter } from '../letters.ts'
import { deleteTokensOf, findOneTimeTokenForUpdate, takeOneTimeToken } from '../one-time-tokens.ts'
import { deleteSessionsOf } from '../session-store.ts'
import { findUser, updateEmailVerified, updatePassword } from '../store.ts'

/**
 * Sets a new password for whoever holds the link, and ends every session of that person. Who can read the letter owns
 * the address, so it counts as confirmed, and this browser as one of theirs.
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
    const now = platform.clock.now()
    await updatePassword(tx, user.id, passwordHash, now)
    await updateEmailVerified(tx, user.id, now)
    // Steps of a sign-in that the old password began end with it.
    await deleteTokensOf(tx, user.id, 'two-factor')
    const ended = await deleteSessionsOf(tx, user.id, null)
    await recordAccountEvent(tx, platform, caller, user.id, 'password.reset', { sessionsEnded: ended })
    const letter = noticeLetter(user, platform.publicUrl(), 'Your password was reset', caller)
    await platform.mail.sendAsSystem(tx, letter)
    return rememberDevice(platform, tx, user.id, { headers, ip: caller.ip })
  })
}
