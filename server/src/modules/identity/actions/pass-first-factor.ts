import type { Caller } from '../../../platform/context.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import { emailNotVerified } from '../errors.ts'
import { findSecondFactor } from '../factor-store.ts'
import type { Identity } from '../identity.ts'
import { takesAnotherLetter } from '../limit-attempts.ts'
import { issueOneTimeToken, tokenLifeMs } from '../one-time-tokens.ts'
import { requireAllowedMethod } from '../require-allowed-method.ts'
import { sendVerification } from '../send-verification.ts'
import type { UserRow } from '../store.ts'
import { completeSignIn, type SignInMethod } from './complete-sign-in.ts'
import type { OpenedSession } from './open-session.ts'

export interface TwoFactorChallenge {
  twoFactorRequired: true
  twoFactorToken: string
  expiresIn: number
}

export type SignInOutcome = OpenedSession | { body: TwoFactorChallenge; cookies: string[] }

/** What follows a password or another provider's word: the second factor where there is one, else the session. */
export async function passFirstFactor(
  identity: Identity,
  caller: Caller,
  user: UserRow,
  headers: Headers,
  method: SignInMethod,
  organizationId: string | null = null,
): Promise<SignInOutcome> {
  const { platform } = identity
  await requireAllowedMethod(identity, caller, user.id, [method])
  if (platform.config.FREEHOLD_REQUIRE_VERIFIED_EMAIL && !user.emailVerified) {
    const sends = await takesAnotherLetter(platform, 'verify-email', user.email)
    await accountTx(platform, async (tx) => {
      if (sends) await sendVerification(platform, tx, user)
      await recordAccountEvent(tx, platform, caller, user.id, 'session.refuse', { method, reason: 'email' })
    })
    throw emailNotVerified()
  }
  const twoFactorToken = await accountTx(platform, async (tx) => {
    const factor = await findSecondFactor(tx, user.id)
    if (!factor?.confirmedAt) return undefined
    return issueOneTimeToken(platform, tx, {
      purpose: 'two-factor',
      userId: user.id,
      data: { method, organizationId },
    })
  })
  if (twoFactorToken === undefined)
    return completeSignIn(identity, caller, user.id, headers, [method], organizationId)
  const expiresIn = tokenLifeMs['two-factor'] / 1000
  return { body: { twoFactorRequired: true, twoFactorToken, expiresIn }, cookies: [] }
}
