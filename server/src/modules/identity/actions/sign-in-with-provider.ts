import { z } from 'zod'
import type { Caller } from '../../../platform/context.ts'
import { hashToken } from '../../../platform/crypto/index.ts'
import { accountTx } from '../account-tx.ts'
import { providerEmailUnverified, socialSignInFailed } from '../errors.ts'
import { findOrMakePerson } from '../external-person.ts'
import type { Identity } from '../identity.ts'
import { takeOneTimeToken } from '../one-time-tokens.ts'
import { readSocialCookie, socialCookie } from '../social-cookie.ts'
import type { UserRow } from '../store.ts'
import { passFirstFactor, type SignInOutcome } from './pass-first-factor.ts'

const begun = z.object({
  provider: z.enum(['google', 'github']),
  verifier: z.string(),
  nonce: z.string(),
  redirectUri: z.string(),
  returnTo: z.string(),
  bindingHash: z.string(),
})

/**
 * Finishes a sign-in with another provider. A new person gets an organization, as by signing up.
 * @throws social_sign_in_failed (401), provider_email_unverified, single_sign_on_required (403)
 */
export async function signInWithProvider(
  identity: Identity,
  caller: Caller,
  input: { code: string; state: string },
  headers: Headers,
): Promise<{ body: SignInOutcome['body'] & { returnTo: string }; cookies: string[] }> {
  const { platform, socialProviders } = identity
  const binding = readSocialCookie(headers)
  const token = await accountTx(platform, (tx) =>
    takeOneTimeToken(platform, tx, 'social-sign-in', input.state),
  )
  if (!token || binding === undefined) throw socialSignInFailed()
  const { bindingHash, returnTo, ...step } = begun.parse(token.data)
  if (bindingHash !== hashToken(binding)) throw socialSignInFailed()
  const provider = socialProviders.find((one) => one.id === step.provider)
  if (!provider) throw socialSignInFailed()
  const profile = await provider
    .identify(input.code, { ...step, state: input.state })
    .catch((error: unknown) => {
      throw socialSignInFailed({ cause: error })
    })
  const external = { ...profile, providerId: provider.id }
  const found = await findOrMakePerson(identity, caller, external, {
    makesAccounts: true,
    method: provider.id,
  })
  if (!found) throw providerEmailUnverified()
  if (found.made) await makeOrganization(identity, caller, found.user)
  const outcome = await passFirstFactor(identity, caller, found.user, headers, provider.id)
  const done = socialCookie(platform.publicUrl(), '', 0)
  return { body: { ...outcome.body, returnTo }, cookies: [...outcome.cookies, done] }
}

async function makeOrganization(identity: Identity, caller: Caller, user: UserRow): Promise<void> {
  const person = { ...caller, userId: user.id }
  await identity.directory.create(person, `${user.name}'s organization`)
}
