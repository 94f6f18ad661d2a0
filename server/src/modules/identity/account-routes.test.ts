import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../platform/ids.ts'
import { createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { ask, lettersTo, password, signIn, tokenFor } from './identity.fixture.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp({ FREEHOLD_TRUST_PROXY: 'true' })
})
afterAll(async () => {
  await on.dispose()
})

interface Listed {
  data: { id: string; current: boolean }[]
  nextCursor: string | null
}

const phone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.2 Mobile/15E148 Safari/604.1'
const statusOf = async (token: string) => (await on.request('GET', '/api/v1/auth/session', { token })).status

describe('a person’s sessions', () => {
  test('are listed with device, address and last use; the one that asks is marked', async () => {
    const ada = await signUp(on)
    await ask(on, 'POST', '/api/v1/auth/signin', {
      body: { email: ada.email, password },
      headers: { 'user-agent': phone, 'x-forwarded-for': '130.59.31.80' },
    })
    const { body } = await ada.call<Listed>('GET', '/api/v1/user/sessions')
    expect(body).toEqual({
      data: [
        {
          id: expect.any(String),
          device: { browser: 'Safari 18', os: 'iOS', kind: 'mobile' },
          ip: '130.59.31.80',
          country: 'CH',
          createdAt: expect.stringMatching(/Z$/),
          lastUsedAt: expect.stringMatching(/Z$/),
          expiresAt: expect.stringMatching(/Z$/),
          current: false,
        },
        expect.objectContaining({ ip: null, current: true }),
      ],
      nextCursor: null,
    })
    const page = await ada.call<Listed>('GET', '/api/v1/user/sessions?limit=1')
    const next = await ada.call<Listed>('GET', `/api/v1/user/sessions?limit=1&cursor=${page.body.nextCursor}`)
    expect([...page.body.data, ...next.body.data].map((one) => one.current)).toEqual([false, true])
  })

  test('show when they were last used', async () => {
    const ada = await signUp(on)
    on.platform.clock.advance(6 * 60_000)
    await ada.call('GET', '/api/v1/user/profile')
    const { body } = await ada.call<{ data: { createdAt: string; lastUsedAt: string }[] }>(
      'GET',
      '/api/v1/user/sessions',
    )
    const [session] = body.data
    expect(Date.parse(session?.lastUsedAt ?? '')).toBeGreaterThan(Date.parse(session?.createdAt ?? ''))
  })

  test('are ended one at a time: its tokens and its cookie stop at once', async () => {
    const ada = await signUp(on)
    const other = await signIn(on, ada.email)
    const { body } = await ada.call<Listed>('GET', '/api/v1/user/sessions')
    const id = body.data.find((one) => !one.current)?.id
    expect((await ada.call('DELETE', `/api/v1/user/sessions/${id}`)).status).toBe(204)
    expect(await statusOf(other.body.accessToken)).toBe(401)
    const { cookie } = other
    expect((await on.request('GET', '/api/v1/auth/session', { headers: { cookie } })).status).toBe(401)
    const refresh = { body: { refreshToken: other.body.refreshToken } }
    expect((await on.request('POST', '/api/v1/auth/refresh', refresh)).status).toBe(401)
    expect(await statusOf(ada.token)).toBe(200)
  })

  test('of others are answered like those that do not exist, and go on', async () => {
    const [ada, bob] = [await signUp(on), await signUp(on, 'Bob')]
    const bobs = await bob.call<Listed>('GET', '/api/v1/user/sessions')
    const answers = await Promise.all(
      [bobs.body.data[0]?.id, newId()].map((id) => ada.call('DELETE', `/api/v1/user/sessions/${id}`)),
    )
    expect(answers.map((answer) => answer.status)).toEqual([404, 404])
    expect(answers[0]?.body.error).toEqual(answers[1]?.body.error)
    expect(await statusOf(bob.token)).toBe(200)
  })

  test('are ended all but the one that asks', async () => {
    const ada = await signUp(on)
    const others = [await signIn(on, ada.email), await signIn(on, ada.email)]
    expect((await ada.call('DELETE', '/api/v1/user/sessions')).status).toBe(204)
    for (const other of others) expect(await statusOf(other.body.accessToken)).toBe(401)
    expect(await statusOf(ada.token)).toBe(200)
    expect((await ada.call<Listed>('GET', '/api/v1/user/sessions')).body.data).toHaveLength(1)
  })
})

