import type { Caller } from '../../../platform/context.ts'
import { hashToken, randomToken } from '../../../platform/crypto/index.ts'
import { newId } from '../../../platform/ids.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import { deleteWaitingChanges, insertAddressChange, isAddressHeld } from '../address-change-store.ts'
import { addressChangeLetter, addressChangeNotice, addressTakenLetter } from '../address-letters.ts'
import { answerAlike } from '../answer-alike.ts'
import { confirmFreshPerson } from '../confirm-password.ts'
import { addressManaged, addressUnchanged, singleSignOnRequired } from '../errors.ts'
import type { Identity } from '../identity.ts'
import { limitAttempts, takesAnotherLetter } from '../limit-attempts.ts'
import { findUserByEmail } from '../store.ts'

const hourMs = 3600_000
/** The old address can take the change back for as long: a holiday's first days, not only a working day. */
const confirmMs = 24 * hourMs
const stopMs = 7 * 24 * hourMs

/**
 * Mails a link to the new address, which takes effect when it is opened, and tells the old one. Who asks cannot see
 * whether somebody has the new address: they are told by a letter of their own.
 * @throws password_wrong, sign_in_again, single_sign_on_required (403), address_managed, address_unchanged (409),
 *   too_many_attempts (429)
 */
export async function requestAddressChange(
  identity: Identity,
  caller: Caller,
  input: { newEmail: string; password?: string | undefined },
): Promise<void> {
  const { platform, signInPolicy } = identity
  const { newEmail } = input
  const user = await confirmFreshPerson(identity, caller, input.password)
  if (await signInPolicy.managesAddressOf(user.id)) throw addressManaged()
  if (await signInPolicy.mustUseSingleSignOnFor(newEmail)) throw singleSignOnRequired()
  if (newEmail === user.email) throw addressUnchanged()
  // Refused, and not left out in silence: the old address is told of every change.
  await limitAttempts(platform, 'change-address', user.id, { limit: 5, windowMs: hourMs })
  await answerAlike(async () => {
    const sends = await takesAnotherLetter(platform, 'change-address', newEmail, caller.ip)
    await accountTx(platform, async (tx) => {
      const now = platform.clock.now()
      const [confirmToken, stopToken] = [randomToken(32), user.emailVerified ? randomToken(32) : undefined]
      const holder = await findUserByEmail(tx, newEmail)
      const taken = holder !== undefined || (await isAddressHeld(tx, newEmail, now, user.id))
      await deleteWaitingChanges(tx, user.id)
      await insertAddressChange(tx, {
        id: newId(),
        userId: user.id,
        oldEmail: user.email,
        newEmail,
        confirmHash: hashToken(confirmToken),
        confirmUntil: new Date(now.getTime() + confirmMs),
        stopHash: stopToken === undefined ? null : hashToken(stopToken),
        stopUntil: new Date(now.getTime() + stopMs),
        createdAt: now,
        confirmedAt: null,
      })
      const publicUrl = platform.publicUrl()
      const letter = taken
        ? addressTakenLetter({ email: newEmail }, publicUrl)
        : addressChangeLetter({ email: newEmail, name: user.name }, publicUrl, confirmToken)
      if (sends) await platform.mail.sendAsSystem(tx, letter)
      await platform.mail.sendAsSystem(tx, addressChangeNotice(user, publicUrl, newEmail, stopToken))
      await recordAccountEvent(tx, platform, caller, user.id, 'email.change_request', { newEmail })
    })
  })
}
