import { z } from 'zod'
import type { Caller } from '../../../platform/context.ts'
import type { SystemTx } from '../../../platform/db/types.ts'
import type { Platform } from '../../../platform/platform.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import { twoFactorCodeWrong, twoFactorFailed } from '../errors.ts'
import {
  countRecoveryCodes,
  findSecondFactorForUpdate,
  updateSecondFactor,
  useRecoveryCode,
} from '../factor-store.ts'
import type { Identity } from '../identity.ts'
import { noticeLetter } from '../letters.ts'
import { admitAttempt } from '../limit-attempts.ts'
import { matchTotp } from '../match-totp.ts'
import { deleteOneTimeToken, findOneTimeTokenForUpdate, updateTokenFailures } from '../one-time-tokens.ts'
import { hashRecoveryCode } from '../recovery-codes.ts'
import { openFactorSecret } from '../second-factor-secret.ts'
import { findUser } from '../store.ts'
import { completeSignIn, type SignInMethod } from './complete-sign-in.ts'
import type { OpenedSession } from './open-session.ts'

const mostFailures = 5
const begun = z.object({
  method: z.enum(['password', 'google', 'github', 'sso']),
  organizationId: z.uuid().nullable().default(null),
  passwordHash: z.string().nullable().default(null),
})

/**
 * Finishes a sign-in with the code of the second factor, or a recovery code. Five wrong codes end the attempt; wrong
 * codes also count for the account, so that beginning anew does not give five more for ever.
 * @throws two_factor_code_wrong, two_factor_failed (401), too_many_attempts (429)
 */
export async function passSecondFactor(
  identity: Identity,
  caller: Caller,
  input: { twoFactorToken: string; code: string },
  headers: Headers,
): Promise<OpenedSession> {
  const { platform } = identity
  const userId = await accountTx(platform, async (tx) => {
    const found = await findOneTimeTokenForUpdate(platform, tx, 'two-factor', input.twoFactorToken)
    return found?.userId ?? undefined
  })
  if (userId === undefined) throw twoFactorFailed()
  const attempt = await admitAttempt(platform, 'two-factor', {
    account: userId,
    userId,
    ip: caller.ip,
    headers,
  })
  const outcome = await accountTx(platform, async (tx) => {
    const token = await findOneTimeTokenForUpdate(platform, tx, 'two-factor', input.twoFactorToken)
    if (!token) return { kind: 'failed' } as const
    const second = await useCode(platform, tx, caller, userId, input.code)
    if (second) {
      await deleteOneTimeToken(tx, token.id)
      const { method, ...terms } = begun.parse(token.data)
      return { kind: 'passed', methods: [method, second], terms } as const
    }
    await recordAccountEvent(tx, platform, caller, userId, 'two_factor.refuse')
    const attemptsLeft = mostFailures - token.failures - 1
    if (attemptsLeft > 0) await updateTokenFailures(tx, token.id)
    else await deleteOneTimeToken(tx, token.id)
    return { kind: 'wrong', attemptsLeft } as const
  })
  if (outcome.kind === 'passed')
    return completeSignIn(identity, caller, userId, headers, outcome.methods, outcome.terms)
  if (outcome.kind === 'failed') throw twoFactorFailed()
  await attempt.failed()
  throw outcome.attemptsLeft > 0
    ? twoFactorCodeWrong({ details: { attemptsLeft: outcome.attemptsLeft } })
    : twoFactorFailed()
}

/** Uses a code up. @returns which kind it was; undefined when it is wrong or spent */
async function useCode(
  platform: Platform,
  tx: SystemTx,
  caller: Caller,
  userId: string,
  code: string,
): Promise<SignInMethod | undefined> {
  const factor = await findSecondFactorForUpdate(tx, userId)
  if (!factor?.confirmedAt) return undefined
  const now = platform.clock.now()
  const digits = code.replaceAll(/\s/g, '')
  if (/^\d{6}$/.test(digits)) {
    const lastStep = matchTotp(openFactorSecret(platform, factor), digits, now, factor.lastStep)
    if (lastStep === undefined) return undefined
    await updateSecondFactor(tx, userId, { lastStep })
    return 'totp'
  }
  if (!(await useRecoveryCode(tx, userId, hashRecoveryCode(code), now))) return undefined
  const user = await findUser(tx, userId)
  const left = await countRecoveryCodes(tx, userId)
  const what = `A recovery code was used to sign in; ${left} are left`
  if (user) await platform.mail.sendAsSystem(tx, noticeLetter(user, platform.publicUrl(), what, caller))
  return 'recovery_code'
}
