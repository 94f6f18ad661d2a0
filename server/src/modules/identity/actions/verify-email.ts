import type { Caller } from '../../../platform/context.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import { matchOwnPassword } from '../confirm-password.ts'
import { linkInvalid, passwordNeeded } from '../errors.ts'
import { findSignedInPerson } from '../find-signed-in-person.ts'
import type { Identity } from '../identity.ts'
import { deleteTokensOf, findOneTimeTokenForUpdate, takeOneTimeToken } from '../one-time-tokens.ts'
import { findUser, updateEmailVerified } from '../store.ts'

/**
 * Confirms the address that a link was mailed to. The link alone shows who reads the letters, not who made the account:
 * it is confirmed for somebody who is signed in to it, or knows its password. Whoever is neither takes the account over
 * by setting a new password.
 * @throws link_invalid (400), password_needed (403, and the link still works), too_many_attempts (429)
 */
export async function verifyEmail(
  identity: Identity,
  caller: Caller,
  input: { token: string; password?: string | undefined },
  headers: Headers,
): Promise<void> {
  const { platform } = identity
  const user = await accountTx(platform, async (tx) => {
    const found = await findOneTimeTokenForUpdate(platform, tx, 'verify-email', input.token)
    return found?.userId ? findUser(tx, found.userId) : undefined
  })
  if (!user) throw linkInvalid()
  if ((await findSignedInPerson(identity, headers, caller.ip)) !== user.id) {
    if (input.password === undefined) throw passwordNeeded()
    const matched = await matchOwnPassword(identity, caller, user.id, input.password)
    if (matched === undefined) throw passwordNeeded({ message: 'This is not the password of the account.' })
  }
  await accountTx(platform, async (tx) => {
    const taken = await takeOneTimeToken(platform, tx, 'verify-email', input.token)
    if (!taken) throw linkInvalid()
    await deleteTokensOf(tx, user.id, 'verify-email')
    if (await updateEmailVerified(tx, user.id, platform.clock.now()))
      await recordAccountEvent(tx, platform, caller, user.id, 'email.verify')
  })
}
