import type { Caller } from '../../../platform/context.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import { linkInvalid } from '../errors.ts'
import type { Identity } from '../identity.ts'
import { deleteTokensOf, takeOneTimeToken } from '../one-time-tokens.ts'
import { updateEmailVerified } from '../store.ts'

/** Confirms the address that a link was mailed to. @throws link_invalid (400) */
export async function verifyEmail({ platform }: Identity, caller: Caller, token: string): Promise<void> {
  await accountTx(platform, async (tx) => {
    const taken = await takeOneTimeToken(platform, tx, 'verify-email', token)
    if (!taken?.userId) throw linkInvalid()
    const { userId } = taken
    await deleteTokensOf(tx, userId, 'verify-email')
    if (await updateEmailVerified(tx, userId, platform.clock.now()))
      await recordAccountEvent(tx, platform, caller, userId, 'email.verify')
  })
}
