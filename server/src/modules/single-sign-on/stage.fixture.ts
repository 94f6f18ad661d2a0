import { expect } from 'vitest'
import { newId } from '../../platform/ids.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { type IdentityProvider, startIdentityProvider } from './adapters/identity-provider.fixture.ts'
import { type NameServer, startNameServer } from './adapters/name-server.fixture.ts'

export const callback = 'http://localhost/api/v1/auth/sso/callback'

export interface Domain {
  id: string
  domain: string
  verifiedAt: string | null
  record: { type: string; name: string; value: string }
}

/** The program with a name server and an identity provider beside it. */
export interface Stage {
  names: NameServer
  provider: IdentityProvider
  on: TestApp
  /** What a connection to the identity provider is made of. */
  connectionOf(change?: object): object
  addDomain(owner: Actor, domain?: string): Promise<Domain>
  /** Puts the record of a domain into the DNS and asks for it to be looked at. */
  verify(owner: Actor, domain: Domain): Promise<{ status: number; body: Domain }>
  /** An organization with a verified domain and a connected identity provider. */
  setUp(change?: object): Promise<{ owner: Actor; domain: string }>
  /** Somebody at the identity provider, who signs in next. @returns the subject */
  provide(claims: { email?: string; email_verified?: boolean; name?: string }, subject?: string): string
  /** Asks where to sign in. */
  begin(email: string, returnTo?: string): Promise<{ url: string; cookie: string }>
  /** Comes back from the identity provider. */
  comeBack(url: string, cookie: string): Promise<{ location: string; cookies: string[]; session: string }>
  /** All three steps of a browser. */
  signIn(email: string, returnTo?: string): Promise<{ location: string; cookies: string[]; session: string }>
  close(): Promise<void>
}

export const newDomain = () => `d-${newId()}.example`

export async function setStage(): Promise<Stage> {
  const names = await startNameServer()
  const provider = await startIdentityProvider(callback)
  const on = await createTestApp({
    FREEHOLD_DNS_SERVERS: names.address,
    FREEHOLD_ALLOW_PRIVATE_ISSUERS: 'true',
  })
  const stage: Stage = {
    names,
    provider,
    on,
    connectionOf: (change = {}) => ({ issuer: provider.issuer, ...provider.client, ...change }),
    async addDomain(owner, domain = newDomain()) {
      const added = await owner.call<Domain>('POST', '/api/v1/sign-in/domains', { domain })
      expect(added.status).toBe(201)
      return added.body
    },
    async verify(owner, domain) {
      names.records.set(domain.domain, ['v=spf1 -all', domain.record.value])
      return owner.call<Domain>('POST', `/api/v1/sign-in/domains/${domain.id}/verify`)
    },
    async setUp(change = {}) {
      const owner = await signUp(on)
      const domain = await stage.addDomain(owner)
      expect((await stage.verify(owner, domain)).status).toBe(200)
      const connected = await owner.call('PUT', '/api/v1/sign-in/connection', stage.connectionOf(change))
      expect(connected.status).toBe(200)
      return { owner, domain: domain.domain }
    },
    provide(claims, subject = newId()) {
      provider.people.set(subject, claims)
      provider.signedIn = subject
      return subject
    },
    async begin(email, returnTo) {
      const response = await on.request('POST', '/api/v1/auth/sso', {
        body: { email, ...(returnTo === undefined ? {} : { returnTo }) },
      })
      expect(response.status).toBe(200)
      const { url } = (await response.json()) as { url: string } // the route's contract
      const [cookie = ''] = response.headers.getSetCookie()
      expect(cookie).toMatch(
        /^freehold\.sso=.+; Path=\/api\/v1\/auth\/sso; Max-Age=600; HttpOnly; SameSite=Lax$/,
      )
      return { url, cookie: cookie.split(';')[0] ?? '' }
    },
    async comeBack(url, cookie) {
      const { pathname, search } = new URL(url)
      const response = await on.request('GET', `${pathname}${search}`, { headers: { cookie } })
      expect(response.status).toBe(302)
      const cookies = response.headers.getSetCookie()
      const session = cookies.map((one) => one.split(';')[0]).join('; ')
      return { location: response.headers.get('location') ?? '', cookies, session }
    },
    async signIn(email, returnTo) {
      const { url, cookie } = await stage.begin(email, returnTo)
      return stage.comeBack(await provider.browse(url), cookie)
    },
    async close() {
      await on.dispose()
      await provider.close()
      await names.close()
    },
  }
  return stage
}

export async function actionsOf(owner: Actor): Promise<string[]> {
  const { body } = await owner.call<{ data: { action: string }[] }>('GET', '/api/v1/activity?limit=200')
  return body.data.map(({ action }) => action)
}
