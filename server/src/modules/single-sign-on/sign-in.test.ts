import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../platform/ids.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { passSecondFactor } from '../identity/actions/pass-second-factor.ts'
import { hashRecoveryCode } from '../identity/recovery-codes.ts'
import { type IdentityProvider, startIdentityProvider } from './adapters/identity-provider.fixture.ts'
import { type NameServer, startNameServer } from './adapters/name-server.fixture.ts'

const callback = 'http://localhost/api/v1/auth/sso/callback'
let names: NameServer
let provider: IdentityProvider
let on: TestApp

beforeAll(async () => {
  names = await startNameServer()
  provider = await startIdentityProvider(callback)
  on = await createTestApp({ FREEHOLD_DNS_SERVERS: names.address, FREEHOLD_ALLOW_PRIVATE_ISSUERS: 'true' })
})
afterEach(() => {
  provider.tamper = undefined
  provider.stranger = false
})
afterAll(async () => {
  await on.dispose()
  await provider.close()
  await names.close()
})

interface Domain {
  id: string
  domain: string
  verifiedAt: string | null
  record: { type: string; name: string; value: string }
}

const newDomain = () => `d-${newId()}.example`
const connectionOf = (change: object = {}) => ({ issuer: provider.issuer, ...provider.client, ...change })

async function addDomain(owner: Actor, domain = newDomain()): Promise<Domain> {
  const added = await owner.call<Domain>('POST', '/api/v1/sign-in/domains', { domain })
  expect(added.status).toBe(201)
  return added.body
}

async function verify(owner: Actor, domain: Domain) {
  names.records.set(domain.domain, ['v=spf1 -all', domain.record.value])
  return owner.call<Domain>('POST', `/api/v1/sign-in/domains/${domain.id}/verify`)
}

/** An organization with a verified domain and a connected identity provider. */
async function setUp(change: object = {}): Promise<{ owner: Actor; domain: string }> {
  const owner = await signUp(on)
  const domain = await addDomain(owner)
  expect((await verify(owner, domain)).status).toBe(200)
  const connected = await owner.call('PUT', '/api/v1/sign-in/connection', connectionOf(change))
  expect(connected.status).toBe(200)
  return { owner, domain: domain.domain }
}

/** Somebody at the identity provider, who signs in next. */
function provide(
  claims: { email?: string; email_verified?: boolean; name?: string },
  subject = newId(),
): string {
  provider.people.set(subject, claims)
  provider.signedIn = subject
  return subject
}

async function begin(email: string, returnTo?: string): Promise<{ url: string; cookie: string }> {
  const response = await on.request('POST', '/api/v1/auth/sso', {
    body: { email, ...(returnTo === undefined ? {} : { returnTo }) },
  })
  expect(response.status).toBe(200)
  const { url } = (await response.json()) as { url: string } // the route's contract
  const [cookie = ''] = response.headers.getSetCookie()
  expect(cookie).toMatch(/^freehold\.sso=.+; Path=\/api\/v1\/auth\/sso; Max-Age=600; HttpOnly; SameSite=Lax$/)
  return { url, cookie: cookie.split(';')[0] ?? '' }
}

async function comeBack(url: string, cookie: string) {
  const { pathname, search } = new URL(url)
  const response = await on.request('GET', `${pathname}${search}`, { headers: { cookie } })
  expect(response.status).toBe(302)
  const cookies = response.headers.getSetCookie()
  const session = cookies.map((one) => one.split(';')[0]).join('; ')
  return { location: response.headers.get('location') ?? '', cookies, session }
}

async function signIn(email: string, returnTo?: string) {
  const { url, cookie } = await begin(email, returnTo)
  return comeBack(await provider.browse(url), cookie)
}

interface Session {
  user: { id: string; email: string; emailVerified: boolean }
  organization: { id: string; role: string } | null
  organizations: { id: string }[]
}

