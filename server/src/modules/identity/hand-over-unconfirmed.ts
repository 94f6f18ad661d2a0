import type { SystemTx } from '../../platform/db/types.ts'
import { deleteSecondFactor } from './factor-store.ts'
import { deleteTokensOf } from './one-time-tokens.ts'
import { deletePasskeysOf } from './passkey-store.ts'
import { deleteSessionsOf } from './session-store.ts'
import { deleteAccountsOf, updateEmailVerified } from './store.ts'

/**
 * Hands an account whose address nobody had confirmed to whoever has proven the address now. It may have been made by
 * somebody else in waiting: every way into it that was set up before goes.
 */
export async function handOverUnconfirmed(tx: SystemTx, userId: string, now: Date): Promise<void> {
  await deleteAccountsOf(tx, userId)
  await deleteSecondFactor(tx, userId)
  await deletePasskeysOf(tx, userId)
  await deleteSessionsOf(tx, userId, null)
  for (const purpose of ['verify-email', 'reset-password', 'two-factor', 'passkey-registration'] as const)
    await deleteTokensOf(tx, userId, purpose)
  await updateEmailVerified(tx, userId, now)
}
