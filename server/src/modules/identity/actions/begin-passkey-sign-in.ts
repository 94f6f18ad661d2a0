import { accountTx } from '../account-tx.ts'
import { makeSignInOptions } from '../adapters/passkeys.ts'
import type { Identity } from '../identity.ts'
import { issueOneTimeToken } from '../one-time-tokens.ts'

/** What a browser needs to sign somebody in, whoever it turns out to be. */
export async function beginPasskeySignIn({ platform }: Identity) {
  const options = await makeSignInOptions(platform.publicUrl())
  const passkeyToken = await accountTx(platform, (tx) =>
    issueOneTimeToken(platform, tx, {
      purpose: 'passkey-sign-in',
      userId: null,
      data: { challenge: options.challenge },
    }),
  )
  return { passkeyToken, options: { ...options } }
}