test('what happens to an account is written down, with who and where, and shown to its person alone', async () => {
  const [ada, bob] = [await signUp(on), await signUp(on, 'Bob')]
  await ask(on, 'POST', '/api/v1/auth/signin', {
    body: { email: ada.email, password: 'not the password' },
    headers: { 'x-forwarded-for': '198.51.100.7' },
  })
  await ask(on, 'POST', '/api/v1/auth/verify-email', {
    body: { token: tokenFor(on, ada.email, 'verify-email'), password },
  })
  const events = await ada.call<{ data: { action: string; ip: string | null; id: string }[] }>(
    'GET',
    '/api/v1/user/activity',
  )
  expect(events.body.data.map(({ action, ip }) => [action, ip])).toEqual([
    ['email.verify', null],
    ['session.refuse', '198.51.100.7'],
    ['session.open', null],
    ['account.create', null],
  ])
  const bobs = await bob.call<{ data: { id: string }[] }>('GET', '/api/v1/user/activity')
  const ids = new Set(events.body.data.map(({ id }) => id))
  expect(bobs.body.data.filter(({ id }) => ids.has(id))).toEqual([])
})

test('the export has all that is known of a person and no secret', async () => {
  const ada = await signUp(on)
  await ada.call('POST', '/api/v1/user/two-factor', { password })
  const { status, body } = await ada.call('GET', '/api/v1/user/export')
  expect(status).toBe(200)
  expect(body).toMatchObject({
    profile: { id: ada.userId, email: ada.email },
    organizations: [{ id: ada.organizationId, role: 'owner' }],
    signInMethods: [{ provider: 'password' }],
    twoFactor: { enabledAt: null, recoveryCodesLeft: 0 },
    passkeys: [],
    sessions: [{ current: true }],
    knownDevices: [{ network: null }],
    activity: [{ action: 'account.export' }, { action: 'session.open' }, { action: 'account.create' }],
  })
  expect(JSON.stringify(body)).not.toMatch(/argon2|hash|secret|sealed/i)
})

describe('deleting an account', () => {
  const remove = (person: Awaited<ReturnType<typeof signUp>>, secret = password) =>
    person.call('DELETE', '/api/v1/user/account', { password: secret })

  test('is refused to the last owner of an organization, which it names', async () => {
    const ada = await signUp(on)
    const answer = await remove(ada)
    expect(answer).toMatchObject({
      status: 409,
      body: {
        error: {
          code: 'identity.last_owner',
          details: { organizations: [{ id: ada.organizationId, name: "Ada's" }] },
        },
      },
    })
    expect(await statusOf(ada.token)).toBe(200)
  })

  test('needs the password', async () => {
    const ada = await signUp(on)
    expect((await remove(ada, 'not the password')).status).toBe(403)
    expect((await ada.call('DELETE', '/api/v1/user/account')).status).toBe(400)
  })

  test('removes the person, what is theirs alone, and their memberships, and tells them', async () => {
    const [ada, bob] = [await signUp(on), await signUp(on, 'Bob')]
    const path = `/api/v1/organizations/${ada.organizationId}/members`
    expect((await ada.call('POST', path, { email: bob.email, role: 'owner' })).status).toBe(201)
    expect((await remove(ada)).status).toBe(204)
    expect(await statusOf(ada.token)).toBe(401)
    expect((await signIn(on, ada.email)).status).toBe(401)
    expect(lettersTo(on, ada.email).at(-1)?.subject).toBe('Your account was deleted')
    for (const table of ['users', 'sessions', 'accounts', 'known_devices', 'account_events', 'memberships']) {
      const column = table === 'users' ? 'id' : 'user_id'
      const rows = await on.platform.database.query(`select 1 from freehold.${table} where ${column} = $1`, [
        ada.userId,
      ])
      expect(rows, table).toEqual([])
    }
    const switched = await bob.call<{ accessToken: string }>('POST', '/api/v1/auth/switch', {
      organizationId: ada.organizationId,
    })
    const log = await ask<{ data: { action: string; changes: object }[] }>(on, 'GET', '/api/v1/activity', {
      token: switched.body.accessToken,
    })
    expect(log.body.data[0]).toMatchObject({ action: 'member.leave', changes: { reason: 'account_deleted' } })
  })

  test('of the last two owners at once leaves one', async () => {
    const [ada, bob] = [await signUp(on), await signUp(on, 'Bob')]
    const path = `/api/v1/organizations/${ada.organizationId}/members`
    await ada.call('POST', path, { email: bob.email, role: 'owner' })
    // Bob's own organization goes to Ada too, so that only the shared ones stand in the way.
    await bob.call('POST', `/api/v1/organizations/${bob.organizationId}/members`, {
      email: ada.email,
      role: 'owner',
    })
    const statuses = (await Promise.all([remove(ada), remove(bob)])).map(({ status }) => status)
    expect(statuses.toSorted()).toEqual([204, 409])
  })
})
