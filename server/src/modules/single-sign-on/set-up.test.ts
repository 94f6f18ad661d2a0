import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer } from '../../platform/fetch/local-server.fixture.ts'
import { createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { type IdentityProvider, startIdentityProvider } from './adapters/identity-provider.fixture.ts'
import { actionsOf, callback, type Domain, newDomain, type Stage, setStage } from './stage.fixture.ts'

let stage: Stage
let on: TestApp
let provider: IdentityProvider

beforeAll(async () => {
  stage = await setStage()
  on = stage.on
  provider = stage.provider
})
afterAll(() => stage.close())

describe('a domain', () => {
  test('is verified by the record that was asked for, and by nothing else', async () => {
    const owner = await signUp(on)
    const domain = await stage.addDomain(owner)
    expect(domain.record).toEqual({
      type: 'TXT',
      name: domain.domain,
      value: expect.stringMatching(/^freehold-verification=[\w-]{32}$/),
    })
    const path = `/api/v1/sign-in/domains/${domain.id}/verify`
    for (const texts of [undefined, [], ['freehold-verification=', `${domain.record.value}x`]]) {
      if (texts) stage.names.records.set(domain.domain, texts)
      const refused = await owner.call('POST', path)
      expect(refused).toMatchObject({
        status: 422,
        body: { error: { code: 'single_sign_on.domain_not_proven' } },
      })
    }
    const verified = await stage.verify(owner, domain)
    expect(verified.body.verifiedAt).not.toBeNull()
    expect(await actionsOf(owner)).toEqual(
      expect.arrayContaining(['sign_in_domain.add', 'sign_in_domain.verify']),
    )
  })

  test('belongs to one organization at a time, and is free once that one removes it', async () => {
    const [owner, other] = [await signUp(on), await signUp(on)]
    const name = newDomain()
    const [first, second] = [await stage.addDomain(owner, name), await stage.addDomain(other, name)]
    expect((await stage.verify(owner, first)).status).toBe(200)
    expect(await stage.verify(other, second)).toMatchObject({
      status: 409,
      body: { error: { code: 'single_sign_on.domain_taken' } },
    })
    expect((await owner.call('DELETE', `/api/v1/sign-in/domains/${first.id}`)).status).toBe(204)
    expect((await stage.verify(other, second)).status).toBe(200)
  })

  test.each(['com', 'gmail.com', 'Outlook.com', 'co.uk'])('%s is nobody’s own', async (domain) => {
    const owner = await signUp(on)
    expect(await owner.call('POST', '/api/v1/sign-in/domains', { domain })).toMatchObject({
      status: 422,
      body: { error: { code: 'single_sign_on.domain_refused' } },
    })
  })

  test('is listed once', async () => {
    const owner = await signUp(on)
    const { domain } = await stage.addDomain(owner)
    const again = await owner.call('POST', '/api/v1/sign-in/domains', { domain: `${domain.toUpperCase()}.` })
    expect(again.status).toBe(409)
    const { body } = await owner.call<{ data: Domain[] }>('GET', '/api/v1/sign-in/domains')
    expect(body.data.map((one) => one.domain)).toEqual([domain])
  })
})

describe('the connection', () => {
  test('is shown without its secret, which stays when none is sent', async () => {
    const { owner } = await stage.setUp()
    const changed = await owner.call('PUT', '/api/v1/sign-in/connection', {
      issuer: provider.issuer,
      clientId: provider.client.clientId,
      defaultRole: 'guest',
    })
    expect(changed).toMatchObject({ status: 200, body: { hasClientSecret: true, defaultRole: 'guest' } })
    const shown = await owner.call('GET', '/api/v1/sign-in/connection')
    expect(shown.body).toEqual({ redirectUri: callback, connection: changed.body })
    expect(changed.body).toMatchObject({ redirectUri: callback })
    const rows = await on.platform.database.query('select * from freehold.sign_in_connections')
    const audit = await owner.call('GET', '/api/v1/activity?limit=100')
    expect(JSON.stringify([shown.body, rows, audit.body])).not.toContain(provider.client.clientSecret)
    expect(on.platform.logged.join()).not.toContain(provider.client.clientSecret)
    expect((await owner.call('DELETE', '/api/v1/sign-in/connection')).status).toBe(204)
    expect((await owner.call('GET', '/api/v1/sign-in/connection')).body).toEqual({
      redirectUri: callback,
      connection: null,
    })
  })

  test('hands no secret to another issuer than the one it was given for', async () => {
    const { owner } = await stage.setUp()
    const other = await startIdentityProvider(callback)
    const { issuer } = other
    try {
      const moved = await owner.call('PUT', '/api/v1/sign-in/connection', { issuer, clientId: 'x' })
      expect(moved).toMatchObject({
        status: 422,
        body: { error: { code: 'single_sign_on.client_secret_missing' } },
      })
    } finally {
      await other.close()
    }
  })

  test('tells what is wrong with an issuer, and takes none that is not public unless it is allowed', async () => {
    const owner = await signUp(on)
    const path = '/api/v1/sign-in/connection/test'
    expect((await owner.call('POST', path, { issuer: provider.issuer })).body).toEqual({
      ok: true,
      issuer: provider.issuer,
      authorizationEndpoint: `${provider.issuer}/auth`,
      tokenEndpoint: `${provider.issuer}/token`,
      problem: null,
    })
    const wrong = await owner.call('POST', path, { issuer: `${provider.issuer}/other` })
    expect(wrong.body).toMatchObject({ ok: false, problem: expect.stringContaining('openid-configuration') })
    const named = await owner.call('POST', path, {
      issuer: provider.issuer.replace('127.0.0.1', 'localhost'),
    })
    expect(named.body).toMatchObject({ ok: false, problem: expect.stringContaining('another name') })

    const strict = await createTestApp()
    try {
      const admin = await signUp(strict)
      for (const issuer of [provider.issuer, provider.issuer.replace('http', 'https')]) {
        const refused = await admin.call('PUT', '/api/v1/sign-in/connection', stage.connectionOf({ issuer }))
        expect(refused).toMatchObject({
          status: 422,
          body: { error: { code: 'single_sign_on.issuer_unusable' } },
        })
      }
    } finally {
      await strict.dispose()
    }
  })

  test('cannot be required before a domain is verified', async () => {
    const owner = await signUp(on)
    const early = await owner.call(
      'PUT',
      '/api/v1/sign-in/connection',
      stage.connectionOf({ required: true }),
    )
    expect(early).toMatchObject({
      status: 422,
      body: { error: { code: 'single_sign_on.no_verified_domain' } },
    })
  })
})

describe('who sets it up', () => {
  const requests = (domainId: string) =>
    [
      ['PUT', '/api/v1/sign-in/connection', stage.connectionOf()],
      ['DELETE', '/api/v1/sign-in/connection', undefined],
      ['POST', '/api/v1/sign-in/domains', { domain: newDomain() }],
      ['POST', `/api/v1/sign-in/domains/${domainId}/verify`, undefined],
      ['DELETE', `/api/v1/sign-in/domains/${domainId}`, undefined],
    ] as const

  test('is an owner in person: no admin, no role of one’s own and no machine can, or be made to', async () => {
    const { owner } = await stage.setUp()
    const { body } = await owner.call<{ data: Domain[] }>('GET', '/api/v1/sign-in/domains')
    const organization = `/api/v1/organizations/${owner.organizationId}`
    const admin = await signUp(on)
    await owner.call('POST', `${organization}/members`, { email: admin.email, role: 'admin' })
    const switched = await admin.call<{ accessToken: string }>('POST', '/api/v1/auth/switch', {
      organizationId: owner.organizationId,
    })
    const key = await owner.call<{ key: string }>('POST', '/api/v1/api-keys', { name: 'of everything' })
    for (const token of [switched.body.accessToken, key.body.key]) {
      expect((await on.request('GET', '/api/v1/activity', { token })).status).toBe(200)
      for (const [method, path, sent] of requests(body.data[0]?.id ?? '')) {
        const refused = await on.request(method, path, { token, ...(sent ? { body: sent } : {}) })
        expect([method, path, refused.status]).toEqual([method, path, 403])
      }
    }
    const permissions = ['manage:sign_in']
    const role = await owner.call('POST', `${organization}/roles`, { name: 'Sign-in', permissions })
    expect(role.status).toBe(422)
    const scoped = await owner.call('POST', '/api/v1/api-keys', { name: 'scoped', scopes: permissions })
    expect(scoped.status).toBe(400)
    expect((await owner.call('GET', '/api/v1/sign-in/connection')).body.connection).not.toBeNull()
  })

  test('is told to every owner by mail when the issuer or the client changes, and not otherwise', async () => {
    const { owner } = await stage.setUp()
    const second = await signUp(on)
    const members = `/api/v1/organizations/${owner.organizationId}/members`
    await owner.call('POST', members, { email: second.email, role: 'owner' })
    const lettersTo = (email: string) =>
      on.platform.mail.sent.filter(({ to, subject }) => to === email && subject.includes('identity provider'))
    expect(lettersTo(owner.email)).toHaveLength(1)
    const { clientId } = provider.client
    const path = '/api/v1/sign-in/connection'
    await owner.call('PUT', path, { issuer: provider.issuer, clientId, defaultRole: 'guest' })
    expect(lettersTo(second.email)).toHaveLength(0)
    await owner.call('PUT', path, { issuer: provider.issuer, clientId: 'another client' })
    for (const { email } of [owner, second])
      expect(lettersTo(email).at(-1)?.text).toContain(`${provider.issuer}, with the client another client`)
  })

  test('tells every owner, and the audit log, when the connection or a verified domain is removed', async () => {
    const { owner } = await stage.setUp()
    const second = await signUp(on)
    const members = `/api/v1/organizations/${owner.organizationId}/members`
    await owner.call('POST', members, { email: second.email, role: 'owner' })
    const { body } = await owner.call<{ data: Domain[] }>('GET', '/api/v1/sign-in/domains')
    const [verified] = body.data
    const unproven = await owner.call<Domain>('POST', '/api/v1/sign-in/domains', { domain: newDomain() })
    const before = on.platform.mail.sent.length
    await owner.call('DELETE', `/api/v1/sign-in/domains/${unproven.body.id}`)
    expect(on.platform.mail.sent, 'of what never counted').toHaveLength(before)
    expect((await owner.call('DELETE', '/api/v1/sign-in/connection')).status).toBe(204)
    expect((await owner.call('DELETE', `/api/v1/sign-in/domains/${verified?.id}`)).status).toBe(204)
    for (const { email } of [owner, second]) {
      const [first, then] = on.platform.mail.sent.slice(before).filter(({ to }) => to === email)
      expect(first?.text).toContain(`Ada disconnected the identity provider ${provider.issuer}`)
      expect(then?.text).toContain(`Ada removed the domain ${verified?.domain}`)
    }
    const log = await owner.call<{ data: { action: string }[] }>('GET', '/api/v1/activity')
    expect(log.body.data.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['sign_in_connection.delete', 'sign_in_domain.remove']),
    )
  })
})

test.each(['javascript:alert(1)//', 'data:text/html,x', 'ftp://elsewhere.example/'])(
  'an issuer that sends browsers to %s cannot be used',
  async (authorization_endpoint) => {
    const server = await startServer('127.0.0.1')
    const issuer = `http://127.0.0.1:${server.port}`
    server.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const [token_endpoint, jwks_uri] = [`${issuer}/token`, `${issuer}/keys`]
      response.end(JSON.stringify({ issuer, authorization_endpoint, token_endpoint, jwks_uri }))
    }
    try {
      const owner = await signUp(on)
      const refused = await owner.call('PUT', '/api/v1/sign-in/connection', stage.connectionOf({ issuer }))
      expect(refused).toMatchObject({
        status: 422,
        body: { error: { message: expect.stringContaining('authorization_endpoint') } },
      })
    } finally {
      await server.close()
    }
  },
)
