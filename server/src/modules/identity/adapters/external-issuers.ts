import { createRemoteJWKSet, customFetch, decodeJwt, type JWTPayload, jwtVerify } from 'jose'
import { z } from 'zod'
import type { Clock } from '../../../platform/clock.ts'
import type { GuardedFetch } from '../../../platform/fetch/index.ts'
import type { ExternalIssuer } from '../../../platform/settings.ts'
import { tokenInvalid } from '../errors.ts'
import type { ExternalPerson } from '../external-person.ts'

/**
 * Access tokens of issuers that the configuration names: Supabase Auth, Auth0, Clerk, or any that publishes its keys.
 * Only keys that can verify and not sign are taken, and only from the address that belongs to the issuer: nothing in a
 * token says where its key is. A key that is not known is asked for at most every thirty seconds.
 */
export interface ExternalIssuers {
  /** Whether a token says that it is of one of them. Says nothing about its being genuine. */
  issued(token: string): boolean
  /** @throws token_invalid (401), also while the issuer's keys cannot be had */
  verify(token: string): Promise<IssuedPerson>
}

export interface IssuedPerson extends ExternalPerson {
  /** Whether their issuer's first token makes an account. */
  makesAccounts: boolean
}

const asymmetric = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
const described = z.object({ issuer: z.string(), jwks_uri: z.url() })
const claimsOf = z.object({
  sub: z.string().min(1).max(255),
  email: z.email().max(254).optional().catch(undefined),
  email_verified: z.boolean().optional().catch(undefined),
  name: z.string().min(1).optional().catch(undefined),
  // Where Supabase Auth keeps names. The person can write it, so nothing there says that an address is verified.
  user_metadata: z
    .object({ full_name: z.string().min(1).optional() })
    .optional()
    .catch(undefined),
})

export function createExternalIssuers(
  issuers: readonly ExternalIssuer[],
  on: { clock: Clock; fetch: GuardedFetch; ownIssuer: () => string },
): ExternalIssuers {
  type Keys = ReturnType<typeof createRemoteJWKSet>
  const known = new Map<string, Promise<Keys>>()

  async function openKeys({ issuer, jwksUrl }: ExternalIssuer): Promise<Keys> {
    const url = jwksUrl ?? (await discover(on.fetch, issuer))
    return createRemoteJWKSet(new URL(url), {
      [customFetch]: (address, { headers, signal }) => on.fetch(address, { headers, signal }),
    })
  }

  function keysOf(one: ExternalIssuer): Promise<Keys> {
    const opening =
      known.get(one.issuer) ??
      openKeys(one).catch((error: unknown) => {
        known.delete(one.issuer)
        throw error
      })
    known.set(one.issuer, opening)
    return opening
  }

  // Never this server itself: its own tokens end with their sessions, which nobody would look at here.
  const issuerOf = (token: string) =>
    issuers.find((one) => one.issuer === issuerClaim(token) && one.issuer !== on.ownIssuer())

  return {
    issued: (token) => issuerOf(token) !== undefined,
    async verify(token) {
      const one = issuerOf(token)
      if (!one) throw tokenInvalid()
      try {
        const { payload } = await jwtVerify(token, await keysOf(one), {
          issuer: one.issuer,
          audience: one.audience,
          algorithms: asymmetric,
          requiredClaims: ['sub', 'exp', 'iat'],
          currentDate: on.clock.now(),
        })
        return personOf(one, payload)
      } catch (error) {
        throw tokenInvalid({ cause: error })
      }
    },
  }
}

async function discover(send: GuardedFetch, issuer: string): Promise<string> {
  const response = await send(`${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`)
  if (!response.ok) throw new Error(`The issuer answered ${response.status}.`)
  const found = described.parse(await response.json())
  if (found.issuer !== issuer) throw new Error('The issuer describes itself as another one.')
  return found.jwks_uri
}

function issuerClaim(token: string): string | undefined {
  try {
    return decodeJwt(token).iss
  } catch {
    return undefined
  }
}

function personOf({ issuer, makesAccounts }: ExternalIssuer, payload: JWTPayload): IssuedPerson {
  const { sub, email, email_verified, name, user_metadata } = claimsOf.parse(payload)
  return {
    providerId: `issuer:${issuer}`,
    subject: sub,
    email: email ?? null,
    emailVerified: email !== undefined && email_verified === true,
    makesAccounts,
    name: name ?? user_metadata?.full_name ?? email?.split('@')[0] ?? 'Somebody',
  }
}
