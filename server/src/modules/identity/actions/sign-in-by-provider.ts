import type { Caller } from '../../../platform/context.ts'
import { unauthenticated } from '../../../platform/errors.ts'
import { accountTx } from '../account-tx.ts'
import type { Identity } from '../identity.ts'
import { findUser } from '../store.ts'
import { passFirstFactor, type SignInOutcome } from './pass-first-factor.ts'

/**
 * Signs in somebody whom their organization's identity provider vouches for, or asks for their second factor.
 * @param organizationId where the session acts
 */
export async function signInByProvider(
  identity: Identity,
  caller: Caller,
  userId: string,
  headers: Headers,
  organizationId: string,
): Promise<SignInOutcome> {
  const user = await accountTx(identity.platform, (tx) => findUser(tx, userId))
  if (!user) throw unauthenticated()
  return passFirstFactor(identity, caller, user, headers, 'sso', { organizationId })
}
