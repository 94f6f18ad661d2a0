import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
    expect(shown.body).toEqual(changed.body)
    expect(shown.body).toMatchObject({ redirectUri: callback })
    const rows = await on.platform.database.query('select * from freehold.sign_in_connections')
    const audit = await owner.call('GET', '/api/v1/activity?limit=100')
    expect(JSON.stringify([shown.body, rows, audit.body])).not.toContain(provider.client.clientSecret)
    expect(on.platform.logged.join()).not.toContain(provider.client.clientSecret)
    expect((await owner.call('DELETE', '/api/v1/sign-in/connection')).status).toBe(204)
    expect((await owner.call('GET', '/api/v1/sign-in/connection')).status).toBe(404)
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
