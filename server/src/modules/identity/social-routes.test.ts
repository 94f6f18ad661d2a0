import { createHash } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type LocalServer, startServer } from '../../platform/fetch/local-server.fixture.ts'
import { newId } from '../../platform/ids.ts'
import { createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import {
  accountsOf,
  ask,
  password,
  requireSingleSignOn,
  type SignedIn,
  signIn,
  tokenFor,
} from './identity.fixture.ts'

/** Whoever signs in at the provider, and what it does wrong. */
interface There {
  subject: number
  email: string
  verified: boolean
  claims?: Record<string, unknown>
  foreignKey?: boolean
}

let on: TestApp
let provider: LocalServer
let base: string
let there: There
/** Codes the provider has given out, with the challenge and nonce they were asked for with. */
const codes = new Map<string, { challenge: string; nonce: string }>()
const keys = await generateKeyPair('RS256')
const foreignKeys = await generateKeyPair('RS256')

beforeAll(async () => {
  provider = await startServer('127.0.0.1')
  base = `http://127.0.0.1:${provider.port}`
  on = await createTestApp({
    GOOGLE_CLIENT_ID: 'google-client',
    GOOGLE_CLIENT_SECRET: 'google-secret',
    GOOGLE_BASE_URL: base,
    GITHUB_CLIENT_ID: 'github-client',
    GITHUB_CLIENT_SECRET: 'github-secret',
    GITHUB_BASE_URL: base,
  })
  provider.answer = (_request, response) => {
    void play(provider.requests.at(-1)).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    })
  }
})
beforeEach(() => {
  there = { subject: Math.floor(Math.random() * 1e9), email: `person-${newId()}@example.com`, verified: true }
})
afterAll(async () => {
  await on.dispose()
  await provider.close()
})

async function idToken(nonce: string): Promise<string> {
  const now = Math.floor(on.platform.clock.now().getTime() / 1000)
  const claims = {
    iss: base,
    aud: 'google-client',
    sub: String(there.subject),
    nonce,
    iat: now,
    exp: now + 300,
    email: there.email,
    email_verified: there.verified,
    name: 'Ada Lovelace',
    ...there.claims,
  }
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid: 'one' })
    .sign((there.foreignKey ? foreignKeys : keys).privateKey)
}

/** The provider: discovery, keys and tokens as OpenID Connect has them, and GitHub's own API. */
async function play(request: LocalServer['requests'][number] | undefined) {
  const no = { status: 400, body: { error: 'invalid_grant' } }
  switch (request?.url) {
    case '/.well-known/openid-configuration':
      return {
        status: 200,
        body: {
          issuer: base,
          authorization_endpoint: `${base}/authorize`,
          token_endpoint: `${base}/token`,
          jwks_uri: `${base}/keys`,
        },
      }
    case '/keys':
      return {
        status: 200,
        body: { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'RS256' }] },
      }
    case '/token':
    case '/login/oauth/access_token': {
      const form = new URLSearchParams(request.body)
      const given = codes.get(form.get('code') ?? '')
      codes.delete(form.get('code') ?? '')
      const challenge = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url')
      const isKnown = ['google-secret', 'github-secret'].includes(form.get('client_secret') ?? '')
      if (!isKnown || given?.challenge !== challenge) return no
      return { status: 200, body: { access_token: 'at-the-provider', id_token: await idToken(given.nonce) } }
    }
    case '/api/v3/user':
      if (request.headers.authorization !== 'Bearer at-the-provider') return no
      return { status: 200, body: { id: there.subject, login: 'ada', name: 'Ada Lovelace' } }
    case '/api/v3/user/emails':
      return {
        status: 200,
        body: [
          { email: 'other@example.com', primary: false, verified: true },
          { email: there.email, primary: true, verified: there.verified },
        ],
      }
    default:
      return { status: 404, body: {} }
  }
}

type Id = 'google' | 'github'

async function begin(id: Id, returnTo?: string) {
  const { body, cookie } = await ask<{ url: string }>(on, 'POST', '/api/v1/auth/social', {
    body: { provider: id, ...(returnTo === undefined ? {} : { returnTo }) },
  })
  const url = new URL(body.url)
  const code = newId()
  codes.set(code, {
    challenge: url.searchParams.get('code_challenge') ?? '',
    nonce: url.searchParams.get('nonce') ?? '',
  })
  return { url, cookie, code, state: url.searchParams.get('state') ?? '' }
}

