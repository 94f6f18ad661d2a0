import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { ask, lettersTo, password, signIn } from './identity.fixture.ts'
import { totpCode, totpStepAt } from './match-totp.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp()
})
afterAll(async () => {
  await on.dispose()
})

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** What an authenticator app makes of the secret it is shown. */
function readSecret(written: string): Buffer {
  const bits = [...written].map((sign) => alphabet.indexOf(sign).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

interface Begun {
  secret: string
  uri: string
  recoveryCodes: string[]
}

interface WithFactor extends Actor {
  recoveryCodes: string[]
  /** The code of now, or of so many steps later. */
  code(later?: number): string
}

const path = '/api/v1/user/two-factor'

/** A person whose second factor is on, with time gone by since its first code. */
async function withFactor(): Promise<WithFactor> {
  const ada = await signUp(on)
  const begun = await ada.call<Begun>('POST', path, { password })
  expect(begun.status).toBe(201)
  const secret = readSecret(begun.body.secret)
  const code = (later = 0) => totpCode(secret, totpStepAt(on.platform.clock.now()) + later)
  expect((await ada.call('POST', `${path}/confirm`, { code: code() })).status).toBe(204)
  on.platform.clock.advance(60_000)
  return { ...ada, recoveryCodes: begun.body.recoveryCodes, code }
}

const finish = (twoFactorToken: string | undefined, code: string) =>
  ask(on, 'POST', '/api/v1/auth/two-factor', { body: { twoFactorToken, code } })

describe('the second factor', () => {
  test('is switched on by a code of the app, and asked for from then on', async () => {
    const ada = await signUp(on)
    const begun = await ada.call<Begun>('POST', path, { password })
    const { secret, uri, recoveryCodes } = begun.body
    expect(new URL(uri).searchParams.get('secret')).toBe(secret)
    expect(new Set(recoveryCodes).size).toBe(10)
    expect((await ada.call('GET', path)).body).toMatchObject({ enabled: false, recoveryCodesLeft: 0 })
    expect((await signIn(on, ada.email)).body, 'not confirmed: not asked for').toHaveProperty('accessToken')
    const wrong = await ada.call('POST', `${path}/confirm`, { code: '000000' })
    expect(wrong).toMatchObject({
      status: 422,
      body: { error: { code: 'identity.confirmation_code_wrong' } },
    })
    const code = totpCode(readSecret(secret), totpStepAt(on.platform.clock.now()))
    expect((await ada.call('POST', `${path}/confirm`, { code })).status).toBe(204)
    expect((await ada.call('GET', path)).body).toMatchObject({ enabled: true, recoveryCodesLeft: 10 })
    expect(lettersTo(on, ada.email).at(-1)?.subject).toBe('A second factor was switched on')
    const challenge = await signIn(on, ada.email)
    expect(challenge).toMatchObject({ status: 200, body: { twoFactorRequired: true }, cookie: '' })
    expect(challenge.body).not.toHaveProperty('accessToken')
    on.platform.clock.advance(30_000)
    const next = totpCode(readSecret(secret), totpStepAt(on.platform.clock.now()))
    const opened = await finish(challenge.body.twoFactorToken, next)
    expect(opened).toMatchObject({ status: 200, body: { user: { id: ada.userId } } })
    expect(opened.cookie).toContain('freehold.session_token')
  })

  test('takes a code once: neither a replay nor the code of its confirmation opens a second session', async () => {
    const ada = await withFactor()
    const code = ada.code()
    expect((await finish((await signIn(on, ada.email)).body.twoFactorToken, code)).status).toBe(200)
    const again = await finish((await signIn(on, ada.email)).body.twoFactorToken, code)
    expect(again).toMatchObject({ status: 401, code: 'identity.two_factor_code_wrong' })
  })

  test('lets one of several in who show one code at once', async () => {
    const ada = await withFactor()
    const challenges = await Promise.all(Array.from({ length: 4 }, () => signIn(on, ada.email)))
    const code = ada.code()
    const answers = await Promise.all(challenges.map(({ body }) => finish(body.twoFactorToken, code)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401, 401])
  })

  test('ends a sign-in after five wrong codes, and after ten minutes', async () => {
    const ada = await withFactor()
    const { twoFactorToken } = (await signIn(on, ada.email)).body
    const codes: (string | undefined)[] = []
    for (let index = 0; index < 5; index++) codes.push((await finish(twoFactorToken, 'AAAA-AAAA')).code)
    expect(codes).toEqual([...Array(4).fill('identity.two_factor_code_wrong'), 'identity.two_factor_failed'])
    expect((await finish(twoFactorToken, ada.code())).code).toBe('identity.two_factor_failed')
    on.platform.clock.advance(3600_000)
    const late = (await signIn(on, ada.email)).body.twoFactorToken
    on.platform.clock.advance(10 * 60_000 + 1_000)
    expect((await finish(late, ada.code())).code).toBe('identity.two_factor_failed')
  })

  test('is not guessed by beginning anew: wrong codes count for the account', async () => {
    const ada = await withFactor()
    const seen: number[] = []
    for (let round = 0; round < 3; round++) {
      const { body } = await signIn(on, ada.email)
      for (let index = 0; index < 4; index++) seen.push((await finish(body.twoFactorToken, '000000')).status)
    }
    expect(seen.slice(0, 5)).toEqual(Array(5).fill(401))
    expect(seen.slice(5)).toEqual(Array(7).fill(429))
  })

  test('can be passed by each recovery code once, however it is written; a letter says so', async () => {
    const ada = await withFactor()
    const [first = '', second = ''] = ada.recoveryCodes
    const use = async (code: string) => finish((await signIn(on, ada.email)).body.twoFactorToken, code)
    expect((await use(first)).status).toBe(200)
    expect((await use(first)).status).toBe(401)
    expect((await use(second.toLowerCase().replaceAll('-', ' '))).status).toBe(200)
    expect((await ada.call('GET', path)).body).toMatchObject({ recoveryCodesLeft: 8 })
    expect(lettersTo(on, ada.email).map((letter) => letter.subject)).toContain(
      'A recovery code was used to sign in; 9 are left',
    )
  })

  test('gets new recovery codes, and the old ones end', async () => {
    const ada = await withFactor()
    const renewed = await ada.call<{ recoveryCodes: string[] }>('POST', `${path}/recovery-codes`, {
      password,
    })
    expect(renewed.status).toBe(201)
    const use = async (code = '') => finish((await signIn(on, ada.email)).body.twoFactorToken, code)
    expect((await use(ada.recoveryCodes[0])).status).toBe(401)
    expect((await use(renewed.body.recoveryCodes[0])).status).toBe(200)
  })

  test('is switched off with the password, and not without', async () => {
    const ada = await withFactor()
    expect((await ada.call('POST', `${path}/disable`, { password: 'not mine at all' })).status).toBe(403)
    expect((await ada.call('POST', path, { password })).body).toMatchObject({
      error: { code: 'identity.two_factor_already_on' },
    })
    expect((await ada.call('POST', `${path}/disable`, { password })).status).toBe(204)
    expect((await signIn(on, ada.email)).body).toHaveProperty('accessToken')
    const off = await ada.call('POST', `${path}/disable`, { password })
    expect(off).toMatchObject({ status: 409, body: { error: { code: 'identity.two_factor_not_on' } } })
    expect((await ada.call('POST', `${path}/recovery-codes`, { password })).status).toBe(409)
  })

  test('token opens nothing by itself, and a token of another kind is none', async () => {
    const ada = await withFactor()
    const token = (await signIn(on, ada.email)).body.twoFactorToken
    if (token === undefined) throw new Error('The second factor was not asked for.')
    expect((await on.request('GET', '/api/v1/auth/session', { token })).status).toBe(401)
    const refresh = { body: { refreshToken: token } }
    expect((await on.request('POST', '/api/v1/auth/refresh', refresh)).status).toBe(401)
    for (const wrong of [ada.refreshToken, ada.token.slice(0, 200), 'x'])
      expect((await finish(wrong, ada.code())).code).toBe('identity.two_factor_failed')
  })

  test('secret and recovery codes are in the database only sealed and hashed', async () => {
    const ada = await signUp(on)
    const { body } = await ada.call<Begun>('POST', path, { password })
    const rows = [
      ...(await on.platform.database.query('select * from freehold.second_factors where user_id = $1', [
        ada.userId,
      ])),
      ...(await on.platform.database.query('select * from freehold.recovery_codes where user_id = $1', [
        ada.userId,
      ])),
    ]
    expect(rows).toHaveLength(11)
    const text = JSON.stringify(rows)
    for (const secret of [
      body.secret,
      readSecret(body.secret).toString('base64'),
      readSecret(body.secret).toString('hex'),
      ...body.recoveryCodes,
      ...body.recoveryCodes.map((code) => code.replaceAll('-', '')),
    ])
      expect(text).not.toContain(secret)
  })
})
