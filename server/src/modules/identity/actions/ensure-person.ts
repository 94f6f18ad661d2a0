import { eq } from 'drizzle-orm'
import type { Caller } from '../../../platform/context.ts'
import type { SystemTx } from '../../../platform/db/types.ts'
import { newId } from '../../../platform/ids.ts'
import type { Platform } from '../../../platform/platform.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import { findUserByEmail, type UserRow } from '../store.ts'
import {
  accounts,
  oneTimeTokens,
  passkeys,
  recoveryCodes,
  secondFactors,
  sessions,
  users,
} from '../tables.ts'

/**
 * The person of an address that an identity provider vouches for; without an account they get one, without a password.
 * An account whose address was never confirmed may have been made by somebody else, to be found here: every way into
 * it that was set up before goes.
 */
export async function ensurePerson(
  platform: Platform,
  caller: Caller,
  person: { email: string; name: string },
  method: 'sso' | 'provisioning',
): Promise<UserRow> {
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
    await closeEveryWayIn(tx, found.id)
    await tx.update(users).set({ emailVerified: true, updatedAt: now }).where(eq(users.id, found.id))
    await recordAccountEvent(tx, platform, caller, found.id, 'email.verify', { method })
    return { ...found, emailVerified: true }
  })
}

async function closeEveryWayIn(tx: SystemTx, userId: string): Promise<void> {
  for (const table of [accounts, passkeys, secondFactors, recoveryCodes, oneTimeTokens, sessions])
    await tx.delete(table).where(eq(table.userId, userId))
}
