import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer } from '../../platform/fetch/local-server.fixture.ts'
import { createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { ask, password, signIn, tokenFor } from './identity.fixture.ts'
import { SoftAuthenticator } from './soft-authenticator.fixture.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp({ FREEHOLD_TRUST_PROXY: 'true' })
})
afterAll(async () => {
  await on.dispose()
})

const better = 'another horse, stapled'

test('a sign-in under way while the password is reset leaves no session', async () => {
  for (let round = 0; round < 4; round++) {
    const ada = await signUp(on)
    await ask(on, 'POST', '/api/v1/auth/forgot-password', { body: { email: ada.email } })
    const token = tokenFor(on, ada.email, 'reset-password')
    const reset = ask(on, 'POST', '/api/v1/auth/reset-password', { body: { token, password: better } })
    const tries = Array.from({ length: 8 }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * 10))
      return signIn(on, ada.email, password, { ip: `10.${round}.${index}.9` })
    })
    const answers = await Promise.all(tries)
    expect((await reset).status).toBe(204)
    for (const { status, body } of answers) {
      expect([200, 401]).toContain(status)
      if (status !== 200) continue
      expect((await ask(on, 'GET', '/api/v1/user/profile', { token: body.accessToken })).status).toBe(401)
    }
  }
})

test('a second factor does not finish a sign-in whose password was changed after it was checked', async () => {
  const ada = await signUp(on)
  const setUp = await ada.call<{ recoveryCodes: string[] }>('POST', '/api/v1/user/two-factor', { password })
  const { database } = on.platform
  const confirmed = 'update freehold.second_factors set confirmed_at = now() where user_id = $1'
  await database.query(confirmed, [ada.userId])
  const begun = await signIn(on, ada.email)
  const { twoFactorToken } = begun.body
  // As the reset leaves it that ended before this token was written.
  await database.query("update freehold.accounts set password = password || ' ' where user_id = $1", [
    ada.userId,
  ])
  const [code] = setUp.body.recoveryCodes
  const answer = await ask(on, 'POST', '/api/v1/auth/two-factor', { body: { twoFactorToken, code } })
  expect(answer).toMatchObject({ status: 401, code: 'identity.invalid_credentials' })
  const open = await database.query('select 1 from freehold.sessions where user_id = $1', [ada.userId])
  expect(open, 'the one of signing up').toHaveLength(1)
})

test('a passkey does not let in whose address must be confirmed and is not', async () => {
  const ada = await signUp(on)
  const device = new SoftAuthenticator()
  const made = await ada.call<{ registrationToken: string; options: Record<string, unknown> }>(
    'POST',
    '/api/v1/user/passkeys/options',
    { password },
  )
  const { registrationToken } = made.body
  const body = { registrationToken, name: 'Mine', response: device.create(made.body.options) }
  expect((await ada.call('POST', '/api/v1/user/passkeys', body)).status).toBe(201)
  // The same installation, after its operator has decided so.
  const strict = await createTestApp({ FREEHOLD_REQUIRE_VERIFIED_EMAIL: 'true' })
  try {
    const show = async () => {
      const path = '/api/v1/auth/passkey'
      const begun = await ask<{ passkeyToken: string; options: Record<string, unknown> }>(
        strict,
        'POST',
        `${path}/options`,
      )
      const { passkeyToken, options } = begun.body
      const response = device.get(options)
      return ask(strict, 'POST', `${path}/verify`, { body: { passkeyToken, response } })
    }
    expect(await show()).toMatchObject({ status: 403, code: 'identity.email_not_verified' })
    const token = tokenFor(strict, ada.email, 'verify-email')
    await ask(strict, 'POST', '/api/v1/auth/verify-email', { body: { token, password } })
    expect((await show()).status).toBe(200)
  } finally {
    await strict.dispose()
  }
})

test('a passkey sign-in under way while the account is handed over leaves no session', async () => {
  for (let round = 0; round < 4; round++) {
    const ada = await signUp(on)
    const device = new SoftAuthenticator()
    const made = await ada.call<{ registrationToken: string; options: Record<string, unknown> }>(
      'POST',
      '/api/v1/user/passkeys/options',
      { password },
    )
    const { registrationToken } = made.body
    const response = device.create(made.body.options)
    await ada.call('POST', '/api/v1/user/passkeys', { registrationToken, name: 'In waiting', response })
    await ask(on, 'POST', '/api/v1/auth/forgot-password', { body: { email: ada.email } })
    const path = '/api/v1/auth/passkey'
    const begun = []
    for (let index = 0; index < 12; index++)
      begun.push(
        (await ask<{ passkeyToken: string; options: Record<string, unknown> }>(on, 'POST', `${path}/options`))
          .body,
      )
    const token = tokenFor(on, ada.email, 'reset-password')
    const reset = ask(on, 'POST', '/api/v1/auth/reset-password', { body: { token, password: better } })
    const tries = begun.map(async ({ passkeyToken, options }, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * 5))
      const body = { passkeyToken, response: device.get(options) }
      return ask<{ accessToken: string }>(on, 'POST', `${path}/verify`, { body })
    })
    const answers = await Promise.all(tries)
    expect((await reset).status).toBe(204)
    for (const { status, body } of answers) {
      expect([200, 401]).toContain(status)
      if (status !== 200) continue
      expect((await ask(on, 'GET', '/api/v1/user/profile', { token: body.accessToken })).status).toBe(401)
    }
    const open = await on.platform.database.query('select 1 from freehold.sessions where user_id = $1', [
      ada.userId,
    ])
    expect(open).toEqual([])
  }
})

test('a password that is reset while a thief changes it stays the new one', async () => {
  const service = await startServer('127.0.0.1')
  const url = `http://127.0.0.1:${service.port}/range/`
  const checked = await createTestApp({ FREEHOLD_BREACHED_PASSWORDS_URL: url })
  try {
    const ada = await signUp(checked)
    // Asked after the current password was checked, and before the new one is written.
    service.answer = async (_request, response) => {
      await checked.platform.database.query(
        `update freehold.accounts set password = 'the hash of a new one' where user_id = $1`,
        [ada.userId],
      )
      response.end('')
    }
    const body = { currentPassword: password, newPassword: 'what the thief would like' }
    expect(await ada.call('POST', '/api/v1/user/password', body)).toMatchObject({
      status: 403,
      body: { error: { code: 'identity.password_wrong' } },
    })
    const rows = await checked.platform.database.query(
      'select password from freehold.accounts where user_id = $1',
      [ada.userId],
    )
    expect(rows).toEqual([{ password: 'the hash of a new one' }])
  } finally {
    await checked.dispose()
    await service.close()
  }
})
