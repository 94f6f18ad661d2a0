import { createHmac } from 'node:crypto'
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LocalServer, startServer } from '../../platform/fetch/local-server.fixture.ts'
import { newId } from '../../platform/ids.ts'
import { createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { accountsOf, ask, password, requireSingleSignOn, signIn, tokenFor } from './identity.fixture.ts'

let on: TestApp
let issuer: LocalServer
let described: string
let plain: string
let known: string
const keys = await generateKeyPair('RS256', { extractable: true })
const later = await generateKeyPair('ES256')
const foreign = await generateKeyPair('RS256')
let published = [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'RS256' }]
const audience = 'https://freehold.example.com'

beforeAll(async () => {
  issuer = await startServer('127.0.0.1')
  const base = `http://127.0.0.1:${issuer.port}`
  described = `${base}/described`
  plain = `${base}/plain/`
  known = `${base}/known/`
  issuer.answer = (request, response) => {
    const answers: Record<string, unknown> = {
      '/described/.well-known/openid-configuration': { issuer: described, jwks_uri: `${base}/keys` },
      '/keys': { keys: published },
      '/auth/keys': { keys: published },
    }
    const body = answers[request.url ?? '']
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body ?? {}))
  }
  on = await createTestApp({
    FREEHOLD_EXTERNAL_ISSUERS: JSON.stringify([
      { issuer: described, audience },
      { issuer: plain, audience: 'authenticated', jwksUrl: `${base}/auth/keys` },
      { issuer: known, audience, jwksUrl: `${base}/keys`, makesAccounts: false },
    ]),
  })
})
afterAll(async () => {
  await on.dispose()
  await issuer.close()
})

interface Claims {
  [name: string]: unknown
}

function token(
  claims: Claims = {},
  header: Claims = {},
  key: Parameters<SignJWT['sign']>[0] = keys.privateKey,
) {
  const now = Math.floor(on.platform.clock.now().getTime() / 1000)
  return new SignJWT({
    iss: described,
    aud: audience,
    sub: `subject-${newId()}`,
    iat: now,
    exp: now + 300,
    email: `person-${newId()}@example.com`,
    email_verified: true,
    name: 'Ada Elsewhere',
    ...claims,
  })
    .setProtectedHeader({ alg: 'RS256', kid: 'one', ...header })
    .sign(key)
}

const session = (bearer: string) =>
  ask<{ user: { id: string; email: string; emailVerified: boolean; name: string }; organization: unknown }>(
    on,
    'GET',
    '/api/v1/auth/session',
    { token: bearer },
  )

