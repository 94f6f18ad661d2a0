import type { Caller } from '../../../platform/context.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import {
  findWaitingChange,
  isAddressHeld,
  updateChangeConfirmed,
  updateUserEmail,
} from '../address-change-store.ts'
import { matchOwnPassword } from '../confirm-password.ts'
import { addressManaged, emailTaken, linkInvalid, passwordNeeded } from '../errors.ts'
import { findSignedInCaller } from '../find-signed-in-person.ts'
import type { Identity } from '../identity.ts'
import { deleteTokensOf } from '../one-time-tokens.ts'
import { deleteSessionsOf } from '../session-store.ts'
import { findUser, findUserByEmail } from '../store.ts'

/**
 * Gives an account the address that a link was mailed to, and ends its other sessions. As with `verifyEmail`, the link
 * alone shows who reads the letters, not whose account this is: it counts for somebody who is signed in to the account,
 * or knows its password.
 * @throws link_invalid (400), password_needed (403, and the link still works), address_managed, email_taken (409)
 */
export async function confirmAddressChange(
  identity: Identity,
  caller: Caller,
  input: { token: string; password?: string | undefined },
  headers: Headers,
): Promise<void> {
  const { platform, signInPolicy } = identity
  const waiting = await accountTx(platform, (tx) => findWaitingChange(tx, input.token, platform.clock.now()))
  if (!waiting) throw linkInvalid()
  const { userId } = waiting
  const signedIn = await findSignedInCaller(identity, headers, caller.ip)
  const sessionId = signedIn?.userId === userId ? signedIn.sessionId : null
  if (signedIn?.userId !== userId) {
    if (input.password === undefined) throw passwordNeeded()
    const matched = await matchOwnPassword(identity, caller, userId, input.password)
    if (matched === undefined) throw passwordNeeded({ message: 'This is not the password of the account.' })
  }
  // Single sign-on may have begun to count since the letter was sent.
  if (await signInPolicy.managesAddressOf(userId)) throw addressManaged()
  if (await signInPolicy.mustUseSingleSignOnFor(waiting.newEmail)) throw addressManaged()
  await accountTx(platform, async (tx) => {
    const now = platform.clock.now()
    const change = await findWaitingChange(tx, input.token, now)
    const user = change && (await findUser(tx, userId))
    if (!change || !user) throw linkInvalid()
    const { newEmail } = change
    const holder = await findUserByEmail(tx, newEmail)
    if (holder !== undefined || (await isAddressHeld(tx, newEmail, now, userId))) throw emailTaken()
    await updateUserEmail(tx, userId, newEmail, now)
    await updateChangeConfirmed(tx, change.id, now)
    // Links in letters to the old address, and steps that were begun with it.
    for (const purpose of ['verify-email', 'reset-password', 'two-factor'] as const)
      await deleteTokensOf(tx, userId, purpose)
    const sessionsEnded = await deleteSessionsOf(tx, userId, sessionId)
    const details = { from: user.email, to: newEmail, sessionsEnded }
    await recordAccountEvent(tx, platform, caller, userId, 'email.change', details)
  })
}
