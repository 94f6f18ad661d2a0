import { hashToken, randomToken } from '../../../platform/crypto/index.ts'
import { accountTx } from '../account-tx.ts'
import type { SocialProviderId } from '../adapters/social-providers.ts'
import { providerUnavailable, providerUnknown } from '../errors.ts'
import type { Identity } from '../identity.ts'
import { issueOneTimeToken, tokenLifeMs } from '../one-time-tokens.ts'
import { socialCookie } from '../social-cookie.ts'

/**
 * Where to send a browser so that a provider says who is there. The cookie binds the answer to this browser, so that
 * nobody is signed in to another's account by a link.
 * @throws provider_unknown (404), provider_unavailable (503)
 */
export async function beginSocialSignIn(
  { platform, socialProviders }: Identity,
  { provider: id, returnTo = '/' }: { provider: SocialProviderId; returnTo?: string | undefined },
): Promise<{ url: string; cookie: string }> {
  const provider = socialProviders.find((one) => one.id === id)
  if (!provider) throw providerUnknown()
  const publicUrl = platform.publicUrl()
  const [verifier, nonce, binding] = [randomToken(32), randomToken(16), randomToken(32)]
  const redirectUri = new URL(`/sign-in/${id}`, publicUrl).href
  const data = { provider: id, verifier, nonce, redirectUri, returnTo, bindingHash: hashToken(binding) }
  const state = await accountTx(platform, (tx) =>
    issueOneTimeToken(platform, tx, { purpose: 'social-sign-in', userId: null, data }),
  )
  const url = await provider
    .authorizationUrl({ state, verifier, nonce, redirectUri })
    .catch((error: unknown) => {
      throw providerUnavailable({ cause: error })
    })
  return { url, cookie: socialCookie(publicUrl, binding, tokenLifeMs['social-sign-in'] / 1000) }
}
