import type { Caller } from '../../platform/context.ts'
import { unauthenticated } from '../../platform/errors.ts'
import { personId } from '../../platform/http/route.ts'
import { accountTx } from './account-tx.ts'
import { passwordMissing, passwordWrong, signInAgain } from './errors.ts'
import type { Identity } from './identity.ts'
import { admitAttempt } from './limit-attempts.ts'
import { findSession, findUser, hasPassword, type UserRow } from './store.ts'

export interface ConfirmedPerson {
  user: UserRow
  /** What the password was checked against: see `isCurrentPassword`. */
  passwordHash: string
}

/**
 * Asks a signed-in person for their password again, before what a borrowed session must not do.
 * @throws password_wrong (403), password_missing (409), too_many_attempts (429)
 */
export async function confirmPassword(
  identity: Identity,
  caller: Caller,
  password: string,
): Promise<ConfirmedPerson> {
  const { user, known } = await whoAsks(identity, caller)
  if (!known) throw passwordMissing()
  return matching(identity, caller, user, password)
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
  return known ? (await matching(identity, caller, user, password ?? '')).user : user
}

/** How long after its sign-in a session alone says who is there. */
const freshMs = 10 * 60_000

/**
 * As `confirmPassword`, but of people who have no password asks that they signed in just now.
 * @throws password_wrong, sign_in_again (403), too_many_attempts (429)
 */
export async function confirmFreshPerson(
  identity: Identity,
  caller: Caller,
  password: string | undefined,
): Promise<UserRow> {
  const { user, known } = await whoAsks(identity, caller)
  if (known) return (await matching(identity, caller, user, password ?? '')).user
  const { platform } = identity
  const { sessionId } = caller
  const now = platform.clock.now()
  const session =
    sessionId === null ? undefined : await accountTx(platform, (tx) => findSession(tx, sessionId, now))
  if (!session || now.getTime() - session.createdAt.getTime() > freshMs) throw signInAgain()
  return user
}

async function whoAsks({ platform }: Identity, caller: Caller): Promise<{ user: UserRow; known: boolean }> {
  const userId = personId(caller)
  return accountTx(platform, async (tx) => {
    const user = await findUser(tx, userId)
    if (!user) throw unauthenticated()
    return { user, known: await hasPassword(tx, userId) }
  })
}

async function matching(
  identity: Identity,
  caller: Caller,
  user: UserRow,
  password: string,
): Promise<ConfirmedPerson> {
  const passwordHash = await matchOwnPassword(identity, caller, user.id, password)
  if (passwordHash === undefined) throw passwordWrong()
  return { user, passwordHash }
}

/**
 * The stored hash that an account's password matches. Wrong ones count, so that whoever has borrowed a session, or holds
 * a letter, waits longer and longer. @throws too_many_attempts (429)
 */
export async function matchOwnPassword(
  identity: Identity,
  caller: Caller,
  userId: string,
  password: string,
): Promise<string | undefined> {
  const attempt = await admitAttempt(identity.platform, 'confirm-password', {
    account: userId,
    userId,
    ip: caller.ip,
    // A borrowed browser is no proof: what is known of it must not widen the bucket.
    headers: new Headers(),
  })
  const matched = await (await identity.engine()).matchPassword(userId, password)
  if (matched === undefined) await attempt.failed()
  return matched
}
