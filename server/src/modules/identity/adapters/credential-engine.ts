import { hash, verify } from '@node-rs/argon2'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { APIError } from 'better-auth/api'
import { betterAuth } from 'better-auth/minimal'
import { newId } from '../../../platform/ids.ts'
import type { Platform } from '../../../platform/platform.ts'
import { emailTaken, invalidCredentials } from '../errors.ts'
import { accounts, sessions, users, verifications } from '../tables.ts'

/** A sign-in that succeeded: whose, which session, and the cookies for a browser. */
export interface CredentialResult {
  userId: string
  sessionId: string
  cookies: string[]
}

export interface CredentialEngine {
  /** @throws email_taken (409) */
  signUp(
    input: { email: string; password: string; name: string },
    headers: Headers,
  ): Promise<CredentialResult>
  /** @throws invalid_credentials (401), the same for an unknown address and a wrong password */
  signIn(input: { email: string; password: string }, headers: Headers): Promise<CredentialResult>
  /** The session of the request's cookie. */
  readSession(
    headers: Headers,
  ): Promise<{ sessionId: string; userId: string; organizationId: string | null } | undefined>
  /** Cookies that end the browser's session. */
  signOut(headers: Headers): Promise<string[]>
}

const sessionSeconds = 7 * 24 * 3600
const sessionRefreshSeconds = 24 * 3600
/** OWASP's second recommendation for argon2id: 19 MiB, two passes. About 18 ms on one core. */
const argon2Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Passwords and browser sessions by Better Auth; organizations and tokens stay ours. */
export function createCredentialEngine(platform: Platform, secret: string): CredentialEngine {
  const auth = betterAuth({
    appName: 'Freehold',
    baseURL: platform.publicUrl(),
    basePath: '/api/v1/auth/engine',
    secret,
    trustedOrigins: [platform.publicUrl()],
    database: drizzleAdapter(platform.database.drizzle, {
      provider: 'pg',
      schema: { user: users, session: sessions, account: accounts, verification: verifications },
    }),
    emailAndPassword: {
      enabled: true,
      minPasswordLength: 10,
      maxPasswordLength: 200,
      autoSignIn: true,
      password: {
        hash: (password) => hash(password, argon2Options),
        verify: ({ hash: stored, password }) => verify(stored, password),
      },
    },
    session: {
      expiresIn: sessionSeconds,
      updateAge: sessionRefreshSeconds,
      additionalFields: { organizationId: { type: 'string', required: false, input: false } },
    },
    advanced: {
      cookiePrefix: 'freehold',
      useSecureCookies: platform.publicUrl().startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/' },
      database: { generateId: () => newId() },
      // Requests reach the engine through our own routes, which check the origin themselves.
      disableCSRFCheck: true,
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  })

  async function result(headers: Headers, token: string | null, userId: string): Promise<CredentialResult> {
    if (token === null) throw new Error('The credential engine opened no session.')
    const context = await auth.$context
    const found = await context.internalAdapter.findSession(token)
    if (!found) throw new Error('The session just opened is not there.')
    return { userId, sessionId: found.session.id, cookies: headers.getSetCookie() }
  }

  return {
    async signUp(input, headers) {
      try {
        const { headers: set, response } = await auth.api.signUpEmail({
          body: input,
          headers,
          returnHeaders: true,
        })
        return await result(set, response.token, response.user.id)
      } catch (error) {
        if (error instanceof APIError && /ALREADY_EXISTS/.test(String(error.body?.code))) throw emailTaken()
        // Two sign-ups at once pass the look-up together; the index refuses the second, and the engine hides why.
        const context = await auth.$context
        if (await context.internalAdapter.findUserByEmail(input.email)) throw emailTaken({ cause: error })
        throw error
      }
    },
    async signIn(input, headers) {
      try {
        const { headers: set, response } = await auth.api.signInEmail({
          body: input,
          headers,
          returnHeaders: true,
        })
        return await result(set, response.token, response.user.id)
      } catch (error) {
        if (error instanceof APIError && error.statusCode === 401) throw invalidCredentials()
        throw error
      }
    },
    async readSession(headers) {
      if (!headers.get('cookie')?.includes('freehold.session_token')) return undefined
      const found = await auth.api.getSession({ headers })
      if (!found) return undefined
      return {
        sessionId: found.session.id,
        userId: found.user.id,
        organizationId: found.session.organizationId ?? null,
      }
    },
    async signOut(headers) {
      const { headers: set } = await auth.api.signOut({ headers, returnHeaders: true })
      return set.getSetCookie()
    },
  }
}