async function sessionOf({ session }: { session: string }): Promise<Session> {
  const response = await on.request('GET', '/api/v1/auth/session', { headers: { cookie: session } })
  expect(response.status).toBe(200)
  return (await response.json()) as Session // the route's contract
}

async function actionsOf(owner: Actor): Promise<string[]> {
  const { body } = await owner.call<{ data: { action: string }[] }>('GET', '/api/v1/activity?limit=100')
  return body.data.map(({ action }) => action)
}

describe('a domain', () => {
  test('is verified by the record that was asked for, and by nothing else', async () => {
    const owner = await signUp(on)
    const domain = await addDomain(owner)
    expect(domain.record).toEqual({
      type: 'TXT',
      name: domain.domain,
      value: expect.stringMatching(/^freehold-verification=[\w-]{32}$/),
    })
    const path = `/api/v1/sign-in/domains/${domain.id}/verify`
    for (const texts of [undefined, [], ['freehold-verification=', `${domain.record.value}x`]]) {
      if (texts) names.records.set(domain.domain, texts)
      const refused = await owner.call('POST', path)
      expect(refused).toMatchObject({
        status: 422,
        body: { error: { code: 'single_sign_on.domain_not_proven' } },
      })
    }
    const verified = await verify(owner, domain)
    expect(verified.body.verifiedAt).not.toBeNull()
    expect(await actionsOf(owner)).toEqual(
      expect.arrayContaining(['sign_in_domain.add', 'sign_in_domain.verify']),
    )
  })

  test('belongs to one organization at a time, and is free once that one removes it', async () => {
    const [owner, other] = [await signUp(on), await signUp(on)]
    const name = newDomain()
    const [first, second] = [await addDomain(owner, name), await addDomain(other, name)]
    expect((await verify(owner, first)).status).toBe(200)
    expect(await verify(other, second)).toMatchObject({
      status: 409,
      body: { error: { code: 'single_sign_on.domain_taken' } },
    })
    expect((await owner.call('DELETE', `/api/v1/sign-in/domains/${first.id}`)).status).toBe(204)
    expect((await verify(other, second)).status).toBe(200)
  })

  test.each(['com', 'gmail.com', 'Outlook.com', 'co.uk'])('%s is nobody’s own', async (domain) => {
    const owner = await signUp(on)
    expect(await owner.call('POST', '/api/v1/sign-in/domains', { domain })).toMatchObject({
      status: 422,
      body: { error: { code: 'single_sign_on.domain_refused' } },
    })
  })

  test('is listed once', async () => {
    const owner = await signUp(on)
    const { domain } = await addDomain(owner)
    const again = await owner.call('POST', '/api/v1/sign-in/domains', { domain: `${domain.toUpperCase()}.` })
    expect(again.status).toBe(409)
    const { body } = await owner.call<{ data: Domain[] }>('GET', '/api/v1/sign-in/domains')
    expect(body.data.map((one) => one.domain)).toEqual([domain])
  })
})

