import { randomBytes } from 'node:crypto'
import type { Caller } from '../../../platform/context.ts'
import { accountTx } from '../account-tx.ts'
import { confirmPassword } from '../confirm-password.ts'
import { twoFactorAlreadyOn } from '../errors.ts'
import { findSecondFactorForUpdate, insertSecondFactor, replaceRecoveryCodes } from '../factor-store.ts'
import type { Identity } from '../identity.ts'
import { base32, totpUri } from '../match-totp.ts'
import { hashRecoveryCode, makeRecoveryCodes } from '../recovery-codes.ts'
import { sealFactorSecret } from '../second-factor-secret.ts'

const secretBytes = 20

/** Makes the secret of a second factor, which is asked for once a first code has confirmed it. */
export async function beginTwoFactor(identity: Identity, caller: Caller, password: string) {
  const { platform } = identity
  const { user } = await confirmPassword(identity, caller, password)
  const secret = randomBytes(secretBytes)
  const recoveryCodes = makeRecoveryCodes()
  const now = platform.clock.now()
  await accountTx(platform, async (tx) => {
    if ((await findSecondFactorForUpdate(tx, user.id))?.confirmedAt) throw twoFactorAlreadyOn()
    const secretSealed = sealFactorSecret(platform, user.id, secret)
    await insertSecondFactor(tx, { userId: user.id, secretSealed, createdAt: now })
    await replaceRecoveryCodes(tx, user.id, recoveryCodes.map(hashRecoveryCode), now)
  })
  return { secret: base32(secret), uri: totpUri(secret, 'Freehold', user.email), recoveryCodes }
}
