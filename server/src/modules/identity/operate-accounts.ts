import { and, asc, gt, ilike, or } from 'drizzle-orm'
import type { Caller } from '../../platform/context.ts'
import { defineError, validationFailed } from '../../platform/errors.ts'
import { isId } from '../../platform/ids.ts'
import { type AccountAction, recordAccountEvent } from './account-events.ts'
import { accountTx } from './account-tx.ts'
import { deleteWaitingChanges } from './address-change-store.ts'
import { checkNewPassword } from './check-new-password.ts'
import { signUpBody } from './contract.ts'
import type { Identity } from './identity.ts'
import { deleteTokensOf } from './one-time-tokens.ts'
import { deleteSessionsOf } from './session-store.ts'
import {
  findUser,
  findUserByEmail,
  type UserRow,
  updateEmailVerified,
  updatePassword,
  updateUserSuperAdmin,
} from './store.ts'
import { users } from './tables.ts'

/** What whoever runs the installation does to accounts, beside the API. Each decision is written down with its caller. */
export type Account = Pick<UserRow, 'id' | 'email' | 'name' | 'emailVerified' | 'superAdmin' | 'createdAt'>

const accountNotFound = defineError('identity.account_not_found', 404, 'There is no such account.')

/** Accounts by id; those whose address or name contains `search`. */
export async function listAccounts(
  { platform }: Identity,
  page: { limit: number; afterId?: string | undefined; search?: string | undefined },
): Promise<Account[]> {
  const { limit, afterId, search } = page
  const pattern = `%${(search ?? '').replaceAll(/[\\%_]/g, '\\$&')}%`
  return accountTx(platform, (tx) =>
    tx
      .select()
      .from(users)
      .where(
        and(
          afterId === undefined ? undefined : gt(users.id, afterId),
          search === undefined ? undefined : or(ilike(users.email, pattern), ilike(users.name, pattern)),
        ),
      )
      .orderBy(asc(users.id))
      .limit(limit),
  )
}

/** By id or address. @throws identity.account_not_found (404) */
export async function getAccount({ platform }: Identity, idOrEmail: string): Promise<Account> {
  const found = await accountTx(platform, (tx) =>
    isId(idOrEmail) ? findUser(tx, idOrEmail) : findUserByEmail(tx, idOrEmail),
  )
  if (!found) throw accountNotFound({ message: `There is no account ${idOrEmail}.` })
  return found
}

/**
 * Makes an account whose address counts as confirmed. It belongs to no organization yet.
 * @throws validation_failed (400), email_taken (409), password_refused (422)
 */
export async function createAccount(
  identity: Identity,
  caller: Caller,
  given: { email: string; name: string; password: string },
): Promise<Account> {
  const input = requireValid(given)
  await checkNewPassword(identity, input.password, input)
  const engine = await identity.engine()
  const { userId } = await engine.signUp(input, new Headers())
  const { platform } = identity
  await accountTx(platform, async (tx) => {
    // The engine signs in whoever it makes, and nobody is there.
    await deleteSessionsOf(tx, userId, null)
    await updateEmailVerified(tx, userId, platform.clock.now())
    await recordAccountEvent(tx, platform, caller, userId, 'account.create')
  })
  return getAccount(identity, userId)
}

/** Sets a password and ends every session. @throws validation_failed (400), password_refused (422) */
export async function setAccountPassword(
  identity: Identity,
  caller: Caller,
  account: Account,
  password: string,
): Promise<{ sessionsEnded: number }> {
  requireValid({ email: account.email, name: account.name, password })
  await checkNewPassword(identity, password, account)
  const passwordHash = await (await identity.engine()).hashPassword(password)
  const { platform } = identity
  return accountTx(platform, async (tx) => {
    await updatePassword(tx, account.id, passwordHash, platform.clock.now())
    for (const purpose of ['reset-password', 'two-factor'] as const)
      await deleteTokensOf(tx, account.id, purpose)
    await deleteWaitingChanges(tx, account.id)
    const sessionsEnded = await deleteSessionsOf(tx, account.id, null)
    await recordAccountEvent(tx, platform, caller, account.id, 'password.change', { sessionsEnded })
    return { sessionsEnded }
  })
}

/** Makes somebody a super-admin, who operates the whole installation, or takes that back. */
export async function setSuperAdmin(
  { platform }: Identity,
  caller: Caller,
  account: Account,
  superAdmin: boolean,
): Promise<void> {
  const action: AccountAction = superAdmin ? 'admin.grant' : 'admin.revoke'
  await accountTx(platform, async (tx) => {
    await updateUserSuperAdmin(tx, account.id, superAdmin)
    await recordAccountEvent(tx, platform, caller, account.id, action)
  })
}

/** Ends every session of a person. @returns how many there were */
export async function endSessions(
  { platform }: Identity,
  caller: Caller,
  account: Account,
): Promise<{ sessionsEnded: number }> {
  return accountTx(platform, async (tx) => {
    const sessionsEnded = await deleteSessionsOf(tx, account.id, null)
    await recordAccountEvent(tx, platform, caller, account.id, 'session.end', { sessionsEnded })
    return { sessionsEnded }
  })
}

const accountInput = signUpBody.pick({ email: true, name: true, password: true })

function requireValid(given: { email: string; name: string; password: string }) {
  const result = accountInput.safeParse(given)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`)
  throw validationFailed({ message: `This is not valid: ${problems.join('; ')}.` })
}
