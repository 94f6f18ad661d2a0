import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../platform/ids.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

let on: TestApp
let ada: Actor
beforeAll(async () => {
  on = await createTestApp({ FREEHOLD_TRUST_PROXY: 'true' })
  ada = await signUp(on)
})
afterAll(() => on.dispose())

interface MadeKey {
  id: string
  key: string
  scopes: string[] | null
  allowedIps: string[] | null
  owner: { kind: string; id: string | null }
}

async function makeKey(more: object = {}, actor: Pick<Actor, 'call'> = ada): Promise<MadeKey> {
  const { status, body } = await actor.call<MadeKey>('POST', '/api/v1/api-keys', { name: 'CI', ...more })
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`)
  return body
}

async function statusOf(key: string, path = '/api/v1/usage', from = '203.0.113.7'): Promise<number> {
  return (await on.request('GET', path, { token: key, headers: { 'x-forwarded-for': from } })).status
}

const postAs = (key: string, body: object) => on.request('POST', '/api/v1/api-keys', { token: key, body })

/** Somebody who joins Ada's organization in a role. */
async function join(role: string): Promise<Actor> {
  const person = await signUp(on, role)
  const path = `/api/v1/organizations/${ada.organizationId}/members`
  await ada.call('POST', path, { email: person.email, role })
  const { body } = await person.call<{ accessToken: string }>('POST', '/api/v1/auth/switch', {
    organizationId: ada.organizationId,
  })
  const call: Actor['call'] = async (method, target, sent) => {
    const response = await on.request(method, target, { token: body.accessToken, body: sent })
    const text = await response.text()
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as never } // the caller states it
  }
  return { ...person, token: body.accessToken, call }
}

describe('a key with scopes', () => {
  test('does what they say and nothing else', async () => {
    const { key, scopes } = await makeKey({ scopes: ['read:usage'] })
    expect(scopes).toEqual(['read:usage'])
    expect(await statusOf(key)).toBe(200)
    expect(await statusOf(key, '/api/v1/documents')).toBe(403)
    expect((await postAs(key, { name: 'more' })).status).toBe(403)
  })

  test('cannot be made of what is no permission, or belongs to people', async () => {
    for (const scope of ['read:everything', 'manage:owners', 'system:admin', 'update:profile']) {
      const { status } = await ada.call('POST', '/api/v1/api-keys', { name: 'x', scopes: [scope] })
      expect(status).toBe(400)
    }
  })

  test('that makes keys makes none that can do more', async () => {
    const { key } = await makeKey({ scopes: ['manage:api_keys', 'read:usage'] })
    const more = await postAs(key, { name: 'more', scopes: ['manage:users'] })
    expect(more.status).toBe(403)
    expect(await more.json()).toMatchObject({ error: { code: 'api_keys.scope_not_held' } })
    const same = (await (await postAs(key, { name: 'same' })).json()) as MadeKey // as created
    expect(same.scopes?.toSorted()).toEqual(['manage:api_keys', 'read:usage'])
    expect(await statusOf(same.key, '/api/v1/documents')).toBe(403)
  })
})

describe('a key that is bounded', () => {
  test('by addresses, a limit or an expiry makes no keys, which would be without them', async () => {
    const expiresAt = new Date(on.platform.clock.now().getTime() + 3600_000).toISOString()
    for (const bound of [{ allowedIps: ['0.0.0.0/0', '::/0'] }, { requestsPerMinute: 100 }, { expiresAt }]) {
      const { key } = await makeKey(bound)
      const refused = await postAs(key, { name: 'unbounded' })
      expect(refused.status, JSON.stringify(bound)).toBe(403)
    }
    const { key } = await makeKey({ expiresAt })
    expect(await (await postAs(key, { name: 'x' })).json()).toMatchObject({
      error: { code: 'api_keys.bounded_maker' },
    })
  })
})

describe('a person’s key', () => {
  test('holds what they hold now, and ends when they leave', async () => {
    const grace = await join('admin')
    const { key, owner } = await makeKey({}, grace)
    expect(owner).toMatchObject({ kind: 'person', id: grace.userId })
    expect(await statusOf(key, '/api/v1/activity')).toBe(200)
    const member = `/api/v1/organizations/${ada.organizationId}/members/${grace.userId}`
    await ada.call('PATCH', member, { role: 'member' })
    expect([await statusOf(key, '/api/v1/activity'), await statusOf(key)]).toEqual([403, 200])
    await ada.call('DELETE', member)
    expect(await statusOf(key)).toBe(401)
  })

  test('rotated by somebody with fewer rights holds theirs', async () => {
    const { id } = await makeKey()
    const grace = await join('admin')
    const { status, body } = await grace.call<MadeKey>('POST', `/api/v1/api-keys/${id}/rotate`, {})
    expect(status).toBe(201)
    expect(body.scopes).not.toBeNull()
    expect(body.scopes).not.toContain('manage:billing')
  })
})

describe('a key of a service account', () => {
  test('stays when its maker leaves, and stops when the account is disabled', async () => {
    const grace = await join('admin')
    const made = await grace.call<{ id: string }>('POST', '/api/v1/service-accounts', {
      name: `deploy ${newId()}`,
      role: 'member',
    })
    expect(made.status).toBe(201)
    const { key, owner } = await makeKey({ serviceAccountId: made.body.id }, grace)
    expect(owner).toMatchObject({ kind: 'service_account', id: made.body.id })
    await ada.call('DELETE', `/api/v1/organizations/${ada.organizationId}/members/${grace.userId}`)
    expect([await statusOf(key), await statusOf(key, '/api/v1/activity')]).toEqual([200, 403])
    await ada.call('PATCH', `/api/v1/service-accounts/${made.body.id}`, { disabled: true })
    expect(await statusOf(key)).toBe(401)
  })

  test('is refused for one of another organization as for one that never was', async () => {
    const eve = await signUp(on, 'Eve')
    const theirs = await eve.call<{ id: string }>('POST', '/api/v1/service-accounts', {
      name: 'x',
      role: 'member',
    })
    for (const serviceAccountId of [theirs.body.id, newId()]) {
      const { status, body } = await ada.call('POST', '/api/v1/api-keys', { name: 'x', serviceAccountId })
      expect([status, (body.error as { code: string }).code]).toEqual([
        404,
        'api_keys.service_account_not_found',
      ])
    }
  })
})

describe('a key with an allow-list', () => {
  test('works from there and from nowhere else', async () => {
    const { key, allowedIps } = await makeKey({ allowedIps: ['203.0.113.99/24', '2001:db8::1'] })
    expect(allowedIps).toEqual(['203.0.113.0/24', '2001:db8::1/128'])
    const seen = []
    for (const from of [
      '203.0.113.7',
      '2001:db8::1',
      '::ffff:203.0.113.8',
      '203.0.114.1',
      '2001:db8::2',
      'unknown',
    ])
      seen.push(await statusOf(key, '/api/v1/usage', from))
    expect(seen).toEqual([200, 200, 200, 403, 403, 403])
  })

  test.each(['300.1.1.1', '10.0.0.0/40', 'example.com', ''])(
    'of %j is told what an address is',
    async (address) => {
      const { status } = await ada.call('POST', '/api/v1/api-keys', { name: 'x', allowedIps: [address] })
      expect(status).toBe(400)
    },
  )
})

test('a key with a rate of its own is told when to come again', async () => {
  const { key } = await makeKey({ requestsPerMinute: 3 })
  const statuses = []
  for (let call = 0; call < 4; call++) statuses.push(await statusOf(key))
  expect(statuses).toEqual([200, 200, 200, 429])
  const refused = await on.request('GET', '/api/v1/usage', { token: key })
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
  on.platform.clock.advance(60_000)
  expect(await statusOf(key)).toBe(200)
})

describe('rotation', () => {
  test('makes a new key of the same limits; the old one works until the overlap is over', async () => {
    const old = await makeKey({ scopes: ['read:usage'], requestsPerMinute: 1000 })
    const { body } = await ada.call<MadeKey>('POST', `/api/v1/api-keys/${old.id}/rotate`, {
      overlapSeconds: 60,
    })
    expect(body.scopes).toEqual(['read:usage'])
    expect([await statusOf(old.key), await statusOf(body.key)]).toEqual([200, 200])
    on.platform.clock.advance(61_000)
    expect([await statusOf(old.key), await statusOf(body.key)]).toEqual([401, 200])
    expect((await ada.call('POST', `/api/v1/api-keys/${old.id}/rotate`, {})).status).toBe(409)
  })

  test('of one key by ten at once makes one', async () => {
    const old = await makeKey()
    const made = await Promise.all(
      Array.from({ length: 10 }, () => ada.call('POST', `/api/v1/api-keys/${old.id}/rotate`, {})),
    )
    expect(made.map(({ status }) => status).toSorted()).toEqual([201, ...Array(9).fill(409)])
  })
})

describe('a token given for a key', () => {
  async function exchange(key: string): Promise<string> {
    const response = await on.request('POST', '/api/v1/auth/token', { token: key })
    expect(response.status).toBe(200)
    return ((await response.json()) as { accessToken: string }).accessToken
  }

  test('does what the key does, for a quarter of an hour', async () => {
    const { key } = await makeKey({ scopes: ['read:usage'] })
    const token = await exchange(key)
    expect([await statusOf(token), await statusOf(token, '/api/v1/documents')]).toEqual([200, 403])
    on.platform.clock.advance(16 * 60_000)
    expect([await statusOf(token), await statusOf(key)]).toEqual([401, 200])
  })

  test('says itself that it ends with the key, where that is sooner', async () => {
    const expiresAt = new Date(on.platform.clock.now().getTime() + 60_000).toISOString()
    const { key } = await makeKey({ expiresAt }, await signUp(on))
    const response = await on.request('POST', '/api/v1/auth/token', { token: key })
    const { accessToken, expiresIn } = (await response.json()) as { accessToken: string; expiresIn: number }
    const { exp } = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString('utf8'))
    expect(expiresIn).toBeLessThanOrEqual(60)
    expect(exp * 1000).toBeLessThanOrEqual(Date.parse(expiresAt))
  })

  test('ends with the key, at once', async () => {
    const fresh = await signUp(on)
    const { id, key } = await makeKey({}, fresh)
    const token = await exchange(key)
    expect(await statusOf(token)).toBe(200)
    await fresh.call('DELETE', `/api/v1/api-keys/${id}`)
    expect(await statusOf(token)).toBe(401)
  })

  test('renews itself not, and makes no keys, which would outlive it', async () => {
    const fresh = await signUp(on)
    const { key } = await makeKey({}, fresh)
    const token = await exchange(key)
    expect((await on.request('POST', '/api/v1/auth/token', { token })).status).toBe(403)
    expect((await on.request('POST', '/api/v1/api-keys', { token, body: { name: 'more' } })).status).toBe(403)
  })

  test('is nothing a person can ask for, and no person’s token', async () => {
    const fresh = await signUp(on)
    expect((await fresh.call('POST', '/api/v1/auth/token')).status).toBe(403)
    const { key } = await makeKey({}, fresh)
    expect((await on.request('GET', '/api/v1/user/profile', { token: await exchange(key) })).status).toBe(403)
  })
})