describe('the token of an issuer that the configuration names', () => {
  test.each(['that describes itself', 'whose keys have an address of their own'])(
    '%s lets a person in',
    async (kind) => {
      const own = kind.startsWith('that') ? {} : { iss: plain, aud: 'authenticated' }
      const email = `person-${newId()}@example.com`
      const sub = newId()
      const first = await session(await token({ ...own, sub, email }))
      expect(first).toMatchObject({
        status: 200,
        body: { user: { email, emailVerified: true, name: 'Ada Elsewhere' }, organization: null },
      })
      const again = await session(
        await token({ ...own, sub, email: 'moved@example.com', email_verified: false }),
      )
      expect(again.body.user.id, 'known by issuer and subject from then on').toBe(first.body.user.id)
    },
  )

  test('makes one person of many first requests at once', async () => {
    const bearer = await token()
    const answers = await Promise.all(Array.from({ length: 8 }, () => session(bearer)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(answers.map(({ body }) => body.user.id)).size).toBe(1)
  })

  test('acts in the person’s organization, with what their role holds there', async () => {
    const bearer = await token()
    const made = await ask(on, 'POST', '/api/v1/organizations', {
      token: bearer,
      body: { name: 'Elsewhere' },
    })
    expect(made.status).toBe(201)
    expect((await session(bearer)).body.organization).toMatchObject({ name: 'Elsewhere', role: 'owner' })
    expect((await ask(on, 'GET', '/api/v1/api-keys', { token: bearer })).status).toBe(200)
  })

  test('makes and links nobody where the address’s organization asks for single sign-on', async () => {
    const owner = await signUp(on)
    const domain = await requireSingleSignOn(on, owner.organizationId)
    const email = `somebody-${newId()}@${domain}`
    const bearer = await token({ email })
    expect((await session(bearer)).status).toBe(403)
    expect(await accountsOf(on, email)).toEqual([])
    const worker = await signUp(on)
    await on.platform.database.query('update freehold.users set email = $1 where id = $2', [
      email,
      worker.userId,
    ])
    expect((await session(bearer)).status).toBe(403)
    expect(await accountsOf(on, email)).toEqual(['credential'])
  })

  test('of one subject is another person at another issuer', async () => {
    const sub = newId()
    const [here, there] = [
      await session(await token({ sub })),
      await session(await token({ sub, iss: plain, aud: 'authenticated' })),
    ]
    expect(here.body.user.id).not.toBe(there.body.user.id)
  })

  test('is linked to the account with its address when both have confirmed it', async () => {
    const ada = await signUp(on)
    const body = { token: tokenFor(on, ada.email, 'verify-email'), password }
    await ask(on, 'POST', '/api/v1/auth/verify-email', { body })
    expect((await session(await token({ email: ada.email }))).body.user.id).toBe(ada.userId)
    expect((await signIn(on, ada.email)).status).toBe(200)
  })

  test.each<[string, Claims]>([
    ['not confirmed', { email_verified: false }],
    ['of which nothing is said', { email_verified: undefined }],
    [
      'confirmed only by what the person can write',
      { email_verified: undefined, user_metadata: { email_verified: true } },
    ],
    ['confirmed by a word', { email_verified: 'true' }],
  ])('lets nobody into the account with its address when that is %s', async (_what, claims) => {
    const ada = await signUp(on)
    const answer = await session(await token({ email: ada.email, ...claims }))
    expect(answer).toMatchObject({ status: 401, code: 'identity.external_email_unverified' })
  })

  test('lets nobody in whose organization asks for single sign-on', async () => {
    const owner = await signUp(on)
    const domain = `d-${newId()}.example`
    const ada = { email: `ada@${domain}`, sub: newId() }
    expect((await session(await token(ada))).status).toBe(200)
    await on.platform.database.query(
      `insert into freehold.sign_in_domains (organization_id, id, domain, token, created_at, verified_at)
       values ($1, $2, $3, 'x', now(), now())`,
      [owner.organizationId, newId(), domain],
    )
    await on.platform.database.query(
      `insert into freehold.sign_in_connections
         (organization_id, id, issuer, client_id, client_secret_sealed, default_role, required, enabled, created_at, updated_at)
       values ($1, $2, 'https://issuer.example', 'x', 'x', 'member', true, true, now(), now())`,
      [owner.organizationId, newId()],
    )
    // Another token of theirs: an answer for the first is remembered for a moment.
    const next = await token({ ...ada, jti: newId() })
    expect(await session(next)).toMatchObject({ status: 403, code: 'identity.single_sign_on_required' })
  })

  test('makes no account with an address whose organization asks for single sign-on', async () => {
    const owner = await signUp(on)
    const domain = `d-${newId()}.example`
    await on.platform.database.query(
      `insert into freehold.sign_in_domains (organization_id, id, domain, token, created_at, verified_at)
       values ($1, $2, $3, 'x', now(), now())`,
      [owner.organizationId, newId(), domain],
    )
    await on.platform.database.query(
      `insert into freehold.sign_in_connections
         (organization_id, id, issuer, client_id, client_secret_sealed, default_role, required, enabled, created_at, updated_at)
       values ($1, $2, 'https://issuer.example', 'x', 'x', 'member', true, true, now(), now())`,
      [owner.organizationId, newId()],
    )
    const email = `stranger@${domain}`
    expect(await session(await token({ email }))).toMatchObject({
      status: 403,
      code: 'identity.single_sign_on_required',
    })
    const made = await on.platform.database.query('select 1 from freehold.users where email = $1', [email])
    expect(made).toEqual([])
  })

  test('makes no account where the configuration says so, and lets in who has one', async () => {
    const email = `person-${newId()}@example.com`
    const issued = { iss: known, email, sub: newId() }
    expect(await session(await token(issued))).toMatchObject({
      status: 401,
      code: 'identity.account_not_made',
    })
    expect(
      await on.platform.database.query('select 1 from freehold.users where email = $1', [email]),
    ).toEqual([])
    await session(await token({ email }))
    expect((await session(await token({ ...issued, jti: newId() }))).body.user).toMatchObject({ email })
  })

  test('ends no session here, because it has none', async () => {
    const bearer = await token()
    expect((await ask(on, 'POST', '/api/v1/auth/signout', { token: bearer })).status).toBe(401)
  })
})

describe('a token is refused that', () => {
  const refused = async (bearer: string, what?: string) =>
    expect(await session(bearer), what).toMatchObject({ status: 401, code: 'identity.token_invalid' })

  test('is for another audience, expired, not yet good, or says too little', async () => {
    for (const claims of [
      { aud: 'somebody-else' },
      { aud: undefined },
      { exp: 1_000_000 },
      { exp: undefined },
      { iat: undefined },
      { nbf: Math.floor(on.platform.clock.now().getTime() / 1000) + 600 },
      { sub: undefined },
      { sub: '' },
      { iss: plain },
    ])
      await refused(await token(claims), JSON.stringify(claims))
  })

  test('is of no issuer that is named, however near', async () => {
    for (const iss of [`${described}/`, described.toUpperCase(), 'https://evil.example', 7, undefined])
      await refused(await token({ iss }), String(iss))
  })

  test('is of this server, which an operator has named by mistake: its tokens end with their sessions', async () => {
    const mistaken = await createTestApp({
      FREEHOLD_EXTERNAL_ISSUERS: JSON.stringify([{ issuer: 'http://localhost', audience: 'freehold' }]),
    })
    try {
      const ada = await signUp(mistaken)
      expect((await ada.call('GET', '/api/v1/auth/session')).status).toBe(200)
      await ada.call('POST', '/api/v1/auth/signout')
      expect((await ada.call('GET', '/api/v1/auth/session')).status).toBe(401)
    } finally {
      await mistaken.dispose()
    }
  })

  test('is signed by another key, under any id, or brings its own', async () => {
    await refused(await token({}, {}, foreign.privateKey))
    await refused(await token({}, { kid: 'two' }, foreign.privateKey))
    await refused(await token({}, { jwk: await exportJWK(foreign.publicKey) }, foreign.privateKey))
    await refused(await token({}, { jku: `http://127.0.0.1:${issuer.port}/evil` }, foreign.privateKey))
    expect(issuer.requests.filter((request) => request.url === '/evil')).toEqual([])
  })

  test('is not signed, or signed with HMAC and the published key as its secret', async () => {
    const [header, claims] = (await token()).split('.')
    const written = JSON.parse(Buffer.from(header ?? '', 'base64url').toString()) as Claims // made above
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    await refused(`${encode({ ...written, alg: 'none' })}.${claims}.`)
    const signed = `${encode({ ...written, alg: 'HS256' })}.${claims}`
    for (const secret of [await exportSPKI(keys.publicKey), JSON.stringify(published[0])])
      await refused(`${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`)
  })

  test('is of a key that is published no more; one that is published anew counts', async () => {
    const app = on
    const before = published
    try {
      published = [{ ...(await exportJWK(later.publicKey)), kid: 'later', alg: 'ES256' }]
      const fresh = await createTestApp({
        FREEHOLD_EXTERNAL_ISSUERS: JSON.stringify([{ issuer: described, audience }]),
      })
      on = fresh
      try {
        await refused(await token())
        expect(
          (await session(await token({}, { alg: 'ES256', kid: 'later' }, later.privateKey))).status,
        ).toBe(200)
      } finally {
        await fresh.dispose()
      }
    } finally {
      published = before
      on = app
    }
  })
})
