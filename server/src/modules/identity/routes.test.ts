import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../platform/ids.ts'
import { createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp()
})

afterAll(async () => {
  await on.dispose()
})

const password = 'correct horse battery'
const newEmail = () => `person-${newId()}@example.com`

function signUpAs(email: string) {
  return on.request('POST', '/api/v1/auth/signup', { body: { email, password, name: 'Ada' } })
}

function signInAs(email: string, secret = password) {
  return on.request('POST', '/api/v1/auth/signin', { body: { email, password: secret } })
}

/** The cookie header a browser would send back. */
function cookieOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

describe('signing up', () => {
  test('makes no organization for who asks for none, because an invitation is waiting', async () => {
    const response = await on.request('POST', '/api/v1/auth/signup', {
      body: { email: newEmail(), password, name: 'Grace', organizationName: null },
    })
    expect(response.status).toBe(201)
    expect(await response.json()).toMatchObject({ organization: null, organizations: [] })
  })

  test('makes a person, their organization and a session that works', async () => {
    const email = newEmail()
    const response = await on.request('POST', '/api/v1/auth/signup', {
      body: { email, password, name: 'Ada', organizationName: 'Analytical Engines' },
    })
    expect(response.status).toBe(201)
    const body = (await response.json()) as Record<string, unknown> // compared below
    expect(body).toEqual({
      user: {
        id: expect.any(String),
        email,
        name: 'Ada',
        emailVerified: false,
        superAdmin: expect.any(Boolean),
        createdAt: expect.stringMatching(/Z$/),
      },
      organization: {
        id: expect.any(String),
        name: 'Analytical Engines',
        slug: expect.stringMatching(/^analytical-engines-/),
        role: 'owner',
        customRole: null,
      },
      organizations: [body.organization],
      permissions: expect.arrayContaining(['manage:owners', 'use:models']),
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
      expiresIn: 900,
    })
    const session = await on.request('GET', '/api/v1/auth/session', { token: String(body.accessToken) })
    const { accessToken, refreshToken, expiresIn, ...view } = body
    expect([typeof accessToken, typeof refreshToken, expiresIn]).toEqual(['string', 'string', 900])
    expect(await session.json()).toEqual(view)
  })

  test('a second time with one address is refused, in whatever case it is written', async () => {
    const email = newEmail()
    expect((await signUpAs(email)).status).toBe(201)
    for (const again of [email, email.toUpperCase()]) {
      const response = await signUpAs(again)
      expect(response.status).toBe(409)
      expect(await response.json()).toMatchObject({ error: { code: 'identity.email_taken' } })
    }
  })

  test('ten times at once with one address makes one person; the others are told it is taken', async () => {
    const email = newEmail()
    const statuses = await Promise.all(Array.from({ length: 10 }, async () => (await signUpAs(email)).status))
    expect(statuses.toSorted()).toEqual([201, ...Array.from({ length: 9 }, () => 409)])
    const rows = await on.platform.database.query('select id from freehold.users where email = $1', [email])
    expect(rows).toHaveLength(1)
  })

  test.each([
    [{ email: 'no address', password, name: 'Ada' }, 'email'],
    [{ email: 'a@example.com', password: 'short', name: 'Ada' }, 'password'],
    [{ email: 'a@example.com', password, name: '  ' }, 'name'],
    [{ email: 'a@example.com', password, name: 'Ada', role: 'owner' }, 'role'],
  ])('with %j names the field that is wrong', async (body, field) => {
    const response = await on.request('POST', '/api/v1/auth/signup', { body })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: { code: 'validation_failed', details: { problems: [{ in: 'body', field }] } },
    })
  })

  test('stores the password as argon2id and nowhere as itself', async () => {
    const ada = await signUp(on)
    const [account] = await on.platform.database.query('select * from freehold.accounts where user_id = $1', [
      ada.userId,
    ])
    expect(account?.password).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(on.platform.logged.join()).not.toContain(password)
  })
})

describe('signing in', () => {
  test('works with the address in any case', async () => {
    const ada = await signUp(on)
    const response = await signInAs(ada.email.toUpperCase())
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      user: { id: ada.userId },
      organization: { id: ada.organizationId },
    })
  })

  test('with a wrong password and with an unknown address is answered alike', async () => {
    const ada = await signUp(on)
    const answers = await Promise.all([signInAs(ada.email, 'wrong horse battery'), signInAs(newEmail())])
    const bodies = await Promise.all(answers.map((answer) => answer.json() as Promise<{ error: unknown }>)) // the envelope
    expect(answers.map((answer) => answer.status)).toEqual([401, 401])
    expect(bodies[0]?.error).toEqual(bodies[1]?.error)
    expect(answers[0]?.headers.getSetCookie()).toEqual([])
  })
})

