import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { ask, lettersTo, password, signIn, tokenFor } from './identity.fixture.ts'

let on: TestApp
let count = 0
const another = () => `another-${process.pid}-${Date.now()}-${count++}@example.com`

beforeAll(async () => {
  on = await createTestApp({ FREEHOLD_TRUST_PROXY: 'true' })
})
afterAll(async () => {
  await on.dispose()
})

type Person = Awaited<ReturnType<typeof signUp>>

async function confirmedPerson(name = 'Ada'): Promise<Person> {
  const person = await signUp(on, name)
  const token = tokenFor(on, person.email, 'verify-email')
  expect((await person.call('POST', '/api/v1/auth/verify-email', { token })).status).toBe(204)
  return person
}
const request = (person: Person, newEmail: string, secret: string | undefined = password) =>
  ask<{ message: string }>(on, 'POST', '/api/v1/user/email', {
    token: person.token,
    body: { newEmail, password: secret },
  })
const confirm = (token: string, by: { token?: string; password?: string } = {}) =>
  ask(on, 'POST', '/api/v1/auth/confirm-address', {
    ...(by.token === undefined ? {} : { token: by.token }),
    body: { token, ...(by.password === undefined ? {} : { password: by.password }) },
  })
const stop = (token: string) => ask(on, 'POST', '/api/v1/auth/stop-address-change', { body: { token } })
const emailOf = async (person: Person) =>
  (await person.call<{ email: string }>('GET', '/api/v1/user/profile')).body.email
const isOpen = async (token: string) =>
  (await on.request('GET', '/api/v1/auth/session', { token })).status === 200

describe('another e-mail address', () => {
  test('counts when the link in the letter to it is opened, and not before', async () => {
    const ada = await confirmedPerson()
    const newEmail = another()
    expect((await request(ada, newEmail)).status).toBe(202)
    expect(await emailOf(ada)).toBe(ada.email)
    expect((await signIn(on, newEmail)).status).toBe(401)
    const other = await signIn(on, ada.email)
    const token = tokenFor(on, newEmail, 'change-address')
    expect((await confirm(token, { token: ada.token })).status).toBe(204)
    expect(await emailOf(ada)).toBe(newEmail)
    expect((await signIn(on, newEmail)).status).toBe(200)
    expect((await signIn(on, ada.email)).status).toBe(401)
    // The session that confirmed goes on, every other ends.
    expect([await isOpen(ada.token), await isOpen(other.body.accessToken)]).toEqual([true, false])
    expect((await confirm(token, { token: ada.token })).code).toBe('identity.link_invalid')
    const events = await ada.call<{ data: { action: string; details: object }[] }>(
      'GET',
      '/api/v1/user/activity',
    )
    expect(events.body.data).toContainEqual(
      expect.objectContaining({
        action: 'email.change',
        details: { from: ada.email, to: newEmail, sessionsEnded: 1 },
      }),
    )
    expect(events.body.data.map(({ action }) => action)).toContain('email.change_request')
  })

  test('needs the password, and is refused where it is the same', async () => {
    const ada = await confirmedPerson()
    expect((await request(ada, another(), 'not the password')).code).toBe('identity.password_wrong')
    expect(
      (await ask(on, 'POST', '/api/v1/user/email', { token: ada.token, body: { newEmail: another() } })).code,
    ).toBe('identity.password_wrong')
    expect((await request(ada, ada.email.toUpperCase())).code).toBe('identity.address_unchanged')
  })

  test('is confirmed by nobody who only holds the link', async () => {
    const [ada, eve] = [await confirmedPerson(), await confirmedPerson('Eve')]
    const newEmail = another()
    await request(ada, newEmail)
    const token = tokenFor(on, newEmail, 'change-address')
    expect((await confirm(token)).code).toBe('identity.password_needed')
    expect((await confirm(token, { token: eve.token })).code).toBe('identity.password_needed')
    expect((await confirm(token, { password: 'not the password' })).code).toBe('identity.password_needed')
    expect((await confirm(token, { password })).status).toBe(204)
    // Nobody was signed in where it was confirmed: no session stays.
    expect(await isOpen(ada.token)).toBe(false)
    expect((await signIn(on, newEmail)).status).toBe(200)
  })

  test('that somebody has is answered like any other, and told to its holder alone', async () => {
    const [ada, bob] = [await confirmedPerson(), await confirmedPerson('Bob')]
    const free = another()
    const answers = [await request(ada, bob.email), await request(ada, free)]
    expect(answers.map(({ status }) => status)).toEqual([202, 202])
    expect(answers[0]?.body.message.replace(bob.email, '')).toBe(answers[1]?.body.message.replace(free, ''))
    expect(lettersTo(on, bob.email).at(-1)?.subject).toBe('Your address has an account already')
    expect(lettersTo(on, bob.email).at(-1)?.text).not.toContain(ada.email)
    expect(() => tokenFor(on, bob.email, 'change-address')).toThrow()
    const notices = lettersTo(on, ada.email).slice(-2)
    expect(notices[0]?.text.replaceAll(/token=\S+|\S+@\S+/g, '')).toBe(
      notices[1]?.text.replaceAll(/token=\S+|\S+@\S+/g, ''),
    )
  })

  test('that somebody took meanwhile is not given twice', async () => {
    const ada = await confirmedPerson()
    const newEmail = another()
    await request(ada, newEmail)
    await on.request('POST', '/api/v1/auth/signup', { body: { email: newEmail, password, name: 'Bob' } })
    const answer = await confirm(tokenFor(on, newEmail, 'change-address'), { token: ada.token })
    expect([answer.status, answer.code]).toEqual([409, 'identity.email_taken'])
    expect(await emailOf(ada)).toBe(ada.email)
  })

  test('that was asked for last counts: the link of an earlier letter is over, as are all after a day', async () => {
    const ada = await confirmedPerson()
    const [first, second] = [another(), another()]
    await request(ada, first)
    await request(ada, second)
    expect((await confirm(tokenFor(on, first, 'change-address'), { token: ada.token })).code).toBe(
      'identity.link_invalid',
    )
    on.platform.clock.advance(24 * 3600_000 + 1)
    const late = await confirm(tokenFor(on, second, 'change-address'), { password })
    expect(late.code).toBe('identity.link_invalid')
  })

  test('is off when the password changes', async () => {
    const ada = await confirmedPerson()
    const newEmail = another()
    await request(ada, newEmail)
    const change = { currentPassword: password, newPassword: 'another horse battery' }
    expect((await ada.call('POST', '/api/v1/user/password', change)).status).toBe(204)
    const answer = await confirm(tokenFor(on, newEmail, 'change-address'), { token: ada.token })
    expect(answer.code).toBe('identity.link_invalid')
  })

  test('cannot be asked for more than five times an hour', async () => {
    const ada = await confirmedPerson()
    const statuses: number[] = []
    for (let tries = 0; tries < 6; tries++) statuses.push((await request(ada, another())).status)
    expect(statuses).toEqual([202, 202, 202, 202, 202, 429])
  })
})

