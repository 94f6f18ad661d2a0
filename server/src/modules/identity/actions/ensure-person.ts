import type { Caller } from '../../../platform/context.ts'
import { newId } from '../../../platform/ids.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import { handOverUnconfirmed } from '../hand-over-unconfirmed.ts'
import type { Identity } from '../identity.ts'
import { findUserByEmail, type UserRow } from '../store.ts'
import { users } from '../tables.ts'

/**
 * The person of an address that an identity provider vouches for; without an account they get one, without a password.
 * An account whose address was never confirmed is handed over.
 */
export async function ensurePerson(
  identity: Pick<Identity, 'platform' | 'personalKeys'>,
  caller: Caller,
  person: { email: string; name: string },
  method: 'sso' | 'provisioning',
): Promise<UserRow> {
  const { platform } = identity
  const now = platform.clock.now()
  const email = person.email.toLowerCase()
  return accountTx(platform, async (tx) => {
    const made = await tx
      .insert(users)
      .values({ id: newId(), email, emailVerified: true, name: person.name, createdAt: now, updatedAt: now })
      .onConflictDoNothing()
      .returning()
    const [created] = made
    if (created) {
      await recordAccountEvent(tx, platform, caller, created.id, 'account.create', { method })
      return created
    }
    const found = await findUserByEmail(tx, email)
    if (!found) throw new Error('The account that stands in the way of a new one is not there.')
    if (found.emailVerified) return found
    await handOverUnconfirmed(identity, tx, caller, found.id)
    await recordAccountEvent(tx, platform, caller, found.id, 'email.verify', { method })
    return { ...found, emailVerified: true }
  })
}
