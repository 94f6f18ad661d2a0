import { hash, verify } from '@node-rs/argon2'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { APIError, createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { betterAuth } from 'better-auth/minimal'
import { z } from 'zod'
import { unauthenticated } from '../../../platform/errors.ts'
import { newId } from '../../../platform/ids.ts'
import type { Platform } from '../../../platform/platform.ts'
import { emailTaken } from '../errors.ts'
import { accounts, sessions, users, verifications } from '../tables.ts'

/** A sign-in that succeeded: whose, which session, and the cookies for a browser. */
export interface CredentialResult {
  userId: string
  sessionId: string
  cookies: string[]
}

/** Where a session is opened from, as the server saw it. */
export interface SessionOrigin {
  ip: string | null
  userAgent: string | null
}

export interface CredentialEngine {
  /** @throws email_taken (409) */
  signUp(
    input: { email: string; password: string; name: string },
    headers: Headers,
    origin?: SessionOrigin,
  ): Promise<CredentialResult>
  /** Opens a session for somebody who has proven who they are. */
  openSession(userId: string, headers: Headers, origin: SessionOrigin): Promise<CredentialResult>
  /** The stored hash that the password matches; undefined for a wrong one and, in the same time, where there is none. */
  matchPassword(userId: string | undefined, password: string): Promise<string | undefined>
  hashPassword(password: string): Promise<string>
  /** The session of the request's cookie. */
  readSession(
    headers: Headers,
  ): Promise<{ sessionId: string; userId: string; organizationId: string | null } | undefined>
  /** Cookies that end the browser's session. */
  signOut(headers: Headers): Promise<string[]>
}

export const sessionSeconds = 7 * 24 * 3600
const sessionRefreshSeconds = 24 * 3600
/** OWASP's second recommendation for argon2id: 19 MiB, two passes. About 18 ms on one core. */
const passwordHashing = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** @returns the Argon2id hash of a password, as it is stored; takes a core for some tens of milliseconds */
export const hashPassword = (password: string) => hash(password, passwordHashing)

/** A session for a person, and its cookie. Reached from here only: the engine's own routes are not served. */
const openSessionPlugin = {
  id: 'open-session',
  endpoints: {
    openSession: createAuthEndpoint(
      '/open-session',
      {
        method: 'POST',
        body: z.object({ userId: z.uuid(), ip: z.string(), userAgent: z.string() }),
        metadata: { SERVER_ONLY: true },
      },
      async (endpoint) => {
        const { userId, ip, userAgent } = endpoint.body
        const { internalAdapter } = endpoint.context
        const user = await internalAdapter.findUserById(userId)
        if (!user) throw new Error('A session was asked for nobody.')
        const session = await internalAdapter.createSession(userId, false, { ipAddress: ip, userAgent })
        await setSessionCookie(endpoint, { session, user }, false)
        return { sessionId: session.id }
      },
    ),
  },
}

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
        hash: hashPassword,
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
      // It would believe any client's X-Forwarded-For; the address comes from the caller instead.
      ipAddress: { disableIpTracking: true },
    },
    plugins: [openSessionPlugin],
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  })

  async function result(headers: Headers, token: string | null, userId: string): Promise<CredentialResult> {
    if (token === null) throw new Error('The credential engine opened no session.')
    const context = await auth.$context
    const found = await context.internalAdapter.findSession(token)
    // A new password ended every session just now.
    if (!found) throw unauthenticated()
    return { userId, sessionId: found.session.id, cookies: headers.getSetCookie() }
  }

  /** What an unknown person's password is compared with, so that it takes as long. */
  let decoy: Promise<string> | undefined

  async function openSession(userId: string, headers: Headers, { ip, userAgent }: SessionOrigin) {
    const { headers: set, response } = await auth.api.openSession({
      body: { userId, ip: ip ?? '', userAgent: userAgent ?? '' },
      headers,
      returnHeaders: true,
    })
    return { userId, sessionId: response.sessionId, cookies: set.getSetCookie() }
  }

  return {
    async signUp(input, headers, origin) {
      try {
        const { headers: set, response } = await auth.api.signUpEmail({
          body: input,
          headers,
          returnHeaders: true,
        })
        if (origin && response.token !== null) {
          const { internalAdapter } = await auth.$context
          await internalAdapter.updateSession(response.token, {
            ipAddress: origin.ip ?? '',
            userAgent: origin.userAgent ?? '',
          })
        }
        return await result(set, response.token, response.user.id)
      } catch (error) {
        if (error instanceof APIError && /ALREADY_EXISTS/.test(String(error.body?.code))) throw emailTaken()
        // Two sign-ups at once pass the look-up together; the index refuses the second, and the engine hides why.
        const context = await auth.$context
        if (await context.internalAdapter.findUserByEmail(input.email)) throw emailTaken({ cause: error })
        throw error
      }
    },
    openSession,
    hashPassword,
    async matchPassword(userId, password) {
      const { internalAdapter } = await auth.$context
      const accounts = userId === undefined ? [] : await internalAdapter.findAccounts(userId)
      const stored = accounts.find((one) => one.providerId === 'credential')?.password
      decoy ??= hashPassword('nobody has this password')
      const matches = await verify(stored ?? (await decoy), password)
      return matches && typeof stored === 'string' ? stored : undefined
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
