import * as oauth from 'oauth4webapi'
import { AppError } from '../../../platform/errors.ts'
import type { GuardedFetch } from '../../../platform/fetch/index.ts'
import { issuerUnusable, providerUnreachable } from '../errors.ts'

/** What is kept between sending a browser away and its return. */
export interface FlowSecrets {
  state: string
  nonce: string
  codeVerifier: string
}

export interface Client {
  issuer: string
  clientId: string
  clientSecret: string
  redirectUri: string
}

/** What an ID token that holds says of somebody. */
export interface AssertedPerson {
  subject: string
  email: string | undefined
  /** Undefined where the provider does not say. */
  emailVerified: boolean | undefined
  name: string | undefined
  /** Google's word for the organization an account belongs to. */
  hostedDomain: string | undefined
}

export interface OpenIdProvider {
  /** What an issuer says of itself. @throws issuer_unusable (422) with what is wrong */
  discover(issuer: string): Promise<oauth.AuthorizationServer>
  /** Where to send the browser. @throws provider_unreachable (502) */
  begin(client: Client, loginHint: string): Promise<{ url: string; secrets: FlowSecrets }>
  /** Redeems what the browser came back with. @throws what oauth4webapi and the guarded fetch do; none of it is for the person */
  redeem(client: Client, returned: URLSearchParams, secrets: FlowSecrets): Promise<AssertedPerson>
}

/**
 * OpenID Connect's code flow with PKCE (RFC 7636), state and nonce. Issuer, audience, nonce, expiry and signature of the ID
 * token are checked by oauth4webapi; keys are read from the issuer each time, so that a rotated one counts at once.
 */
export function createOpenIdProvider(on: { fetch: GuardedFetch; allowHttp: boolean }): OpenIdProvider {
  const http = {
    [oauth.customFetch]: (
      url: string,
      init: oauth.CustomFetchOptions<string, RequestInit['body'] | undefined>,
    ) =>
      on.fetch(url, {
        method: init.method,
        headers: init.headers,
        ...(init.body === undefined ? {} : { body: init.body }),
        ...(init.signal ? { signal: init.signal } : {}),
      }),
    [oauth.allowInsecureRequests]: on.allowHttp,
  }

  async function read(issuer: string): Promise<oauth.AuthorizationServer> {
    const url = new URL(issuer)
    const response = await oauth.discoveryRequest(url, { algorithm: 'oidc', ...http })
    return oauth.processDiscoveryResponse(url, response)
  }

  async function discover(issuer: string): Promise<oauth.AuthorizationServer> {
    if (!on.allowHttp && !issuer.startsWith('https:'))
      throw issuerUnusable({ message: 'The issuer must be an https URL.' })
    const found = await read(issuer).catch((error: unknown) => {
      throw issuerUnusable({ message: explain(error), cause: error })
    })
    const missing = (['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const).filter(
      (name) => typeof found[name] !== 'string',
    )
    if (missing.length > 0) throw issuerUnusable({ message: `The issuer names no ${missing.join(', ')}.` })
    // Browsers are sent there: nowhere that runs as a script of ours, or that anybody on the way can read.
    const goes = URL.parse(String(found.authorization_endpoint))?.protocol
    if (goes !== 'https:' && !(on.allowHttp && goes === 'http:'))
      throw issuerUnusable({ message: 'The authorization_endpoint of the issuer must be an https URL.' })
    return found
  }

  return {
    discover,

    async begin(client, loginHint) {
      const server = await discover(client.issuer).catch((error: unknown) => {
        throw providerUnreachable({ cause: error })
      })
      const secrets = {
        state: oauth.generateRandomState(),
        nonce: oauth.generateRandomNonce(),
        codeVerifier: oauth.generateRandomCodeVerifier(),
      }
      const url = new URL(String(server.authorization_endpoint))
      const asked = {
        response_type: 'code',
        client_id: client.clientId,
        redirect_uri: client.redirectUri,
        scope: 'openid email profile',
        state: secrets.state,
        nonce: secrets.nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(secrets.codeVerifier),
        code_challenge_method: 'S256',
        login_hint: loginHint,
      }
      for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value)
      return { url: url.href, secrets }
    },

    async redeem({ issuer, clientId, clientSecret, redirectUri }, returned, secrets) {
      const server = await discover(issuer)
      const client: oauth.Client = { client_id: clientId, [oauth.clockTolerance]: 60 }
      const checked = oauth.validateAuthResponse(server, client, returned, secrets.state)
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        client,
        authenticationOf(server, clientSecret),
        checked,
        redirectUri,
        secrets.codeVerifier,
        http,
      )
      const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
        expectedNonce: secrets.nonce,
        requireIdToken: true,
      })
      await oauth.validateApplicationLevelSignature(server, response, http)
      const claims = oauth.getValidatedIdTokenClaims(tokens)
      if (!claims) throw new Error('The token endpoint gave no ID token.')
      return {
        subject: claims.sub,
        email: text(claims.email)?.toLowerCase(),
        emailVerified: verdict(claims.email_verified),
        name: text(claims.name),
        hostedDomain: text(claims.hd)?.toLowerCase(),
      }
    },
  }
}

/** Basic where the provider takes it, which is the default of the specification. */
function authenticationOf(server: oauth.AuthorizationServer, secret: string): oauth.ClientAuth {
  const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  return methods.includes('client_secret_basic') || !methods.includes('client_secret_post')
    ? oauth.ClientSecretBasic(secret)
    : oauth.ClientSecretPost(secret)
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/** Some providers write the truth as a text. */
function verdict(value: unknown): boolean | undefined {
  if (value === undefined || value === null) return undefined
  return value === true || value === 'true'
}

/** What was wrong with an issuer, for whoever sets it up. Its own answer is not repeated. */
function explain(error: unknown): string {
  if (error instanceof AppError) {
    return error.code === 'fetch.refused'
      ? `${error.message} An operator can allow it with FREEHOLD_ALLOW_PRIVATE_ISSUERS=true.`
      : `The issuer could not be read. ${error.message}`
  }
  if (error instanceof oauth.OperationProcessingError && error.code === oauth.JSON_ATTRIBUTE_COMPARISON)
    return 'The issuer calls itself by another name: it must be written exactly as its own configuration does.'
  return 'The issuer has no usable /.well-known/openid-configuration.'
}
