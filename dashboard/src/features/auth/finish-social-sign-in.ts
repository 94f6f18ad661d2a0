import { redirect } from '@tanstack/react-router'
import { api, take } from '../../app/api.ts'
import { enterSession } from '../../app/session.ts'
import { returnPath } from './return-path.ts'

/** What is left to do once a provider has sent the browser back. */
export type SocialSignIn =
  | { kind: 'second-step'; token: string; returnTo: string }
  /** Called off at the provider: nothing went wrong. */
  | { kind: 'called-off' }
  | { kind: 'failed'; error: unknown }

/** Hands the provider's code to the server, which takes it once. Signed in, it leads to where one wanted to go. */
export async function finishSocialSignIn({
  code,
  state,
  error,
}: {
  code?: string | undefined
  state?: string | undefined
  error?: string | undefined
}): Promise<SocialSignIn> {
  if (error === 'access_denied') return { kind: 'called-off' }
  if (error !== undefined || code === undefined || state === undefined) return { kind: 'failed', error: null }
  let goesTo: string
  try {
    const answer = await take(api.POST('/api/v1/auth/social/callback', { body: { code, state } }))
    if ('twoFactorRequired' in answer)
      return { kind: 'second-step', token: answer.twoFactorToken, returnTo: answer.returnTo }
    enterSession(answer)
    goesTo = returnPath(answer.returnTo)
  } catch (failure) {
    return { kind: 'failed', error: failure }
  }
  throw redirect({ href: goesTo, replace: true })
}
