import type { Caller } from '../../../platform/context.ts'
import { notFound } from '../../../platform/errors.ts'
import { personId } from '../../../platform/http/route.ts'
import { accountTx } from '../account-tx.ts'
import { findWaitingChangeOf } from '../address-change-store.ts'
import { type Identity, presentUser } from '../identity.ts'
import { listPasskeys } from '../passkey-store.ts'
import { findUser, listAccounts } from '../store.ts'

/** A person's own profile, with what they can sign in by, so that nobody is asked for a password they do not have. */
export async function describeProfile({ platform, signInPolicy }: Identity, caller: Caller) {
  const userId = personId(caller)
  const addressManaged = await signInPolicy.managesAddressOf(userId)
  return accountTx(platform, async (tx) => {
    const user = await findUser(tx, userId)
    if (!user) throw notFound()
    const providers = (await listAccounts(tx, userId)).map(({ providerId }) => providerId)
    const passkeys = await listPasskeys(tx, userId)
    const waiting = await findWaitingChangeOf(tx, userId, platform.clock.now())
    return {
      ...presentUser(user),
      hasPassword: providers.includes('credential'),
      signInMethods: [
        ...providers.map((provider) => (provider === 'credential' ? 'password' : provider)),
        ...(passkeys.length > 0 ? ['passkey'] : []),
      ],
      addressManaged,
      waitingEmail: waiting?.newEmail ?? null,
    }
  })
}
