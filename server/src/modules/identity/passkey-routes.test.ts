import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../platform/ids.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { ask, lettersTo, password, type SignedIn } from './identity.fixture.ts'
import { type Quirks, SoftAuthenticator } from './soft-authenticator.fixture.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp()
})
afterAll(async () => {
  await on.dispose()
})

interface Creation {
  registrationToken: string
  options: Record<string, unknown>
}

const path = '/api/v1/user/passkeys'
const begin = (person: Actor) => person.call<Creation>('POST', `${path}/options`, { password })

async function register(person: Actor, device = new SoftAuthenticator(), quirks: Quirks = {}) {
  const { registrationToken, options } = (await begin(person)).body
  const body = { registrationToken, name: 'Laptop', response: device.create(options, quirks) }
  return { device, answer: await person.call<{ id: string; error?: object }>('POST', path, body) }
}

async function options() {
  const { body } = await ask<{ passkeyToken: string; options: Record<string, unknown> }>(
    on,
    'POST',
    '/api/v1/auth/passkey/options',
  )
  return body
}

const verify = (passkeyToken: string, response: unknown) =>
  ask<SignedIn & { user: { id: string } }>(on, 'POST', '/api/v1/auth/passkey/verify', {
    body: { passkeyToken, response },
  })

async function signInWith(device: SoftAuthenticator, quirks: Quirks = {}) {
  const begun = await options()
  return verify(begun.passkeyToken, device.get(begun.options, quirks))
}

describe('a passkey', () => {
  test('is made by a signed-in person, and signs them in, as both factors', async () => {
    const ada = await signUp(on)
    const { device, answer } = await register(ada)
    expect(answer).toMatchObject({ status: 201, body: { name: 'Laptop', lastUsedAt: null } })
    expect(lettersTo(on, ada.email).at(-1)?.subject).toBe('A passkey was added')
    const opened = await signInWith(device)
    expect(opened).toMatchObject({ status: 200, body: { user: { id: ada.userId } } })
    expect(opened.cookie).toContain('freehold.session_token')
    const token = opened.body.accessToken
    expect((await on.request('GET', '/api/v1/auth/session', { token })).status).toBe(200)
    const listed = await ada.call<{ data: object[] }>('GET', path)
    expect(listed.body.data).toEqual([
      {
        id: answer.body.id,
        name: 'Laptop',
        backedUp: false,
        createdAt: expect.stringMatching(/Z$/),
        lastUsedAt: expect.stringMatching(/Z$/),
      },
    ])
  })

  test('is not begun without the password', async () => {
    const ada = await signUp(on)
    for (const body of [{}, { password: 'not the password' }])
      expect(await ada.call('POST', `${path}/options`, body)).toMatchObject({
        status: 403,
        body: { error: { code: 'identity.password_wrong' } },
      })
  })

  test.each<[string, Quirks]>([
    ['for another site', { origin: 'https://evil.example' }],
    ['for another server', { rpId: 'evil.example' }],
    ['without a finger, a face or a PIN', { verified: false }],
    ['for another challenge', { challenge: 'bm90IHRoZSBjaGFsbGVuZ2U' }],
    ['as an answer to signing in', { type: 'webauthn.get' }],
  ])('is not kept that was made %s', async (_what, quirks) => {
    const ada = await signUp(on)
    const { answer } = await register(ada, new SoftAuthenticator(), quirks)
    expect(answer).toMatchObject({ status: 422, body: { error: { code: 'identity.passkey_invalid' } } })
  })

  test.each<[string, Quirks]>([
    ['for another site', { origin: 'https://evil.example' }],
    ['for another server', { rpId: 'evil.example' }],
    ['without a finger, a face or a PIN', { verified: false }],
    ['for another challenge', { challenge: 'bm90IHRoZSBjaGFsbGVuZ2U' }],
    ['by another key', { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey }],
    ['with a counter that went back, as that of a copy', { counter: 1 }],
  ])('signs nobody in that signs %s', async (_what, quirks) => {
    const ada = await signUp(on)
    const { device } = await register(ada)
    expect((await signInWith(device)).status).toBe(200)
    expect(await signInWith(device, quirks)).toMatchObject({
      status: 401,
      code: 'identity.passkey_refused',
      cookie: '',
    })
    expect((await signInWith(device)).status).toBe(200)
  })

  test('answers a challenge once, in time, and only its own', async () => {
    const ada = await signUp(on)
    const { device } = await register(ada)
    const begun = await options()
    const answer = device.get(begun.options)
    const statuses = await Promise.all(
      [1, 2, 3].map(async () => (await verify(begun.passkeyToken, answer)).status),
    )
    expect(statuses.toSorted()).toEqual([200, 401, 401])
    const late = await options()
    on.platform.clock.advance(5 * 60_000 + 1_000)
    expect((await verify(late.passkeyToken, device.get(late.options))).status).toBe(401)
    const [one, other] = [await options(), await options()]
    expect((await verify(one.passkeyToken, device.get(other.options))).status).toBe(401)
  })

  test('token of one person makes no passkey for another, and none twice', async () => {
    const [ada, bob] = [await signUp(on), await signUp(on, 'Bob')]
    const { registrationToken, options: given } = (await begin(ada)).body
    const body = { registrationToken, name: 'Mine', response: new SoftAuthenticator().create(given) }
    expect((await bob.call('POST', path, body)).status).toBe(422)
    expect((await ada.call('POST', path, body)).status, 'a try uses the token up').toBe(422)
  })

  test('belongs to one account', async () => {
    const [ada, bob] = [await signUp(on), await signUp(on, 'Bob')]
    const { device } = await register(ada)
    expect((await register(bob, device)).answer.status).toBe(422)
    expect((await bob.call<{ data: object[] }>('GET', path)).body.data).toEqual([])
  })

  test('does not sign in whoever its answer says, but its owner', async () => {
    const [ada, bob] = [await signUp(on), await signUp(on, 'Bob')]
    const { device } = await register(ada)
    device.userHandle = Buffer.from(bob.userId).toString('base64url')
    expect((await signInWith(device)).status).toBe(401)
  })

  test('is renamed and removed by its owner alone, and then signs nobody in', async () => {
    const [ada, bob] = [await signUp(on), await signUp(on, 'Bob')]
    const { device, answer } = await register(ada)
    const own = `${path}/${answer.body.id}`
    for (const [method, body] of [
      ['PATCH', { name: 'Theirs' }],
      ['DELETE', undefined],
    ] as const) {
      const foreign = await bob.call(method, own, body)
      const random = await bob.call(method, `${path}/${newId()}`, body)
      expect([foreign.status, random.status]).toEqual([404, 404])
      expect(foreign.body.error).toEqual(random.body.error)
    }
    expect((await ada.call('PATCH', own, { name: ' Phone ' })).body).toMatchObject({ name: 'Phone' })
    expect((await ada.call('DELETE', own)).status).toBe(204)
    expect((await signInWith(device)).status).toBe(401)
  })
})