const finish = (step: { code: string; state: string; cookie: string }) =>
  ask<
    SignedIn & {
      returnTo: string
      user: { id: string; email: string; emailVerified: boolean }
      organization: object
    }
  >(on, 'POST', '/api/v1/auth/social/callback', {
    body: { code: step.code, state: step.state },
    headers: { cookie: step.cookie, origin: 'http://localhost' },
  })

const through = async (id: Id) => finish(await begin(id))

test('the providers that are set up are listed; the others are unknown', async () => {
  const { body } = await ask<{ data: { id: string }[] }>(on, 'GET', '/api/v1/auth/social')
  expect(body.data.map(({ id }) => id)).toEqual(['google', 'github'])
  const plain = await createTestApp()
  try {
    const answer = await ask(plain, 'POST', '/api/v1/auth/social', { body: { provider: 'google' } })
    expect(answer).toMatchObject({ status: 404, code: 'identity.provider_unknown' })
  } finally {
    await plain.dispose()
  }
})

describe.each<Id>(['google', 'github'])('signing in with %s', (id) => {
  test('makes a person with an organization, and finds the same one the next time', async () => {
    const first = await through(id)
    expect(first).toMatchObject({
      status: 200,
      body: {
        user: { email: there.email, emailVerified: true, name: 'Ada Lovelace' },
        organization: { role: 'owner', name: "Ada Lovelace's organization" },
      },
    })
    expect(first.cookie).toContain('freehold.session_token')
    there.email = `changed-${newId()}@example.com`
    there.verified = false
    const second = await through(id)
    expect(second).toMatchObject({ status: 200, body: { user: { id: first.body.user.id } } })
  })

  test('asks with PKCE, a state and the address to come back to, and sends no secret through the browser', async () => {
    const { url } = await begin(id)
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: `${id}-client`,
      redirect_uri: `http://localhost/sign-in/${id}`,
      state: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
    expect(url.href).not.toContain('secret')
  })

  test('links to the account that has the address, when both sides have confirmed it', async () => {
    const ada = await signUp(on)
    const body = { token: tokenFor(on, ada.email, 'verify-email'), password }
    await ask(on, 'POST', '/api/v1/auth/verify-email', { body })
    there.email = ada.email
    expect((await through(id)).body.user.id).toBe(ada.userId)
    expect((await signIn(on, ada.email)).status, 'the password goes on').toBe(200)
  })

  test('does not link by an address that the provider has not confirmed', async () => {
    const ada = await signUp(on)
    there.email = ada.email
    there.verified = false
    expect(await through(id)).toMatchObject({
      status: 403,
      code: 'identity.provider_email_unverified',
      cookie: '',
    })
  })

  test('takes an account over that somebody made with the address in waiting: their password and sessions end', async () => {
    const squatter = await signUp(on)
    there.email = squatter.email
    const opened = await through(id)
    expect(opened.body.user).toMatchObject({ id: squatter.userId, emailVerified: true })
    expect((await squatter.call('GET', '/api/v1/auth/session')).status).toBe(401)
    expect((await signIn(on, squatter.email)).code).toBe('identity.invalid_credentials')
  })

  test('works once for a state, only in the browser that began it, and for ten minutes', async () => {
    const failed = { status: 401, code: 'identity.social_sign_in_failed' }
    const [one, other] = [await begin(id), await begin(id)]
    expect(await finish({ ...one, cookie: other.cookie }), 'another browser').toMatchObject(failed)
    expect(await finish({ ...other, cookie: '' }), 'no browser').toMatchObject(failed)
    const step = await begin(id)
    expect((await finish(step)).status).toBe(200)
    expect(await finish(step), 'a second time').toMatchObject(failed)
    const late = await begin(id)
    on.platform.clock.advance(10 * 60_000 + 1_000)
    expect(await finish(late), 'too late').toMatchObject(failed)
    const injected = await begin(id)
    const stolen = await begin(id)
    expect(await finish({ ...injected, code: stolen.code }), 'a code of another try').toMatchObject(failed)
  })

  test('leads back to the path that was asked for, and never to another site', async () => {
    expect((await finish(await begin(id))).body.returnTo).toBe('/')
    expect((await finish(await begin(id, '/invitation?x=1#y'))).body.returnTo).toBe('/invitation?x=1#y')
    for (const returnTo of ['https://evil.example', '//evil.example', '/\\evil.example', 'invitation', ''])
      expect(
        await ask(on, 'POST', '/api/v1/auth/social', { body: { provider: id, returnTo } }),
        returnTo,
      ).toMatchObject({ status: 400, cookie: '' })
  })

  test('is refused where the address’s organization asks for single sign-on, and leaves nothing behind', async () => {
    const refused = { status: 403, code: 'identity.single_sign_on_required', cookie: '' }
    const owner = await signUp(on)
    const domain = await requireSingleSignOn(on, owner.organizationId)
    there.email = `new-${newId()}@${domain}`
    expect(await through(id), 'nobody yet').toMatchObject(refused)
    expect(await accountsOf(on, there.email)).toEqual([])
    const worker = await signUp(on)
    there.email = `worker-${newId()}@${domain}`
    await on.platform.database.query('update freehold.users set email = $1 where id = $2', [
      there.email,
      worker.userId,
    ])
    expect(await through(id), 'an account with a password').toMatchObject(refused)
    expect(await accountsOf(on, there.email), 'not linked').toEqual(['credential'])
    there = { ...there, subject: there.subject + 1, email: `linked-${newId()}@example.com` }
    const linked = (await through(id)).body.user.id
    await on.platform.database.query('update freehold.users set email = $1 where id = $2', [
      `linked-${newId()}@${domain}`,
      linked,
    ])
    expect(await through(id), 'an account linked before').toMatchObject(refused)
  })

  test('asks for the second factor where there is one', async () => {
    const first = await through(id)
    await on.platform.database.query(
      `insert into freehold.second_factors (user_id, secret_sealed, confirmed_at, created_at) values ($1, 'x', now(), now())`,
      [first.body.user.id],
    )
    expect(await through(id)).toMatchObject({ status: 200, body: { twoFactorRequired: true } })
  })
})

