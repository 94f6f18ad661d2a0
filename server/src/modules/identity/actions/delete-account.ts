import type { Caller } from '../../../platform/context.ts'
import { accountTx } from '../account-tx.ts'
import { confirmPassword } from '../confirm-password.ts'
import { lastOwner } from '../errors.ts'
import type { Identity } from '../identity.ts'
import { accountDeletedLetter } from '../letters.ts'
import { takesAnotherLetter } from '../limit-attempts.ts'
import { deleteUser } from '../store.ts'

/**
 * Removes the caller's account: sessions, tokens, factors, memberships, personal keys and conversations go with it; what
 * their calls cost stays in the books under a pseudonym.
 * @throws password_wrong (403), password_missing, last_owner (409, with `details.organizations`)
 */
export async function deleteAccount(identity: Identity, caller: Caller, password: string): Promise<void> {
  const { platform, directory } = identity
  const { user } = await confirmPassword(identity, caller, password)
  const sends = await takesAnotherLetter(platform, 'account-deleted', user.email, caller.ip)
  await identity.recordCalls()
  await accountTx(platform, async (tx) => {
    const person = { ...caller, userId: user.id }
    const organizations = await directory.leaveAll(tx, person, platform.clock.now())
    if (organizations.length > 0) throw lastOwner({ details: { organizations } })
    if (sends) await platform.mail.sendAsSystem(tx, accountDeletedLetter(user, platform.publicUrl()))
    await identity.erasePerson(tx, { userId: user.id, email: user.email })
    await deleteUser(tx, user.id)
  })
}
