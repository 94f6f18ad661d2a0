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
  const { platform } = identity
  const userId = personId(caller)
  await limitAttempts(platform, 'confirm-password', userId, triesPerMinute)
  const { user, known } = await accountTx(platform, async (tx) => ({
    user: await findUser(tx, userId),
    known: await hasPassword(tx, userId),
  }))
  if (!user) throw unauthenticated()
  if (!known) throw passwordMissing()
  if (!(await (await identity.engine()).verifyPassword(userId, password))) throw passwordWrong()
  return user
}
