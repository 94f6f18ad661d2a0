import type { Caller } from '../../platform/context.ts'
import { unauthenticated } from '../../platform/errors.ts'
import { personId } from '../../platform/http/route.ts'
import { accountTx } from './account-tx.ts'
import { passwordMissing, passwordWrong } from './errors.ts'
import type { Identity } from './identity.ts'
import { limitAttempts } from './limit-attempts.ts'
import { findUser, hasPassword, type UserRow } from './store.ts'

const triesPerMinute = { limit: 10, windowMs: 60_000 }

/**
 * Asks a signed-in person for their password again, before what a borrowed session must not do.
 * @throws password_wrong (403), password_missing (409), too_many_attempts (429)
 */
export async function confirmPassword(
  identity: Identity,
  caller: Caller,
  password: string,
): Promise<UserRow> {
  const { user, known } = await whoAsks(identity, caller)
  if (!known) throw passwordMissing()
  return matching(identity, user, password)
}

/**
 * As `confirmPassword`, but people who have no password, because they came by another way, pass without.
 * @throws password_wrong (403), too_many_attempts (429)
 */
export async function confirmPerson(
  identity: Identity,
  caller: Caller,
  password: string | undefined,
): Promise<UserRow> {
  const { user, known } = await whoAsks(identity, caller)
  return known ? matching(identity, user, password ?? '') : user
}

async function whoAsks({ platform }: Identity, caller: Caller): Promise<{ user: UserRow; known: boolean }> {
  const userId = personId(caller)
  await limitAttempts(platform, 'confirm-password', userId, triesPerMinute)
  return accountTx(platform, async (tx) => {
    const user = await findUser(tx, userId)
    if (!user) throw unauthenticated()
    return { user, known: await hasPassword(tx, userId) }
  })
}

async function matching(identity: Identity, user: UserRow, password: string): Promise<UserRow> {
  if (!(await (await identity.engine()).verifyPassword(user.id, password))) throw passwordWrong()
  return user
}
