import type { Caller } from '../../platform/context.ts'
import type { SystemTx } from '../../platform/db/types.ts'
import { deleteWaitingChanges } from './address-change-store.ts'
import { deleteSecondFactor } from './factor-store.ts'
import type { Identity } from './identity.ts'
import { deleteKnownDevicesOf } from './known-devices.ts'
import { deleteTokensOf } from './one-time-tokens.ts'
import { deletePasskeysOf } from './passkey-store.ts'
import { deleteSessionsOf } from './session-store.ts'
import { deleteAccountsOf, updateEmailVerified } from './store.ts'

/**
 * Hands an account whose address nobody had confirmed to whoever has proven the address now. It may have been made by
 * somebody else in waiting: every way into it that was set up before goes, and every key it has given out.
 * @returns how many sessions ended
 */
export async function handOverUnconfirmed(
  { platform, personalKeys }: Pick<Identity, 'platform' | 'personalKeys'>,
  tx: SystemTx,
  caller: Caller,
  userId: string,
): Promise<number> {
  const now = platform.clock.now()
  // First, because whoever is finishing a step now holds its token: what they add is then there to be removed below.
  for (const purpose of ['verify-email', 'reset-password', 'two-factor', 'passkey-registration'] as const)
    await deleteTokensOf(tx, userId, purpose)
  await deleteWaitingChanges(tx, userId)
  await deleteAccountsOf(tx, userId)
  await deleteSecondFactor(tx, userId)
  await deletePasskeysOf(tx, userId)
  const sessionsEnded = await deleteSessionsOf(tx, userId, null)
  await deleteKnownDevicesOf(tx, userId)
  await personalKeys.revokeAllOf(tx, caller, userId, now)
  await updateEmailVerified(tx, userId, now)
  return sessionsEnded
}
