import type { Caller } from '../../../platform/context.ts'
import { accountTx } from '../account-tx.ts'
import { makeRegistrationOptions } from '../adapters/passkeys.ts'
import { confirmPerson } from '../confirm-password.ts'
import type { Identity } from '../identity.ts'
import { issueOneTimeToken } from '../one-time-tokens.ts'
import { listPasskeys } from '../passkey-store.ts'

/** What a browser needs to make a passkey. @throws password_wrong (403), for those who have a password */
export async function beginPasskey(identity: Identity, caller: Caller, password: string | undefined) {
  const { platform } = identity
  const user = await confirmPerson(identity, caller, password)
  const known = await accountTx(platform, (tx) => listPasskeys(tx, user.id))
  const options = await makeRegistrationOptions(platform.publicUrl(), user, known)
  const registrationToken = await accountTx(platform, (tx) =>
    issueOneTimeToken(platform, tx, {
      purpose: 'passkey-registration',
      userId: user.id,
      data: { challenge: options.challenge },
    }),
  )
  return { registrationToken, options: { ...options } }
}
