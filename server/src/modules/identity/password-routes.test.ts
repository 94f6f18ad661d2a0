import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type LocalServer, startServer } from '../../platform/fetch/local-server.fixture.ts'
import { newId } from '../../platform/ids.ts'
import { createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { ask, lettersTo, password, signIn, tokenFor } from './identity.fixture.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp()
})
afterAll(async () => {
  await on.dispose()
})

const better = 'another horse, stapled'
const newEmail = () => `person-${newId()}@example.com`
const verify = (token: string) => ask(on, 'POST', '/api/v1/auth/verify-email', { body: { token, password } })
const forgot = (email: string) => ask(on, 'POST', '/api/v1/auth/forgot-password', { body: { email } })
const reset = (token: string, secret = better) =>
  ask(on, 'POST', '/api/v1/auth/reset-password', { body: { token, password: secret } })

describe('an e-mail address', () => {
  test('is confirmed by the link of the letter that signing up sends, which works once', async () => {
    const ada = await signUp(on)
    const token = tokenFor(on, ada.email, 'verify-email')
    expect((await ada.call('GET', '/api/v1/user/profile')).body).toMatchObject({ emailVerified: false })
    expect((await verify(token)).status).toBe(204)
    expect((await ada.call('GET', '/api/v1/user/profile')).body).toMatchObject({ emailVerified: true })
    expect(await verify(token)).toMatchObject({ status: 400, code: 'identity.link_invalid' })
  })

  test('is not confirmed by an old link, one for another purpose, or one that was made up', async () => {
    const ada = await signUp(on)
    const token = tokenFor(on, ada.email, 'verify-email')
    await forgot(ada.email)
    for (const wrong of [tokenFor(on, ada.email, 'reset-password'), `${token}x`, 'x'])
      expect(await verify(wrong)).toMatchObject({ status: 400, code: 'identity.link_invalid' })
    on.platform.clock.advance(3 * 24 * 3600_000 + 1_000)
    expect((await verify(token)).status).toBe(400)
  })

  test('gets the letter once more, whoever asks, and is told nothing about', async () => {
    const ada = await signUp(on)
    const again = (email: string) => ask(on, 'POST', '/api/v1/auth/resend-verification', { body: { email } })
    expect(lettersTo(on, ada.email)).toHaveLength(1)
    const [known, unknown] = [await again(ada.email), await again(newEmail())]
    expect([known.status, unknown.status]).toEqual([202, 202])
    expect(known.body).toEqual(unknown.body)
    expect(lettersTo(on, ada.email)).toHaveLength(2)
    expect((await verify(tokenFor(on, ada.email, 'verify-email'))).status).toBe(204)
    await again(ada.email)
    expect(lettersTo(on, ada.email), 'confirmed: no more letters').toHaveLength(2)
  })

  test('gets five letters an hour for one network and twenty for all, so that nobody uses up another’s', async () => {
    const proxied = await createTestApp({ FREEHOLD_TRUST_PROXY: 'true' })
    try {
      const ada = await signUp(proxied)
      const forgotFrom = (ip: string) =>
        ask(proxied, 'POST', '/api/v1/auth/forgot-password', {
          body: { email: ada.email },
          headers: { 'x-forwarded-for': ip },
        })
      const letters = () =>
        lettersTo(proxied, ada.email).filter((one) => one.subject === 'Set a new password')
      for (let index = 0; index < 8; index++) await forgotFrom('203.0.113.9')
      expect(letters()).toHaveLength(5)
      await forgotFrom('198.51.100.1')
      expect(letters(), 'the person’s own network').toHaveLength(6)
      for (let index = 0; index < 18; index++) await forgotFrom(`10.0.${index}.1`)
      expect(letters()).toHaveLength(20)
    } finally {
      await proxied.dispose()
    }
  })

  test('gets as many for accounts that are made and deleted', async () => {
    const email = newEmail()
    for (let index = 0; index < 7; index++) {
      const made = await ask<{ accessToken: string }>(on, 'POST', '/api/v1/auth/signup', {
        body: { email, password, name: 'Ada', organizationName: null },
      })
      const token = made.body.accessToken
      await ask(on, 'DELETE', '/api/v1/user/account', { token, body: { password } })
    }
    const subjects = lettersTo(on, email).map((one) => one.subject)
    expect(subjects.filter((one) => one === 'Confirm your e-mail address')).toHaveLength(5)
    expect(subjects).toHaveLength(10)
  })

  test('that must be confirmed lets nobody in before', async () => {
    const strict = await createTestApp({ FREEHOLD_REQUIRE_VERIFIED_EMAIL: 'true' })
    try {
      const email = newEmail()
      const made = await ask(strict, 'POST', '/api/v1/auth/signup', {
        body: { email, password, name: 'Ada' },
      })
      expect(made).toMatchObject({ status: 201, body: { verificationRequired: true, email }, cookie: '' })
      expect(made.body).not.toHaveProperty('accessToken')
      expect(await signIn(strict, email)).toMatchObject({
        status: 403,
        code: 'identity.email_not_verified',
        cookie: '',
      })
      const wrong = await signIn(strict, email, 'not the password')
      expect(wrong.code, 'only who knows the password is told').toBe('identity.invalid_credentials')
      const token = tokenFor(strict, email, 'verify-email')
      await ask(strict, 'POST', '/api/v1/auth/verify-email', { body: { token, password } })
      expect((await signIn(strict, email)).status).toBe(200)
    } finally {
      await strict.dispose()
    }
  })
})

