import { ipPrefixOf } from '../../platform/http/ip-prefix.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { beginSignIn } from './actions/begin-sign-in.ts'
import { finishSignIn, SignInRefused } from './actions/finish-sign-in.ts'
import * as contract from './contract.ts'
import { notSetUp, providerUnreachable, tooManyAttempts } from './errors.ts'
import { endedFlowCookie } from './flow-cookie.ts'
import { callbackPath } from './present.ts'
import type { SingleSignOn } from './single-sign-on.ts'

const tag = 'Single sign-on'
// Those of one company commonly share a network, and each sign-in takes two.
const attemptsOfNetwork = { limit: 120, windowMs: 60_000 }

export function flowRoutes(sso: SingleSignOn): Route[] {
  const { platform } = sso

  /** Each attempt costs the identity provider a few requests. */
  async function limitAttempts(ip: string | null): Promise<void> {
    if (ip === null) return
    const taken = await platform.rateLimiter.take(`single-sign-on:${ipPrefixOf(ip) ?? ip}`, attemptsOfNetwork)
    if (taken.allowed) return
    throw tooManyAttempts({ headers: { 'retry-after': String(Math.ceil(taken.retryAfterMs / 1000)) } })
  }

  return [
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/auth/sso',
        tag,
        summary: 'Sign in with your organization’s identity provider',
        description: 'Send the browser to the answer’s address; it comes back signed in.',
        access: 'public',
        body: contract.beginBody,
        response: { status: 200, description: 'Where to go now', schema: contract.begun },
        errors: [notSetUp, tooManyAttempts, providerUnreachable],
      },
      async ({ body, caller, http }) => {
        await limitAttempts(caller.ip)
        const { email, returnTo = '/' } = body
        const { url, cookie } = await beginSignIn(sso, { email, returnTo })
        http.header('set-cookie', cookie, { append: true })
        return { url }
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: callbackPath,
        tag,
        summary: 'Where identity providers send people back to',
        description:
          'Leads to where the sign-in was to end, to the second factor, or to the sign-in page with `sso_error`.',
        access: 'public',
        query: contract.callbackQuery,
        response: { status: 302, description: 'Signed in, or not' },
      },
      async ({ caller, request, http }) => {
        http.header('set-cookie', endedFlowCookie(platform), { append: true })
        try {
          await limitAttempts(caller.ip)
          const returned = new URL(request.url).searchParams
          const { location, cookies } = await finishSignIn(sso, caller, returned, request.headers)
          for (const cookie of cookies) http.header('set-cookie', cookie, { append: true })
          return http.redirect(location, 302)
        } catch (error) {
          // A browser is here, not a program: whatever failed, it needs a page.
          const problem = error instanceof SignInRefused ? error.problem : 'failed'
          const { requestId } = caller
          platform.logger[problem === 'failed' ? 'warn' : 'info'](
            { err: error, requestId, problem },
            'single sign-on',
          )
          return http.redirect(`/sign-in?sso_error=${problem}`, 302)
        }
      },
    ),
  ]
}
