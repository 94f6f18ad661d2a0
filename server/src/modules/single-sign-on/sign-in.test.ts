import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../platform/ids.ts'
import { signUp, type TestApp } from '../../testing/test-app.ts'
import { passSecondFactor } from '../identity/actions/pass-second-factor.ts'
import { hashRecoveryCode } from '../identity/recovery-codes.ts'
import type { IdentityProvider } from './adapters/identity-provider.fixture.ts'
import { actionsOf, callback, newDomain, type Stage, setStage } from './stage.fixture.ts'

let stage: Stage
let on: TestApp
let provider: IdentityProvider

beforeAll(async () => {
  stage = await setStage()
  on = stage.on
  provider = stage.provider
})
afterAll(() => stage.close())
afterEach(() => {
  provider.tamper = undefined
  provider.stranger = false
})

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

describe('signing in', () => {
  test('makes a new person with a verified address a member, who comes back as the same person', async () => {
    const { owner, domain } = await stage.setUp({ defaultRole: 'guest' })
    const email = `ada@${domain}`
    stage.provide({ email, name: 'Ada', email_verified: true })
    const first = await stage.signIn(email.toUpperCase(), '/knowledge?q=1#top')
    expect(first.location).toBe('/knowledge?q=1#top')
    expect(first.cookies.find((one) => one.startsWith('freehold.sso='))).toContain('Max-Age=0')
    const session = await sessionOf(first)
    expect(session).toMatchObject({
      user: { email, emailVerified: true, name: 'Ada' },
      organization: { id: owner.organizationId, role: 'guest' },
    })
    expect(session.organizations).toHaveLength(1)
    expect((await sessionOf(await stage.signIn(email))).user.id).toBe(session.user.id)
    expect((await actionsOf(owner)).filter((action) => action === 'member.join_by_sso')).toHaveLength(1)
    const password = await on.request('POST', '/api/v1/auth/signin', {
      body: { email, password: 'x'.repeat(12) },
    })
    expect(password.status).toBe(401)
  })

  test('finds a person by the subject, whatever their address becomes', async () => {
    const { domain } = await stage.setUp()
    const subject = stage.provide({ email: `ada@${domain}` })
    const { user } = await sessionOf(await stage.signIn(`ada@${domain}`))
    stage.provide({ email: `ada.married@${domain}` }, subject)
    expect((await sessionOf(await stage.signIn(`ada.married@${domain}`))).user).toEqual(user)
  })

  test('takes a confirmed account for the person’s own, and acts in the organization', async () => {
    const { owner, domain } = await stage.setUp()
    const email = `known@${domain}`
    const password = 'correct horse battery'
    await on.request('POST', '/api/v1/auth/signup', { body: { email, password, name: 'Known' } })
    await on.platform.database.query('update freehold.users set email_verified = true where email = $1', [
      email,
    ])
    stage.provide({ email })
    const session = await sessionOf(await stage.signIn(email))
    expect(session.organization?.id).toBe(owner.organizationId)
    expect(session.organizations).toHaveLength(2)
    expect((await on.request('POST', '/api/v1/auth/signin', { body: { email, password } })).status).toBe(200)
  })

  test('closes every other way into an account that was made with an address nobody had confirmed', async () => {
    const { domain } = await stage.setUp()
    const email = `victim@${domain}`
    const body = { email, password: 'of the attacker 1', name: 'Attacker' }
    const made = await on.request('POST', '/api/v1/auth/signup', { body })
    const { accessToken } = (await made.json()) as { accessToken: string } // the contract of signing up
    stage.provide({ email })
    const session = await sessionOf(await stage.signIn(email))
    expect(session.user.email).toBe(email)
    expect((await on.request('GET', '/api/v1/auth/session', { token: accessToken })).status).toBe(401)
    const { password } = body
    expect((await on.request('POST', '/api/v1/auth/signin', { body: { email, password } })).status).toBe(401)
  })

  test('does not hand an account to a second subject that got its address', async () => {
    const { owner, domain } = await stage.setUp()
    const email = `ada@${domain}`
    stage.provide({ email })
    const { user } = await sessionOf(await stage.signIn(email))
    stage.provide({ email })
    expect((await stage.signIn(email)).location).toBe('/sign-in?sso_error=subject_changed')
    const members = `/api/v1/organizations/${owner.organizationId}/members`
    expect((await owner.call('DELETE', `${members}/${user.id}`)).status).toBe(204)
    expect((await stage.signIn(email)).location).toBe('/')
  })

  test('asks for a second factor where there is one, and then acts in the organization', async () => {
    const { owner, domain } = await stage.setUp()
    const email = `careful@${domain}`
    stage.provide({ email })
    const { user } = await sessionOf(await stage.signIn(email))
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
    const challenged = await stage.signIn(email, '/chat')
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
  projectId: null,
  sessionId: null,
  organizationId: null,
  role: null,
  permissions: new Set<never>(),
} as const

describe('a sign-in is refused', () => {
  async function refused(email: string, url?: (url: string) => string): Promise<string> {
    const begun = await stage.begin(email)
    const back = await provider.browse(url ? url(begun.url) : begun.url)
    const came = await stage.comeBack(back, begun.cookie)
    expect(came.session).not.toContain('session_token')
    return came.location.replace('/sign-in?sso_error=', '')
  }

  test('for an address of a domain that is not set up, whoever has an account there', async () => {
    const stranger = await signUp(on)
    const { domain: unverified } = await stage.addDomain(stranger)
    const { owner, domain: disabled } = await stage.setUp()
    await owner.call('PUT', '/api/v1/sign-in/connection', stage.connectionOf({ enabled: false }))
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
    const { domain } = await stage.setUp()
    const email = `ada@${domain}`
    stage.provide({ email })
    const mine = await stage.begin(email)
    const theirs = await stage.begin(email)
    const back = await provider.browse(theirs.url)
    const before = provider.redeemed
    for (const cookie of [mine.cookie, 'freehold.other=1', `${theirs.cookie}x`, theirs.cookie.slice(0, -2)])
      expect((await stage.comeBack(back, cookie)).location).toBe('/sign-in?sso_error=not_begun_here')
    on.platform.clock.advance(11 * 60_000)
    expect((await stage.comeBack(back, theirs.cookie)).location).toBe('/sign-in?sso_error=not_begun_here')
    expect(provider.redeemed).toBe(before)
  })

  test('the second time somebody comes back with the same code', async () => {
    const { domain } = await stage.setUp()
    const email = `ada@${domain}`
    stage.provide({ email })
    const { url, cookie } = await stage.begin(email)
    const back = await provider.browse(url)
    expect((await stage.comeBack(back, cookie)).location).toBe('/')
    const before = provider.redeemed
    expect((await stage.comeBack(back, cookie)).location).toBe('/sign-in?sso_error=not_begun_here')
    expect(provider.redeemed).toBe(before)
  })

  test('for an address of another domain, even one that another organization has verified', async () => {
    const [{ domain }, other] = [await stage.setUp(), await stage.setUp()]
    for (const email of [
      `ada@${newDomain()}`,
      `ada@${other.domain}`,
      other.owner.email,
      `ada@sub.${domain}`,
    ]) {
      stage.provide({ email, email_verified: true })
      expect(await refused(`ada@${domain}`), email).toBe('foreign_domain')
    }
    const people = await on.platform.database.query('select 1 from freehold.users where email = $1', [
      `ada@${other.domain}`,
    ])
    expect(people).toHaveLength(0)
  })

  test('for a subject whose account has an address of a domain that is the organization’s no more', async () => {
    const { owner: former, domain } = await stage.setUp()
    const subject = stage.provide({ email: `alice@${domain}` })
    expect((await stage.signIn(`alice@${domain}`)).location).toBe('/')
    const { body } = await former.call<{ data: { id: string }[] }>('GET', '/api/v1/sign-in/domains')
    await former.call('DELETE', `/api/v1/sign-in/domains/${body.data[0]?.id}`)
    const next = await signUp(on)
    expect((await stage.verify(next, await stage.addDomain(next, domain))).status).toBe(200)
    const other = newDomain()
    expect((await stage.verify(former, await stage.addDomain(former, other))).status).toBe(200)
    stage.provide({ email: `anything@${other}` }, subject)
    expect(await refused(`anything@${other}`)).toBe('foreign_domain')
  })

  test('for owners and whoever operates the installation, while no owner has saved the connection', async () => {
    const { owner, domain } = await stage.setUp()
    const email = `boss@${domain}`
    const subject = stage.provide({ email })
    const { user } = await sessionOf(await stage.signIn(email))
    const query = (text: string, value: string | undefined) => on.platform.database.query(text, [value ?? ''])
    const unsaved =
      'update freehold.sign_in_connections set saved_by_owner = false where organization_id = $1'
    await query(unsaved, owner.organizationId)
    expect((await stage.signIn(email)).location).toBe('/')
    await query('update freehold.users set super_admin = true where id = $1', user.id)
    expect(await refused(email)).toBe('not_saved_by_owner')
    await query('update freehold.users set super_admin = false where id = $1', user.id)
    const member = `/api/v1/organizations/${owner.organizationId}/members/${user.id}`
    expect((await owner.call('PATCH', member, { role: 'owner' })).status).toBe(204)
    for (const as of [subject, newId()]) {
      stage.provide({ email }, as)
      expect(await refused(email)).toBe('not_saved_by_owner')
    }
    await owner.call('PUT', '/api/v1/sign-in/connection', stage.connectionOf())
    stage.provide({ email }, subject)
    expect((await stage.signIn(email)).location).toBe('/')
  })

  test.each([
    (domain: string) => `victim@victim.example@${domain}`,
    (domain: string) => `"x\r\nBcc: a"@${domain}`,
    (domain: string) => `a b,c@${domain}`,
    (domain: string) => `<script>@${domain}`,
    (domain: string) => `${'a'.repeat(250)}@${domain}`,
  ])('for an address that nobody could sign up with (%#)', async (odd) => {
    const { domain } = await stage.setUp()
    stage.provide({ email: odd(domain) })
    expect(await refused(`ada@${domain}`)).toBe('email_missing')
  })

  test('for an address that the provider has not confirmed, or does not tell', async () => {
    const { domain } = await stage.setUp()
    stage.provide({ email: `ada@${domain}`, email_verified: false })
    expect(await refused(`ada@${domain}`)).toBe('email_unverified')
    stage.provide({ name: 'Ada' })
    expect(await refused(`ada@${domain}`)).toBe('email_missing')
  })

  test('when the nonce is not the one that was sent, or PKCE does not fit', async () => {
    const { domain } = await stage.setUp()
    stage.provide({ email: `ada@${domain}` })
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
    const { domain } = await stage.setUp()
    stage.provide({ email: `ada@${domain}` })
    provider.tamper = (claims) => JSON.parse(JSON.stringify({ ...claims, ...change }))
    expect(await refused(`ada@${domain}`)).toBe('not_proven')
  })

  test('when the ID token is signed by a key that is not the provider’s', async () => {
    const { domain } = await stage.setUp()
    stage.provide({ email: `ada@${domain}` })
    provider.stranger = true
    expect(await refused(`ada@${domain}`)).toBe('not_proven')
  })

  test('when the identity provider says no, or the connection was changed meanwhile', async () => {
    const { owner, domain } = await stage.setUp()
    stage.provide({ email: `ada@${domain}` })
    const { url, cookie } = await stage.begin(`ada@${domain}`)
    const state = new URL(url).searchParams.get('state')
    const denied = await stage.comeBack(`${callback}?error=access_denied&state=${state}`, cookie)
    expect(denied.location).toBe('/sign-in?sso_error=provider_refused')
    const back = await provider.browse(url)
    await owner.call('DELETE', '/api/v1/sign-in/connection')
    await owner.call('PUT', '/api/v1/sign-in/connection', stage.connectionOf())
    expect((await stage.comeBack(back, cookie)).location).toBe('/sign-in?sso_error=not_set_up')
  })

  test('for whom provisioning has deactivated', async () => {
    const { owner, domain } = await stage.setUp()
    const email = `left@${domain}`
    stage.provide({ email })
    expect((await stage.signIn(email)).location).toBe('/')
    const user = await owner.call<{ id: string }>('POST', '/scim/v2/Users', { userName: email })
    expect(user.status).toBe(201)
    const off = { schemas: [], Operations: [{ op: 'replace', path: 'active', value: false }] }
    expect((await owner.call('PATCH', `/scim/v2/Users/${user.body.id}`, off)).status).toBe(200)
    expect(await refused(email)).toBe('deactivated')
    expect((await owner.call('DELETE', `/scim/v2/Users/${user.body.id}`)).status).toBe(204)
    expect((await stage.signIn(email)).location).toBe('/')
  })

  test.each(['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])(
    'when it is to end at %s',
    async (returnTo) => {
      const { domain } = await stage.setUp()
      const response = await on.request('POST', '/api/v1/auth/sso', {
        body: { email: `a@${domain}`, returnTo },
      })
      expect(response.status).toBe(400)
    },
  )
})