describe('a forgotten password', () => {
  test('is replaced by the link of a letter; every session ends', async () => {
    const ada = await signUp(on)
    const other = await signIn(on, ada.email)
    expect((await forgot(ada.email.toUpperCase())).status).toBe(202)
    expect((await reset(tokenFor(on, ada.email, 'reset-password'))).status).toBe(204)
    for (const token of [ada.token, other.body.accessToken])
      expect((await on.request('GET', '/api/v1/auth/session', { token })).status).toBe(401)
    const refresh = { body: { refreshToken: other.body.refreshToken } }
    expect((await on.request('POST', '/api/v1/auth/refresh', refresh)).status).toBe(401)
    expect((await signIn(on, ada.email)).code).toBe('identity.invalid_credentials')
    expect((await signIn(on, ada.email, better)).status).toBe(200)
    expect(lettersTo(on, ada.email).at(-1)?.subject).toBe('Your password was reset')
  })

  test('link works once, for an hour; one that is used ends the others, and one that is asked for does not', async () => {
    const ada = await signUp(on)
    await forgot(ada.email)
    const first = tokenFor(on, ada.email, 'reset-password')
    await forgot(ada.email)
    const second = tokenFor(on, ada.email, 'reset-password')
    const answers = await Promise.all(Array.from({ length: 5 }, () => reset(first)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 400, 400, 400, 400])
    expect(await reset(second)).toMatchObject({ status: 400, code: 'identity.link_invalid' })
    await forgot(ada.email)
    const third = tokenFor(on, ada.email, 'reset-password')
    on.platform.clock.advance(3600_000 + 1_000)
    expect((await reset(third)).status).toBe(400)
  })

  test('is asked for alike by those who have an account and those who have none', async () => {
    const ada = await signUp(on)
    const timed = async (email: string) => {
      const startedAt = performance.now()
      const { status, body, headers } = await forgot(email)
      const names = [...headers.keys()].toSorted()
      return { answer: { status, body, names }, tookMs: performance.now() - startedAt }
    }
    const [known, unknown] = [await timed(ada.email), await timed(newEmail())]
    expect(known.answer).toEqual(unknown.answer)
    for (const { tookMs } of [known, unknown]) expect(tookMs).toBeGreaterThanOrEqual(195)
  })

  test('token stands behind # in the letter, and neither in the database nor in the log', async () => {
    const ada = await signUp(on)
    await forgot(ada.email)
    const token = tokenFor(on, ada.email, 'reset-password')
    const rows = await on.platform.database.query(
      'select * from freehold.one_time_tokens where user_id = $1',
      [ada.userId],
    )
    expect(rows.length).toBeGreaterThan(0)
    expect(`${JSON.stringify(rows)}${on.platform.logged.join()}`).not.toContain(token)
  })

  test('is not replaced by one that is refused; the link goes on working', async () => {
    const ada = await signUp(on)
    await forgot(ada.email)
    const token = tokenFor(on, ada.email, 'reset-password')
    expect(await reset(token, 'aaaaaaaaaaaa')).toMatchObject({ status: 422 })
    expect((await reset(token)).status).toBe(204)
  })
})

