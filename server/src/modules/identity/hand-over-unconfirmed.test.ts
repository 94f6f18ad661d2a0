import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { ask, lettersTo, password, signIn, tokenFor } from './identity.fixture.ts'
import { SoftAuthenticator } from './soft-authenticator.fixture.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp()
})
afterAll(async () => {
  await on.dispose()
})

const better = 'another horse, stapled'

async function addPasskey(person: Actor): Promise<SoftAuthenticator> {
  const device = new SoftAuthenticator()
  const begun = await person.call<{ registrationToken: string; options: Record<string, unknown> }>(
    'POST',
    '/api/v1/user/passkeys/options',
    { password },
  )
  const { registrationToken, options } = begun.body
  const body = { registrationToken, name: 'Mine', response: device.create(options) }
  expect((await person.call('POST', '/api/v1/user/passkeys', body)).status).toBe(201)
  return device
}

async function signInWith(device: SoftAuthenticator) {
  const { body } = await ask<{ passkeyToken: string; options: Record<string, unknown> }>(
    on,
    'POST',
    '/api/v1/auth/passkey/options',
  )
  const { passkeyToken, options } = body
  return ask(on, 'POST', '/api/v1/auth/passkey/verify', {
    body: { passkeyToken, response: device.get(options) },
  })
}

async function resetPasswordOf(email: string) {
  await ask(on, 'POST', '/api/v1/auth/forgot-password', { body: { email } })
  const token = tokenFor(on, email, 'reset-password')
  const answer = await ask(on, 'POST', '/api/v1/auth/reset-password', { body: { token, password: better } })
  expect(answer.status).toBe(204)
}

const confirm = (email: string, body: object, token?: string) =>
  ask(on, 'POST', '/api/v1/auth/verify-email', {
    body: { token: tokenFor(on, email, 'verify-email'), ...body },
    ...(token === undefined ? {} : { token }),
  })

describe('an account somebody made with another person’s address', () => {
  test('keeps no passkey, second factor, session, browser or key of theirs when the password is reset', async () => {
    const mallory = await signUp(on)
    const device = await addPasskey(mallory)
    await mallory.call('POST', '/api/v1/user/two-factor', { password })
    await on.platform.database.query(
      'update freehold.second_factors set confirmed_at = now() where user_id = $1',
      [mallory.userId],
    )
    const { key } = (await mallory.call<{ key: string }>('POST', '/api/v1/api-keys', { name: 'kept' })).body
    expect((await ask(on, 'GET', '/api/v1/activity', { token: key })).status).toBe(200)
    await resetPasswordOf(mallory.email)
    expect(await signInWith(device)).toMatchObject({ status: 401, code: 'identity.passkey_refused' })
    expect((await mallory.call('GET', '/api/v1/user/profile')).status).toBe(401)
    on.platform.clock.advance(1_000)
    expect((await ask(on, 'GET', '/api/v1/activity', { token: key })).status).toBe(401)
    const rows = await on.platform.database.query('select 1 from freehold.known_devices where user_id = $1', [
      mallory.userId,
    ])
    expect(rows, 'the browser of who reset it').toHaveLength(1)
    const victim = await signIn(on, mallory.email, better)
    expect(victim.body).not.toHaveProperty('twoFactorRequired')
    const token = victim.body.accessToken
    expect((await ask(on, 'GET', '/api/v1/user/profile', { token })).body).toMatchObject({
      emailVerified: true,
    })
    const log = await ask<{ data: { action: string; changes: object }[] }>(on, 'GET', '/api/v1/activity', {
      token,
    })
    expect(log.body.data[0]).toMatchObject({
      action: 'api_key.revoke',
      changes: { reason: 'account_handed_over' },
    })
  })

  test('is not confirmed by the link of the letter alone, which then still works', async () => {
    const mallory = await signUp(on)
    const other = await signUp(on)
    const needed = { status: 403, code: 'identity.password_needed' }
    expect(await confirm(mallory.email, {})).toMatchObject(needed)
    expect(await confirm(mallory.email, {}, other.token)).toMatchObject(needed)
    expect(await confirm(mallory.email, {}, 'ey.no.token')).toMatchObject(needed)
    expect(await confirm(mallory.email, { password: 'not the password' })).toMatchObject(needed)
    expect((await mallory.call('GET', '/api/v1/user/profile')).body).toMatchObject({ emailVerified: false })
    expect((await confirm(mallory.email, { password })).status).toBe(204)
  })

  test('is confirmed by the link for somebody who is signed in to it, by token or cookie', async () => {
    const ada = await signUp(on)
    expect((await confirm(ada.email, {}, ada.token)).status).toBe(204)
    const bob = await signUp(on)
    const { cookie } = await signIn(on, bob.email)
    const token = tokenFor(on, bob.email, 'verify-email')
    const answer = await ask(on, 'POST', '/api/v1/auth/verify-email', {
      body: { token },
      headers: { cookie },
    })
    expect(answer.status).toBe(204)
  })

  test('does not let the password be guessed with the link', async () => {
    const ada = await signUp(on)
    const statuses: number[] = []
    for (let index = 0; index < 7; index++)
      statuses.push((await confirm(ada.email, { password: `guess ${index}` })).status)
    expect(statuses).toEqual([403, 403, 403, 403, 403, 429, 429])
  })
})

test('a confirmed account keeps its passkeys when the password is reset, and the letter says how many', async () => {
  const ada = await signUp(on)
  await on.platform.database.query('update freehold.users set email_verified = true where id = $1', [
    ada.userId,
  ])
  const device = await addPasskey(ada)
  await resetPasswordOf(ada.email)
  expect((await signInWith(device)).status).toBe(200)
  const letter = lettersTo(on, ada.email).findLast((one) => one.subject === 'Your password was reset')
  expect(letter?.text).toContain('one passkey')
})
