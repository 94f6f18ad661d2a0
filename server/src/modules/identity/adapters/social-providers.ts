import { createHash } from 'node:crypto'
import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose'
import { z } from 'zod'
import type { Clock } from '../../../platform/clock.ts'
import type { Config } from '../../../platform/config.ts'
import type { GuardedFetch } from '../../../platform/fetch/index.ts'

/**
 * Signing in by the word of another provider: the authorization code flow (RFC 6749) with PKCE (RFC 7636) and a state.
 * Google speaks OpenID Connect, and describes itself at its issuer's address; GitHub has an API of its own instead.
 */
export interface SocialProvider {
  id: SocialProviderId
  name: string
  authorizationUrl(step: SocialStep): Promise<string>
  /** @throws for a code or an answer that does not hold, and when the provider is out of reach */
  identify(code: string, step: SocialStep): Promise<SocialProfile>
}

export type SocialProviderId = 'google' | 'github'

/** One try to sign in. The verifier and the nonce are secrets of this server until the code is exchanged. */
export interface SocialStep {
  state: string
  verifier: string
  nonce: string
  redirectUri: string
}

export interface SocialProfile {
  subject: string
  email: string | null
  emailVerified: boolean
  name: string
}

interface On {
  config: Config
  clock: Clock
  fetch: GuardedFetch
}

interface Client {
  id: string
  secret: string
  baseUrl: string
}

export function createSocialProviders(on: On): SocialProvider[] {
  const { config } = on
  const google = clientOf(config.GOOGLE_CLIENT_ID, config.GOOGLE_CLIENT_SECRET, config.GOOGLE_BASE_URL)
  const github = clientOf(config.GITHUB_CLIENT_ID, config.GITHUB_CLIENT_SECRET, config.GITHUB_BASE_URL)
  return [...(google ? [createGoogle(on, google)] : []), ...(github ? [createGitHub(on, github)] : [])]
}

function clientOf(id: string | undefined, secret: string | undefined, baseUrl: string): Client | undefined {
  return id && secret ? { id, secret, baseUrl: baseUrl.replace(/\/+$/, '') } : undefined
}

const discovery = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
})
const idTokenAnswer = z.object({ id_token: z.string() })
const idClaims = z.object({
  sub: z.string().min(1),
  nonce: z.string(),
  email: z.email().optional(),
  email_verified: z.union([z.boolean(), z.stringbool()]).default(false),
  name: z.string().optional(),
})

function createGoogle({ fetch: send, clock }: On, client: Client): SocialProvider {
  const read = async () => {
    const described = discovery.parse(
      await readJson(send, `${client.baseUrl}/.well-known/openid-configuration`),
    )
    const keys = createRemoteJWKSet(new URL(described.jwks_uri), {
      [customFetch]: (url, { headers, signal }) => send(url, { headers, signal }),
    })
    return { ...described, keys }
  }
  // Kept once it was read; a failure is not.
  let known: ReturnType<typeof read> | undefined
  const describe = () => {
    known ??= read().catch((error: unknown) => {
      known = undefined
      throw error
    })
    return known
  }
  return {
    id: 'google',
    name: 'Google',
    async authorizationUrl(step) {
      const { authorization_endpoint } = await describe()
      const scope = 'openid email profile'
      return authorizationUrlAt(authorization_endpoint, client, step, { scope, nonce: step.nonce })
    },
    async identify(code, step) {
      const { token_endpoint, issuer, keys } = await describe()
      const answer = idTokenAnswer.parse(await exchange(send, token_endpoint, client, code, step))
      const { payload } = await jwtVerify(answer.id_token, keys, {
        issuer,
        audience: client.id,
        algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
        requiredClaims: ['exp', 'iat', 'sub', 'nonce'],
        currentDate: clock.now(),
      })
      const claims = idClaims.parse(payload)
      if (claims.nonce !== step.nonce) throw new Error('The nonce is that of another sign-in.')
      const email = claims.email ?? null
      return {
        subject: claims.sub,
        email,
        emailVerified: email !== null && claims.email_verified,
        name: claims.name ?? email?.split('@')[0] ?? 'Somebody',
      }
    },
  }
}

const accessTokenAnswer = z.object({ access_token: z.string().min(1) })
const gitHubUser = z.object({ id: z.number().int(), login: z.string(), name: z.string().nullish() })
const gitHubEmails = z.array(z.object({ email: z.email(), primary: z.boolean(), verified: z.boolean() }))

function createGitHub({ fetch: send }: On, client: Client): SocialProvider {
  const { baseUrl } = client
  const api = baseUrl === 'https://github.com' ? 'https://api.github.com' : `${baseUrl}/api/v3`
  return {
    id: 'github',
    name: 'GitHub',
    authorizationUrl: async (step) =>
      authorizationUrlAt(`${baseUrl}/login/oauth/authorize`, client, step, { scope: 'read:user user:email' }),
    async identify(code, step) {
      const endpoint = `${baseUrl}/login/oauth/access_token`
      const { access_token } = accessTokenAnswer.parse(await exchange(send, endpoint, client, code, step))
      const headers = { authorization: `Bearer ${access_token}` }
      const user = gitHubUser.parse(await readJson(send, `${api}/user`, headers))
      const emails = gitHubEmails.parse(await readJson(send, `${api}/user/emails`, headers))
      const primary = emails.find((one) => one.primary)
      return {
        subject: String(user.id),
        email: primary?.email ?? null,
        emailVerified: primary?.verified ?? false,
        name: user.name || user.login,
      }
    },
  }
}

function authorizationUrlAt(
  endpoint: string,
  client: Client,
  { state, verifier, redirectUri }: SocialStep,
  more: Record<string, string>,
): string {
  const url = new URL(endpoint)
  const query = {
    response_type: 'code',
    client_id: client.id,
    redirect_uri: redirectUri,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}

async function exchange(
  send: GuardedFetch,
  endpoint: string,
  client: Client,
  code: string,
  { verifier, redirectUri }: SocialStep,
): Promise<unknown> {
  const response = await send(endpoint, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      client_id: client.id,
      client_secret: client.secret,
      code_verifier: verifier,
    }),
  })
  if (!response.ok) throw new Error(`The provider refused the code: ${response.status}.`)
  return response.json()
}

async function readJson(
  send: GuardedFetch,
  url: string,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const response = await send(url, { headers: { accept: 'application/json', ...headers } })
  if (!response.ok) throw new Error(`The provider answered ${response.status}.`)
  return response.json()
}