describe('the connection', () => {
  test('is shown without its secret, which stays when none is sent', async () => {
    const { owner } = await setUp()
    const changed = await owner.call('PUT', '/api/v1/sign-in/connection', {
      issuer: provider.issuer,
      clientId: provider.client.clientId,
      defaultRole: 'guest',
    })
    expect(changed).toMatchObject({ status: 200, body: { hasClientSecret: true, defaultRole: 'guest' } })
    const shown = await owner.call('GET', '/api/v1/sign-in/connection')
    expect(shown.body).toEqual(changed.body)
    expect(shown.body).toMatchObject({ redirectUri: callback })
    const rows = await on.platform.database.query('select * from freehold.sign_in_connections')
    const audit = await owner.call('GET', '/api/v1/activity?limit=100')
    expect(JSON.stringify([shown.body, rows, audit.body])).not.toContain(provider.client.clientSecret)
    expect(on.platform.logged.join()).not.toContain(provider.client.clientSecret)
    expect((await owner.call('DELETE', '/api/v1/sign-in/connection')).status).toBe(204)
    expect((await owner.call('GET', '/api/v1/sign-in/connection')).status).toBe(404)
  })

  test('hands no secret to another issuer than the one it was given for', async () => {
    const { owner } = await setUp()
    const other = await startIdentityProvider(callback)
    const { issuer } = other
    try {
      const moved = await owner.call('PUT', '/api/v1/sign-in/connection', { issuer, clientId: 'x' })
      expect(moved).toMatchObject({
        status: 422,
        body: { error: { code: 'single_sign_on.client_secret_missing' } },
      })
    } finally {
      await other.close()
    }
  })

  test('tells what is wrong with an issuer, and takes none that is not public unless it is allowed', async () => {
    const owner = await signUp(on)
    const path = '/api/v1/sign-in/connection/test'
    expect((await owner.call('POST', path, { issuer: provider.issuer })).body).toEqual({
      ok: true,
      issuer: provider.issuer,
      authorizationEndpoint: `${provider.issuer}/auth`,
      tokenEndpoint: `${provider.issuer}/token`,
      problem: null,
    })
    const wrong = await owner.call('POST', path, { issuer: `${provider.issuer}/other` })
    expect(wrong.body).toMatchObject({ ok: false, problem: expect.stringContaining('openid-configuration') })
    const named = await owner.call('POST', path, {
      issuer: provider.issuer.replace('127.0.0.1', 'localhost'),
    })
    expect(named.body).toMatchObject({ ok: false, problem: expect.stringContaining('another name') })

    const strict = await createTestApp()
    try {
      const admin = await signUp(strict)
      for (const issuer of [provider.issuer, provider.issuer.replace('http', 'https')]) {
        const refused = await admin.call('PUT', '/api/v1/sign-in/connection', connectionOf({ issuer }))
        expect(refused).toMatchObject({
          status: 422,
          body: { error: { code: 'single_sign_on.issuer_unusable' } },
        })
      }
    } finally {
      await strict.dispose()
    }
  })

  test('cannot be required before a domain is verified', async () => {
    const owner = await signUp(on)
    const early = await owner.call('PUT', '/api/v1/sign-in/connection', connectionOf({ required: true }))
    expect(early).toMatchObject({
      status: 422,
      body: { error: { code: 'single_sign_on.no_verified_domain' } },
    })
  })
})

