import type { Caller } from '../../../platform/context.ts'
import { accountTx } from '../account-tx.ts'
import { findSecondFactor } from '../factor-store.ts'
import type { Identity } from '../identity.ts'
import { issueOneTimeToken, tokenLifeMs } from '../one-time-tokens.ts'
import { requireAllowedMethod } from '../require-allowed-method.ts'
import { requireConfirmedAddress } from '../require-confirmed-address.ts'
import type { UserRow } from '../store.ts'
import { completeSignIn, type SignInMethod, type SignInTerms } from './complete-sign-in.ts'
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
  terms: SignInTerms = {},
): Promise<SignInOutcome> {
  const { platform } = identity
  const factor = await accountTx(platform, (tx) => findSecondFactor(tx, user.id))
  if (!factor?.confirmedAt) return completeSignIn(identity, caller, user.id, headers, [method], terms)
  // As completing asks again: nobody is led to their second factor for nothing.
  await requireAllowedMethod(identity, caller, user.id, [method])
  await requireConfirmedAddress(identity, caller, user.id, [method])
  const twoFactorToken = await accountTx(platform, (tx) =>
    issueOneTimeToken(platform, tx, {
      purpose: 'two-factor',
      userId: user.id,
      data: { method, ...terms },
    }),
  )
  const expiresIn = tokenLifeMs['two-factor'] / 1000
  return { body: { twoFactorRequired: true, twoFactorToken, expiresIn }, cookies: [] }
}
