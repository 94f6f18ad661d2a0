import { z } from '@hono/zod-openapi'
import { notFound, unauthenticated } from '../../platform/errors.ts'
import { defineRoute, personId, type Route } from '../../platform/http/route.ts'
import { recordAccountEvent } from './account-events.ts'
import { accountTx } from './account-tx.ts'
import { describeProfile } from './actions/describe-profile.ts'
import { refreshSession } from './actions/refresh-session.ts'
import { signIn } from './actions/sign-in.ts'
import { signUp } from './actions/sign-up.ts'
import { switchOrganization } from './actions/switch-organization.ts'
import {
  ownProfile,
  profile,
  profileBody,
  refreshBody,
  session,
  sessionWithTokens,
  signInBody,
  signOutBody,
  signUpBody,
  switchBody,
  tokens,
  twoFactorChallenge,
  verificationRequired,
} from './contract.ts'
import {
  emailNotVerified,
  emailTaken,
  invalidCredentials,
  notAMember,
  passwordRefused,
  refreshTokenInvalid,
  singleSignOnRequired,
  tooManyAttempts,
} from './errors.ts'
import { describeSession, type Identity, presentUser } from './identity.ts'
import { limitAttempts } from './limit-attempts.ts'
import { tokenAnswerKeptMs } from './refresh-tokens.ts'
import { setCookies } from './set-cookies.ts'
import { deleteSession, updateUserName } from './store.ts'

const tag = 'Identity'

export function identityRoutes(identity: Identity): Route[] {
  const { platform } = identity
  return [
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/auth/signup',
        tag,
        summary: 'Make an account and its first organization',
        access: 'public',
        body: signUpBody,
        answerKeptMs: tokenAnswerKeptMs,
        response: {
          status: 201,
          description: 'The new session, or that the address must be confirmed first',
          schema: z.union([sessionWithTokens, verificationRequired]),
        },
        errors: [singleSignOnRequired, emailTaken, passwordRefused, tooManyAttempts],
      },
      async ({ body, caller, request, http }) => {
        await limitAttempts(platform, 'signup', caller.ip)
        const opened = await signUp(identity, caller, body, request.headers)
        setCookies(http, opened.cookies)
        return opened.body
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/auth/signin',
        tag,
        summary: 'Open a session',
        access: 'public',
        body: signInBody,
        answerKeptMs: tokenAnswerKeptMs,
        response: {
          status: 200,
          description: 'The new session, or what its second factor needs',
          schema: z.union([sessionWithTokens, twoFactorChallenge]),
        },
        errors: [invalidCredentials, emailNotVerified, singleSignOnRequired, tooManyAttempts],
      },
      async ({ body, caller, request, http }) => {
        const opened = await signIn(identity, caller, body, request.headers)
        setCookies(http, opened.cookies)
        return opened.body
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/auth/refresh',
        tag,
        summary: 'Exchange a refresh token for the next pair',
        access: 'public',
        body: refreshBody,
        answerKeptMs: tokenAnswerKeptMs,
        response: { status: 200, description: 'The next pair', schema: tokens },
        errors: [refreshTokenInvalid],
      },
      ({ body, caller }) => refreshSession(identity, caller, body.refreshToken),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/auth/signout',
        tag,
        summary: 'End the session and every token of it',
        access: 'person',
        body: signOutBody.optional(),
        response: { status: 204, description: 'Signed out' },
      },
      async ({ caller, request, http }) => {
        if (caller.sessionId === null) throw unauthenticated()
        const { sessionId } = caller
        if (request.headers.has('cookie')) {
          const engine = await identity.engine()
          setCookies(http, await engine.signOut(request.headers))
        }
        await accountTx(platform, async (tx) => {
          await deleteSession(tx, sessionId)
          await recordAccountEvent(tx, platform, caller, personId(caller), 'session.end', { sessionId })
        })
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/auth/switch',
        tag,
        summary: 'Act in another of your organizations',
        access: 'person',
        body: switchBody,
        answerKeptMs: tokenAnswerKeptMs,
        response: { status: 200, description: 'The session in that organization', schema: sessionWithTokens },
        errors: [notAMember],
      },
      ({ body, caller }) => switchOrganization(identity, caller, body.organizationId),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/auth/session',
        tag,
        summary: 'Who is signed in, where, and what they may do',
        access: 'person',
        response: { status: 200, description: 'The session', schema: session },
      },
      ({ caller }) => describeSession(identity, personId(caller), caller.organizationId),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/user/profile',
        tag,
        summary: 'Your profile',
        access: 'person',
        response: { status: 200, description: 'The profile', schema: ownProfile },
      },
      ({ caller }) => describeProfile(identity, caller),
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/api/v1/user/profile',
        tag,
        summary: 'Change your profile',
        access: 'person',
        body: profileBody,
        response: { status: 200, description: 'The changed profile', schema: profile },
      },
      async ({ caller, body }) => {
        const user = await accountTx(platform, (tx) =>
          updateUserName(tx, personId(caller), body.name, platform.clock.now()),
        )
        if (!user) throw notFound()
        return presentUser(user)
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/.well-known/jwks.json',
        tag,
        summary: 'The public keys that verify access tokens',
        access: 'public',
        response: {
          status: 200,
          description: 'A JSON Web Key Set',
          schema: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
        },
      },
      () => identity.signer.publicKeys(),
    ),
  ]
}