describe('the letter to the old address', () => {
  test('calls the change off, ends every session and the password, and lets a new one be set', async () => {
    const ada = await confirmedPerson()
    const newEmail = another()
    await request(ada, newEmail)
    expect((await stop(tokenFor(on, ada.email, 'stop-address-change'))).status).toBe(204)
    expect(await isOpen(ada.token)).toBe(false)
    expect((await signIn(on, ada.email)).status).toBe(401)
    expect((await confirm(tokenFor(on, newEmail, 'change-address'), { password })).code).toBe(
      'identity.link_invalid',
    )
    const reset = { token: tokenFor(on, ada.email, 'reset-password'), password: 'another horse battery' }
    expect((await on.request('POST', '/api/v1/auth/reset-password', { body: reset })).status).toBe(204)
    expect((await signIn(on, ada.email, reset.password)).status).toBe(200)
  })

  test('takes it back when it took effect, though a thief changed the address once more', async () => {
    const ada = await confirmedPerson()
    const [first, second] = [another(), another()]
    await request(ada, first)
    await confirm(tokenFor(on, first, 'change-address'), { token: ada.token })
    await request(ada, second)
    await confirm(tokenFor(on, second, 'change-address'), { token: ada.token })
    // The thief's own way back, used first, must not take the victim's.
    expect((await stop(tokenFor(on, first, 'stop-address-change'))).status).toBe(204)
    expect((await stop(tokenFor(on, ada.email, 'stop-address-change'))).status).toBe(204)
    expect((await stop(tokenFor(on, first, 'stop-address-change'))).code).toBe('identity.link_invalid')
    const reset = { token: tokenFor(on, ada.email, 'reset-password'), password: 'another horse battery' }
    expect((await on.request('POST', '/api/v1/auth/reset-password', { body: reset })).status).toBe(204)
    expect((await signIn(on, ada.email, reset.password)).status).toBe(200)
  })

  test('finds the old address still free: nobody can sign up with it for as long', async () => {
    const ada = await confirmedPerson()
    const newEmail = another()
    await request(ada, newEmail)
    await confirm(tokenFor(on, newEmail, 'change-address'), { token: ada.token })
    const body = { email: ada.email, password, name: 'Eve' }
    const squat = await ask(on, 'POST', '/api/v1/auth/signup', { body })
    expect([squat.status, squat.code]).toEqual([409, 'identity.email_taken'])
    on.platform.clock.advance(7 * 24 * 3600_000 + 1)
    expect((await ask(on, 'POST', '/api/v1/auth/signup', { body })).status).toBe(201)
  })

  test('has no way back where nobody had confirmed that address: it may be a stranger’s', async () => {
    const ada = await signUp(on)
    const newEmail = another()
    await request(ada, newEmail)
    expect(lettersTo(on, ada.email).at(-1)?.text).toContain('/forgot-password')
    expect(() => tokenFor(on, ada.email, 'stop-address-change')).toThrow()
    expect((await confirm(tokenFor(on, newEmail, 'change-address'), { token: ada.token })).status).toBe(204)
    expect(
      (await ada.call<{ emailVerified: boolean }>('GET', '/api/v1/user/profile')).body.emailVerified,
    ).toBe(true)
  })
})