describe('signing in', () => {
  test('makes a new person with a verified address a member, who comes back as the same person', async () => {
    const { owner, domain } = await setUp({ defaultRole: 'guest' })
    const email = `ada@${domain}`
    provide({ email, name: 'Ada', email_verified: true })
    const first = await signIn(email.toUpperCase(), '/knowledge?q=1#top')
    expect(first.location).toBe('/knowledge?q=1#top')
    expect(first.cookies.find((one) => one.startsWith('freehold.sso='))).toContain('Max-Age=0')
    const session = await sessionOf(first)
    expect(session).toMatchObject({
      user: { email, emailVerified: true, name: 'Ada' },
      organization: { id: owner.organizationId, role: 'guest' },
    })
    expect(session.organizations).toHaveLength(1)
    expect((await sessionOf(await signIn(email))).user.id).toBe(session.user.id)
    expect((await actionsOf(owner)).filter((action) => action === 'member.join_by_sso')).toHaveLength(1)
    const password = await on.request('POST', '/api/v1/auth/signin', {
      body: { email, password: 'x'.repeat(12) },
    })
    expect(password.status).toBe(401)
  })

  test('finds a person by the subject, whatever their address becomes', async () => {
    const { domain } = await setUp()
    const subject = provide({ email: `ada@${domain}` })
    const { user } = await sessionOf(await signIn(`ada@${domain}`))
    provide({ email: `ada.married@${domain}` }, subject)
    expect((await sessionOf(await signIn(`ada.married@${domain}`))).user).toEqual(user)
  })

  test('takes a confirmed account for the person’s own, and acts in the organization', async () => {
    const { owner, domain } = await setUp()
    const email = `known@${domain}`
    const password = 'correct horse battery'
    await on.request('POST', '/api/v1/auth/signup', { body: { email, password, name: 'Known' } })
    await on.platform.database.query('update freehold.users set email_verified = true where email = $1', [
      email,
    ])
    provide({ email })
    const session = await sessionOf(await signIn(email))
    expect(session.organization?.id).toBe(owner.organizationId)
    expect(session.organizations).toHaveLength(2)
    expect((await on.request('POST', '/api/v1/auth/signin', { body: { email, password } })).status).toBe(200)
  })

  test('closes every other way into an account that was made with an address nobody had confirmed', async () => {
    const { domain } = await setUp()
    const email = `victim@${domain}`
    const body = { email, password: 'of the attacker 1', name: 'Attacker' }
    const made = await on.request('POST', '/api/v1/auth/signup', { body })
    const { accessToken } = (await made.json()) as { accessToken: string } // the contract of signing up
    provide({ email })
    const session = await sessionOf(await signIn(email))
    expect(session.user.email).toBe(email)
    expect((await on.request('GET', '/api/v1/auth/session', { token: accessToken })).status).toBe(401)
    const { password } = body
    expect((await on.request('POST', '/api/v1/auth/signin', { body: { email, password } })).status).toBe(401)
  })

  test('does not hand an account to a second subject that got its address', async () => {
    const { owner, domain } = await setUp()
    const email = `ada@${domain}`
    provide({ email })
    const { user } = await sessionOf(await signIn(email))
    provide({ email })
    expect((await signIn(email)).location).toBe('/sign-in?sso_error=subject_changed')
    const members = `/api/v1/organizations/${owner.organizationId}/members`
    expect((await owner.call('DELETE', `${members}/${user.id}`)).status).toBe(204)
    expect((await signIn(email)).location).toBe('/')
  })

  test('asks for a second factor where there is one, and then acts in the organization', async () => {
    const { owner, domain } = await setUp()
    const email = `careful@${domain}`
    provide({ email })
    const { user } = await sessionOf(await signIn(email))
    await on.platform.database.query(
      `insert into freehold.second_factors (user_id, secret_sealed, confirmed_at, created_at) values ($1, $2, now(), now())`,
      [
        user.id,
        on.platform.keyRing.sealText(Buffer.alloc(20).toString('base64'), `second-factor:${user.id}`),
      ],
    )
    await on.platform.database.query(
      `insert into freehold.recovery_codes (id, user_id, code_hash, created_at) values ($1, $2, $3, now())`,
      [newId(), user.id, hashRecoveryCode('aaaa-bbbb-cccc')],
    )
    const challenged = await signIn(email, '/chat')
    expect(challenged.session).not.toContain('session_token')
    const found = /^\/sign-in#two-factor=([\w-]+)&return-to=%2Fchat$/.exec(challenged.location)
    expect(found).not.toBeNull()
    const caller = { requestId: newId(), ip: null, userAgent: null }
    const opened = await passSecondFactor(
      on.identity,
      { ...noCaller, ...caller },
      { twoFactorToken: found?.[1] ?? '', code: 'aaaa-bbbb-cccc' },
      new Headers(),
    )
    expect(opened.body.organization?.id).toBe(owner.organizationId)
  })
})

const noCaller = {
  kind: 'user',
  userId: null,
  apiKeyId: null,
  serviceAccountId: null,
  sessionId: null,
  organizationId: null,
  role: null,
  permissions: new Set<never>(),
} as const

