import { z } from '@hono/zod-openapi'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { beginSocialSignIn } from './actions/begin-social-sign-in.ts'
import { signInWithProvider } from './actions/sign-in-with-provider.ts'
import * as contract from './contract.ts'
import {
  emailNotVerified,
  providerEmailUnverified,
  providerUnavailable,
  providerUnknown,
  singleSignOnRequired,
  socialSignInFailed,
  tooManyAttempts,
} from './errors.ts'
import type { Identity } from './identity.ts'
import { limitAttempts } from './limit-attempts.ts'
import { tokenAnswerKeptMs } from './refresh-tokens.ts'
import { setCookies } from './set-cookies.ts'

const tag = 'Identity'
const path = '/api/v1/auth/social'

/** Signing in with Google and GitHub. */
export function socialRoutes(identity: Identity): Route[] {
  const { platform, socialProviders } = identity
  return [
    defineRoute(
      {
        method: 'get',
        path,
        tag,
        summary: 'The providers one can sign in with here',
        access: 'public',
        response: { status: 200, description: 'Those that are set up', schema: contract.socialProviderList },
      },
      async () => ({ data: socialProviders.map(({ id, name }) => ({ id, name })), nextCursor: null }),
    ),
    defineRoute(
      {
        method: 'post',
        path,
        tag,
        summary: 'Begin to sign in with a provider: where to send the browser',
        description:
          'The provider sends it back to /sign-in/google or /sign-in/github of this server with a code and a state, for the callback.',
        access: 'public',
        body: contract.socialBeginBody,
        response: { status: 200, description: 'The address', schema: contract.socialRedirect },
        errors: [providerUnknown, providerUnavailable, tooManyAttempts],
      },
      async ({ body, caller, http }) => {
        await limitAttempts(platform, 'social', caller.ip)
        const { url, cookie } = await beginSocialSignIn(identity, body)
        setCookies(http, [cookie])
        return { url }
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: `${path}/callback`,
        tag,
        summary: 'Finish a sign-in with what the provider sent the browser back with',
        access: 'public',
        body: contract.socialCallbackBody,
        answerKeptMs: tokenAnswerKeptMs,
        response: {
          status: 200,
          description: 'The new session, or what its second factor needs',
          schema: z.union([contract.socialSession, contract.socialChallenge]),
        },
        errors: [
          socialSignInFailed,
          providerEmailUnverified,
          emailNotVerified,
          singleSignOnRequired,
          tooManyAttempts,
        ],
      },
      async ({ body, caller, request, http }) => {
        await limitAttempts(platform, 'social', caller.ip)
        const outcome = await signInWithProvider(identity, caller, body, request.headers)
        setCookies(http, outcome.cookies)
        return outcome.body
      },
    ),
  ]
}
