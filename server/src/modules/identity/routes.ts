import { z } from '@hono/zod-openapi'
import { systemTx } from '../../platform/db/transactions.ts'
import { notFound, unauthenticated } from '../../platform/errors.ts'
import { defineRoute, personId, type Route } from '../../platform/http/route.ts'
import { refreshSession } from './actions/refresh-session.ts'
import { signIn } from './actions/sign-in.ts'
import { signUp } from './actions/sign-up.ts'
import { switchOrganization } from './actions/switch-organization.ts'
import {
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
} from './contract.ts'
import {
  emailNotVerified,
  emailTaken,
  invalidCredentials,
  notAMember,
  refreshTokenInvalid,
  singleSignOnRequired,
  tooManyAttempts,
} from './errors.ts'
import { describeSession, type Identity, presentUser } from './identity.ts'
import { limitAttempts } from './limit-attempts.ts'
import { deleteSession, findUser, updateUserName } from './store.ts'

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
        response: { status: 201, description: 'The new session', schema: sessionWithTokens },
        errors: [emailTaken, tooManyAttempts],
      },
      async ({ body, caller, request, http }) => {
        await limitAttempts(platform, 'signup', caller.ip)
        const opened = await signUp(identity, caller, body, request.headers)
        for (const cookie of opened.cookies) http.header('set-cookie', cookie, { append: true })
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
        response: {
          status: 200,
          description: 'The new session, or what its second factor needs',
          schema: z.union([sessionWithTokens, twoFactorChallenge]),
        },
        errors: [invalidCredentials, emailNotVerified, singleSignOnRequired, tooManyAttempts],
      },
      async ({ body, caller, request, http }) => {
        const opened = await signIn(identity, caller, body, request.headers)
        for (const cookie of opened.cookies) http.header('set-cookie', cookie, { append: true })
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
        response: { status: 200, description: 'The next pair', schema: tokens },
        errors: [refreshTokenInvalid],
      },
      ({ body }) => refreshSession(identity, body.refreshToken),
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
          for (const cookie of await engine.signOut(request.headers))
            http.header('set-cookie', cookie, { append: true })
        }
        await systemTx(platform, 'authenticate', (tx) => deleteSession(tx, sessionId))
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
        response: { status: 200, description: 'The profile', schema: profile },
      },
      async ({ caller }) => {
        const user = await systemTx(platform, 'authenticate', (tx) => findUser(tx, personId(caller)))
        if (!user) throw notFound()
        return presentUser(user)
      },
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
        const user = await systemTx(platform, 'authenticate', (tx) =>
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
