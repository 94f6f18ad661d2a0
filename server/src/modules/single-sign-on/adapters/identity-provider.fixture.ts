import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { Provider } from 'oidc-provider'

/** What the identity provider says of one of its people. */
export interface ProvidedPerson {
  email?: string
  email_verified?: boolean
  name?: string
  hd?: string
}

export interface IdentityProvider {
  issuer: string
  client: { clientId: string; clientSecret: string }
  people: Map<string, ProvidedPerson>
  /** Who signs in next. */
  signedIn: string
  /** Changes ID tokens on their way out; `stranger` signs them with a key that is not the provider's. */
  tamper: ((claims: JWTPayload) => JWTPayload) | undefined
  stranger: boolean
  /** How often a code was redeemed. */
  redeemed: number
  /** Goes where a browser would, signing in on the way, until it is sent back. @returns the address it is sent back to */
  browse(url: string): Promise<string>
  close(): Promise<void>
}

/** A real OpenID provider on loopback, whose people sign in without being asked. */
export async function startIdentityProvider(redirectUri: string): Promise<IdentityProvider> {
  const key = await generateKeyPair('RS256', { extractable: true })
  const strange = await generateKeyPair('RS256')
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => {}
  const server = createServer((request, response) => handle(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // listens on an IP port
  const issuer = `http://127.0.0.1:${port}`
  const client = { clientId: 'freehold', clientSecret: 'a secret between the two of us' }

  const found: IdentityProvider = {
    issuer,
    client,
    people: new Map(),
    signedIn: '',
    tamper: undefined,
    stranger: false,
    redeemed: 0,
    browse: (url) => browse(url, redirectUri),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }

  const provider = new Provider(issuer, {
    clients: [
      { client_id: client.clientId, client_secret: client.clientSecret, redirect_uris: [redirectUri] },
    ],
    jwks: { keys: [{ ...(await exportJWK(key.privateKey)), alg: 'RS256', use: 'sig', kid: 'key' }] },
    cookies: { keys: ['of the cookies of a test'] },
    claims: { openid: ['sub', 'hd'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...found.people.get(id) }),
    }),
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
  })
  provider.use(async (context, next) => {
    await next()
    // What the token endpoint answers.
    const body = context.body as { id_token?: string } | undefined
    if (context.path !== '/token' || body?.id_token === undefined) return
    found.redeemed++
    if (!found.tamper && !found.stranger) return
    const claims = decodeJwt(body.id_token)
    body.id_token = await new SignJWT(found.tamper?.(claims) ?? claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'key' })
      .sign(found.stranger ? strange.privateKey : key.privateKey)
  })
  const callback = provider.callback()

  async function interact(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const accountId = found.signedIn
    const grant = new provider.Grant({ accountId, clientId: client.clientId })
    grant.addOIDCScope('openid email profile')
    const grantId = await grant.save()
    await provider.interactionFinished(request, response, { login: { accountId }, consent: { grantId } })
  }

  handle = (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return void callback(request, response)
    interact(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  }
  return found
}

async function browse(start: string, redirectUri: string): Promise<string> {
  const cookies = new Map<string, string>()
  let url = start
  for (let hops = 0; hops < 10; hops++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (location === null) throw new Error(`${url} answers ${response.status}: ${await response.text()}`)
    url = new URL(location, url).href
    if (url.startsWith(redirectUri)) return url
  }
  throw new Error('The identity provider sends its people around for ever.')
}