describe('a sign-in is refused', () => {
  async function refused(email: string, url?: (url: string) => string): Promise<string> {
    const begun = await begin(email)
    const back = await provider.browse(url ? url(begun.url) : begun.url)
    const came = await comeBack(back, begun.cookie)
    expect(came.session).not.toContain('session_token')
    return came.location.replace('/sign-in?sso_error=', '')
  }

  test('for an address of a domain that is not set up, whoever has an account there', async () => {
    const stranger = await signUp(on)
    const { domain: unverified } = await addDomain(stranger)
    const { owner, domain: disabled } = await setUp()
    await owner.call('PUT', '/api/v1/sign-in/connection', connectionOf({ enabled: false }))
    const answers = await Promise.all(
      [stranger.email, `a@${newDomain()}`, `a@${unverified}`, `a@${disabled}`, 'a@gmail.com'].map((email) =>
        on.request('POST', '/api/v1/auth/sso', { body: { email } }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404])
    const bodies = await Promise.all(answers.map((answer) => answer.json() as Promise<{ error: unknown }>)) // the envelope
    for (const { error } of bodies) expect(error).toEqual(bodies[0]?.error)
  })

  test('with another’s state, without the cookie, or with one that was changed or is too old', async () => {
    const { domain } = await setUp()
    const email = `ada@${domain}`
    provide({ email })
    const mine = await begin(email)
    const theirs = await begin(email)
    const back = await provider.browse(theirs.url)
    const before = provider.redeemed
    for (const cookie of [mine.cookie, 'freehold.other=1', `${theirs.cookie}x`, theirs.cookie.slice(0, -2)])
      expect((await comeBack(back, cookie)).location).toBe('/sign-in?sso_error=not_begun_here')
    on.platform.clock.advance(11 * 60_000)
    expect((await comeBack(back, theirs.cookie)).location).toBe('/sign-in?sso_error=not_begun_here')
    expect(provider.redeemed).toBe(before)
  })

  test('the second time somebody comes back with the same code', async () => {
    const { domain } = await setUp()
    const email = `ada@${domain}`
    provide({ email })
    const { url, cookie } = await begin(email)
    const back = await provider.browse(url)
    expect((await comeBack(back, cookie)).location).toBe('/')
    const before = provider.redeemed
    expect((await comeBack(back, cookie)).location).toBe('/sign-in?sso_error=not_begun_here')
    expect(provider.redeemed).toBe(before)
  })

  test('for an address of another domain, even one that another organization has verified', async () => {
    const [{ domain }, other] = [await setUp(), await setUp()]
    for (const email of [
      `ada@${newDomain()}`,
      `ada@${other.domain}`,
      other.owner.email,
      `ada@sub.${domain}`,
    ]) {
      provide({ email, email_verified: true })
      expect(await refused(`ada@${domain}`), email).toBe('foreign_domain')
    }
    const people = await on.platform.database.query('select 1 from freehold.users where email = $1', [
      `ada@${other.domain}`,
    ])
    expect(people).toHaveLength(0)
  })

  test('for an address that the provider has not confirmed, or does not tell', async () => {
    const { domain } = await setUp()
    provide({ email: `ada@${domain}`, email_verified: false })
    expect(await refused(`ada@${domain}`)).toBe('email_unverified')
    provide({ name: 'Ada' })
    expect(await refused(`ada@${domain}`)).toBe('email_missing')
  })

  test('when the nonce is not the one that was sent, or PKCE does not fit', async () => {
    const { domain } = await setUp()
    provide({ email: `ada@${domain}` })
    const replace = (name: string, value: string) => (url: string) => {
      const changed = new URL(url)
      changed.searchParams.set(name, value)
      return changed.href
    }
    expect(await refused(`ada@${domain}`, replace('nonce', 'another'))).toBe('not_proven')
    expect(await refused(`ada@${domain}`, replace('code_challenge', 'a'.repeat(43)))).toBe('not_proven')
  })

  test.each([
    ['another audience', { aud: 'somebody-else' }],
    ['another issuer', { iss: 'https://elsewhere.example' }],
    ['an expiry in the past', { exp: Math.floor(Date.now() / 1000) - 3600 }],
    ['no nonce', { nonce: undefined }],
    ['an issue time of no number', { iat: 'now' }],
  ])('when the ID token has %s', async (_what, change) => {
    const { domain } = await setUp()
    provide({ email: `ada@${domain}` })
    provider.tamper = (claims) => JSON.parse(JSON.stringify({ ...claims, ...change }))
    expect(await refused(`ada@${domain}`)).toBe('not_proven')
  })

  test('when the ID token is signed by a key that is not the provider’s', async () => {
    const { domain } = await setUp()
    provide({ email: `ada@${domain}` })
    provider.stranger = true
    expect(await refused(`ada@${domain}`)).toBe('not_proven')
  })

  test('when the identity provider says no, or the connection was changed meanwhile', async () => {
    const { owner, domain } = await setUp()
    provide({ email: `ada@${domain}` })
    const { url, cookie } = await begin(`ada@${domain}`)
    const state = new URL(url).searchParams.get('state')
    const denied = await comeBack(`${callback}?error=access_denied&state=${state}`, cookie)
    expect(denied.location).toBe('/sign-in?sso_error=provider_refused')
    const back = await provider.browse(url)
    await owner.call('DELETE', '/api/v1/sign-in/connection')
    await owner.call('PUT', '/api/v1/sign-in/connection', connectionOf())
    expect((await comeBack(back, cookie)).location).toBe('/sign-in?sso_error=not_set_up')
  })

  test('for whom provisioning has deactivated', async () => {
    const { owner, domain } = await setUp()
    const email = `left@${domain}`
    provide({ email })
    expect((await signIn(email)).location).toBe('/')
    const user = await owner.call<{ id: string }>('POST', '/scim/v2/Users', { userName: email })
    expect(user.status).toBe(201)
    const off = { schemas: [], Operations: [{ op: 'replace', path: 'active', value: false }] }
    expect((await owner.call('PATCH', `/scim/v2/Users/${user.body.id}`, off)).status).toBe(200)
    expect(await refused(email)).toBe('deactivated')
    expect((await owner.call('DELETE', `/scim/v2/Users/${user.body.id}`)).status).toBe(204)
    expect((await signIn(email)).location).toBe('/')
  })

  test.each(['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])(
    'when it is to end at %s',
    async (returnTo) => {
      const { domain } = await setUp()
      const response = await on.request('POST', '/api/v1/auth/sso', {
        body: { email: `a@${domain}`, returnTo },
      })
      expect(response.status).toBe(400)
    },
  )
})

describe('where single sign-on is required', () => {
  test('a password opens nothing for people of the domain, but for owners', async () => {
    const { owner, domain } = await setUp()
    const password = 'correct horse battery'
    const signUpAs = (email: string) =>
      on.request('POST', '/api/v1/auth/signup', { body: { email, password, name: 'Somebody' } })
    const signInAs = async (email: string, secret = password) => {
      const response = await on.request('POST', '/api/v1/auth/signin', { body: { email, password: secret } })
      return { status: response.status, body: (await response.json()) as { error?: { code: string } } } // the envelope
    }
    const [worker, boss] = [`worker@${domain}`, `boss@${domain}`]
    for (const email of [worker, boss]) await signUpAs(email)
    const members = `/api/v1/organizations/${owner.organizationId}/members`
    expect((await owner.call('POST', members, { email: boss, role: 'owner' })).status).toBe(201)
    expect((await signInAs(worker)).status).toBe(200)
    const required = await owner.call('PUT', '/api/v1/sign-in/connection', connectionOf({ required: true }))
    expect(required.status).toBe(200)
    expect(await signInAs(worker)).toMatchObject({
      status: 403,
      body: { error: { code: 'identity.single_sign_on_required' } },
    })
    // Who does not know the password learns nothing.
    expect((await signInAs(worker, 'wrong horse battery')).status).toBe(401)
    expect((await signInAs(boss)).status).toBe(200)
    expect((await signInAs(owner.email)).status).toBe(200)
    provide({ email: worker })
    expect((await signIn(worker)).location).toBe('/')
    await owner.call('PUT', '/api/v1/sign-in/connection', connectionOf({ required: true, enabled: false }))
    // Signing in has confirmed the address and closed the password of an account nobody had confirmed.
    expect((await signInAs(worker)).status).toBe(401)
  })
})