describe('changing the password', () => {
  test('needs the one before, ends the other sessions and leaves this one', async () => {
    const ada = await signUp(on)
    const other = await signIn(on, ada.email)
    const change = (currentPassword: string) =>
      ada.call('POST', '/api/v1/user/password', { currentPassword, newPassword: better })
    expect(await change('not the password')).toMatchObject({
      status: 403,
      body: { error: { code: 'identity.password_wrong' } },
    })
    expect((await change(password)).status).toBe(204)
    expect((await ada.call('GET', '/api/v1/auth/session')).status).toBe(200)
    const token = other.body.accessToken
    expect((await on.request('GET', '/api/v1/auth/session', { token })).status).toBe(401)
    expect((await signIn(on, ada.email, better)).status).toBe(200)
    expect(lettersTo(on, ada.email).at(-1)?.subject).toBe('Your password was changed')
  })

  test('cannot be tried for ever with a stolen session', async () => {
    const ada = await signUp(on)
    const statuses: number[] = []
    for (let index = 0; index < 12; index++) {
      const body = { currentPassword: `guess ${index}`, newPassword: better }
      statuses.push((await ada.call('POST', '/api/v1/user/password', body)).status)
    }
    expect(statuses.filter((status) => status === 403)).toHaveLength(5)
    expect(statuses.slice(-2)).toEqual([429, 429])
  })

  test('is tried ever more slowly with a stolen session', async () => {
    const ada = await signUp(on)
    let tried = 0
    for (let minute = 0; minute < 12; minute++) {
      for (let index = 0; index < 6; index++) {
        const guess = { password: `guess ${minute} ${index}` }
        const { status } = await ada.call('POST', '/api/v1/user/two-factor/disable', guess)
        if (status === 403) tried++
      }
      on.platform.clock.advance(60_000)
    }
    // Twenty an hour, and what drained in twelve minutes.
    expect(tried).toBeGreaterThanOrEqual(20)
    expect(tried).toBeLessThanOrEqual(25)
  })
})

describe('a password is refused', () => {
  test.each([
    ['which is the address', 'person-of-note@example.com', 'contains_email'],
    ['which is the name', 'AugustaLovelace1', 'contains_name'],
    ['which repeats itself', '1111111111', 'too_few_characters'],
  ])('%s', async (_what, secret, reason) => {
    const answer = await ask(on, 'POST', '/api/v1/auth/signup', {
      body: { email: 'person-of-note@example.com', password: secret, name: 'Augusta Lovelace' },
    })
    expect(answer).toMatchObject({ status: 422, body: { error: { details: { reason } } } })
  })

  describe('that stands in lists of leaked ones', () => {
    const leaked = 'trustno1 trustno1'
    const hash = createHash('sha1').update(leaked).digest('hex').toUpperCase()
    let service: LocalServer
    let checked: TestApp

    beforeAll(async () => {
      service = await startServer('127.0.0.1')
      checked = await createTestApp({
        FREEHOLD_BREACHED_PASSWORDS_URL: `http://127.0.0.1:${service.port}/range/`,
      })
    })
    afterEach(() => {
      checked.platform.clock.advance(3600_000)
    })
    afterAll(async () => {
      await checked.dispose()
      await service.close()
    })

    const list: LocalServer['answer'] = (_request, response) =>
      response.end(`${'0'.repeat(35)}:3\r\n${hash.slice(5)}:8172\r\n${'F'.repeat(35)}:0`)
    const signUpWith = (secret: string) =>
      ask(checked, 'POST', '/api/v1/auth/signup', {
        body: { email: newEmail(), password: secret, name: 'Ada' },
      })

    test('at sign-up, change and reset; five characters of its hash leave the server and nothing else', async () => {
      service.answer = list
      service.requests.length = 0
      const refusal = { status: 422, body: { error: { details: { reason: 'breached' } } } }
      expect(await signUpWith(leaked)).toMatchObject(refusal)
      const ada = await signUp(checked)
      const change = { currentPassword: password, newPassword: leaked }
      expect(await ada.call('POST', '/api/v1/user/password', change)).toMatchObject(refusal)
      await ask(checked, 'POST', '/api/v1/auth/forgot-password', { body: { email: ada.email } })
      const token = tokenFor(checked, ada.email, 'reset-password')
      expect(
        await ask(checked, 'POST', '/api/v1/auth/reset-password', { body: { token, password: leaked } }),
      ).toMatchObject(refusal)
      const asked = service.requests.filter((one) => one.url === `/range/${hash.slice(0, 5)}`)
      expect(asked).toHaveLength(3)
      const sent = JSON.stringify(service.requests)
      expect(sent).not.toContain(hash.slice(0, 6))
      expect(sent).not.toContain(leaked)
    })

    test('not when the ending is padding, whose count is zero', async () => {
      service.answer = (_request, response) => response.end(`${hash.slice(5)}:0`)
      expect((await signUpWith(leaked)).status).toBe(201)
    })

    test('not while the service is away, which is then left alone for five minutes', async () => {
      service.answer = (_request, response) => {
        response.statusCode = 503
        response.end()
      }
      service.requests.length = 0
      expect((await signUpWith(leaked)).status).toBe(201)
      service.answer = list
      expect((await signUpWith(leaked)).status).toBe(201)
      expect(service.requests).toHaveLength(1)
      checked.platform.clock.advance(5 * 60_000 + 1_000)
      expect((await signUpWith(leaked)).status).toBe(422)
    })
  })
})