describe('an ID token is refused that', () => {
  test.each<[string, Partial<There>]>([
    ['is signed by another key', { foreignKey: true }],
    ['is for another client', { claims: { aud: 'somebody-else' } }],
    ['is of another issuer', { claims: { iss: 'https://evil.example' } }],
    ['has expired', { claims: { exp: 1_000_000 } }],
    ['has the nonce of another try', { claims: { nonce: 'another' } }],
    ['has no nonce', { claims: { nonce: undefined } }],
    ['says who it is of in no way', { claims: { sub: '' } }],
  ])('%s', async (_what, wrong) => {
    Object.assign(there, wrong)
    expect(await through('google')).toMatchObject({ status: 401, code: 'identity.social_sign_in_failed' })
  })
})

describe('whoever has no password', () => {
  const asking = (token: string, newEmail: string) =>
    ask(on, 'POST', '/api/v1/user/email', { token, body: { newEmail } })
  const profile = async (token: string) =>
    (
      await ask<{ hasPassword: boolean; signInMethods: string[] }>(on, 'GET', '/api/v1/user/profile', {
        token,
      })
    ).body

  test('is told so, and what they sign in by instead; a letter sets one', async () => {
    const { accessToken } = (await through('github')).body
    expect(await profile(accessToken)).toMatchObject({ hasPassword: false, signInMethods: ['github'] })
    await ask(on, 'POST', '/api/v1/auth/forgot-password', { body: { email: there.email } })
    const body = { token: tokenFor(on, there.email, 'reset-password'), password }
    expect((await ask(on, 'POST', '/api/v1/auth/reset-password', { body })).status).toBe(204)
    const again = (await signIn(on, there.email)).body.accessToken
    expect(await profile(again)).toMatchObject({ hasPassword: true, signInMethods: ['github', 'password'] })
  })

  test('changes the address shortly after signing in, and no later', async () => {
    const { accessToken } = (await through('google')).body
    expect((await asking(accessToken, `new-${newId()}@example.com`)).status).toBe(202)
    on.platform.clock.advance(10 * 60_000 + 1_000)
    const late = await asking(accessToken, `new-${newId()}@example.com`)
    expect([late.status, late.code]).toEqual([403, 'identity.sign_in_again'])
  })
})