describe('the session cookie', () => {
  test('is out of reach of scripts and of other sites', async () => {
    const response = await signUpAs(newEmail())
    const cookies = response.headers.getSetCookie()
    expect(cookies.length).toBeGreaterThan(0)
    for (const cookie of cookies) {
      expect(cookie).toMatch(/; HttpOnly/i)
      expect(cookie).toMatch(/; SameSite=Lax/i)
      expect(cookie).toMatch(/; Path=\//i)
    }
  })

  test('shows who is signed in, until the person signs out', async () => {
    const cookie = cookieOf(await signUpAs(newEmail()))
    const session = () => on.request('GET', '/api/v1/auth/session', { headers: { cookie } })
    expect((await session()).status).toBe(200)
    const out = await on.request('POST', '/api/v1/auth/signout', {
      headers: { cookie, origin: 'http://localhost' },
    })
    expect(out.status).toBe(204)
    expect(out.headers.getSetCookie().join()).toMatch(/Max-Age=0/i)
    expect((await session()).status).toBe(401)
  })

  test('is refused with a change that a page of another site sends', async () => {
    const cookie = cookieOf(await signUpAs(newEmail()))
    const change = (headers: Record<string, string>) =>
      on.request('PATCH', '/api/v1/user/profile', {
        headers: { cookie, ...headers },
        body: { name: 'Changed' },
      })
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://localhost.evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      const response = await change(headers)
      expect(response.status).toBe(403)
      expect(await response.json()).toMatchObject({ error: { details: { reason: 'foreign_origin' } } })
    }
    expect((await change({ origin: 'http://localhost' })).status).toBe(200)
    expect((await change({ 'sec-fetch-site': 'same-origin' })).status).toBe(200)
  })

  test('is refused when it was made up or changed', async () => {
    const all = cookieOf(await signUpAs(newEmail()))
    const cookie = all.split('; ').find((one) => one.startsWith('freehold.session_token=')) ?? ''
    expect((await on.request('GET', '/api/v1/auth/session', { headers: { cookie } })).status).toBe(200)
    for (const forged of [
      `${cookie}x`,
      'freehold.session_token=abc',
      'freehold.session_token=',
      cookie.slice(0, -4),
    ]) {
      expect((await on.request('GET', '/api/v1/auth/session', { headers: { cookie: forged } })).status).toBe(
        401,
      )
    }
  })

  test('stops working when its session was ended by a reused refresh token', async () => {
    const response = await signUpAs(newEmail())
    const { refreshToken } = (await response.json()) as { refreshToken: string } // the contract of signup
    const refresh = () => on.request('POST', '/api/v1/auth/refresh', { body: { refreshToken } })
    await refresh()
    on.platform.clock.advance(11_000)
    expect((await refresh()).status).toBe(401)
    const session = await on.request('GET', '/api/v1/auth/session', {
      headers: { cookie: cookieOf(response) },
    })
    expect(session.status).toBe(401)
  })
})

describe('switching', () => {
  test('moves the session to another of the person’s organizations', async () => {
    const ada = await signUp(on)
    const made = await ada.call<{ id: string }>('POST', '/api/v1/organizations', { name: 'Second' })
    const switched = await ada.call<{ accessToken: string }>('POST', '/api/v1/auth/switch', {
      organizationId: made.body.id,
    })
    expect(switched.body).toMatchObject({ organization: { id: made.body.id, role: 'owner' } })
    const session = await on.request('GET', '/api/v1/auth/session', { token: switched.body.accessToken })
    expect(await session.json()).toMatchObject({ organization: { id: made.body.id } })
  })

  test('to an organization of others is answered like one to an organization that does not exist', async () => {
    const [ada, other] = [await signUp(on), await signUp(on)]
    const answers = await Promise.all(
      [other.organizationId, newId()].map((organizationId) =>
        ada.call('POST', '/api/v1/auth/switch', { organizationId }),
      ),
    )
    expect(answers.map((answer) => answer.status)).toEqual([404, 404])
    expect(answers[0]?.body.error).toEqual(answers[1]?.body.error)
  })
})

test('a person reads and changes their own profile', async () => {
  const ada = await signUp(on)
  expect((await ada.call('GET', '/api/v1/user/profile')).body).toMatchObject({
    id: ada.userId,
    email: ada.email,
    name: 'Ada',
  })
  expect((await ada.call('PATCH', '/api/v1/user/profile', { name: ' Augusta ' })).body).toMatchObject({
    name: 'Augusta',
  })
  expect((await ada.call('GET', '/api/v1/user/profile')).body).toMatchObject({ name: 'Augusta' })
})

test('nobody is let in without credentials, and is told how to send them', async () => {
  const response = await on.request('GET', '/api/v1/auth/session')
  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/)
})
