import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generateApiKey } from '../../platform/crypto/index.ts'
import type { Database } from '../../platform/db/database.ts'
import { newId } from '../../platform/ids.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { apiKeyAuthenticator } from './authenticate-api-key.ts'

let on: TestApp
let ada: Actor

beforeAll(async () => {
  on = await createTestApp()
  ada = await signUp(on)
})

afterAll(async () => {
  await on.dispose()
})

interface ApiKey {
  id: string
  name: string
  prefix: string
  key?: string
  lastUsedAt: string | null
  revokedAt: string | null
}

async function makeKey(
  owner: Actor,
  fields: Record<string, unknown> = {},
): Promise<{ id: string; key: string }> {
  const { status, body } = await owner.call<ApiKey>('POST', '/api/v1/api-keys', { name: 'CI', ...fields })
  if (status !== 201 || body.key === undefined) throw new Error(`No key was made: ${status}`)
  return { id: body.id, key: body.key }
}

async function statusWith(key: string): Promise<number> {
  return (await on.request('GET', '/api/v1/usage', { token: key })).status
}

async function listed(owner: Actor, id: string): Promise<ApiKey | undefined> {
  const { body } = await owner.call<{ data: ApiKey[] }>('GET', '/api/v1/api-keys')
  return body.data.find((one) => one.id === id)
}

describe('an API key', () => {
  test('is shown once, and afterwards only by its beginning', async () => {
    const made = await ada.call<ApiKey>('POST', '/api/v1/api-keys', { name: ' CI ' })
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: 'CI',
        key: expect.stringMatching(/^fh_[0-9A-Za-z]{36}$/),
        createdBy: { id: ada.userId, name: 'Ada' },
        lastUsedAt: null,
        expiresAt: null,
        revokedAt: null,
      },
    })
    const again = await listed(ada, made.body.id)
    expect(again?.prefix).toBe(made.body.key?.slice(0, 9))
    expect(again).not.toHaveProperty('key')
    const activity = await ada.call('GET', '/api/v1/activity')
    for (const text of [JSON.stringify(activity.body), JSON.stringify(again), on.platform.logged.join()]) {
      expect(text).not.toContain(made.body.key)
    }
  })

  test('is nowhere in the database as itself, after being made, used and revoked', async () => {
    const { id, key } = await makeKey(ada)
    await on.request('GET', '/api/v1/usage', { token: key })
    await on.request('GET', '/api/v1/usage', { headers: { 'x-api-key': key } })
    await ada.call('DELETE', `/api/v1/api-keys/${id}`)
    const columns = await on.platform.database.query(
      `select c.table_schema, c.table_name, c.column_name from information_schema.columns c
       join information_schema.tables t using (table_schema, table_name)
       where c.table_schema in ('freehold', 'pgboss') and t.table_type = 'BASE TABLE'
         and c.data_type in ('text', 'character varying', 'jsonb', 'json', 'bytea')`,
    )
    expect(columns.length).toBeGreaterThan(60)
    const looks = columns.map(
      (one) =>
        `select '${one.table_name}.${one.column_name}' as place from "${one.table_schema}"."${one.table_name}"
         where position('${key.slice(9)}' in "${one.column_name}"::text) > 0 or position(encode('${key}'::bytea, 'hex') in "${one.column_name}"::text) > 0`,
    )
    expect(await on.platform.database.query(looks.join(' union all '))).toEqual([])
    const beginning = looks.map((look) => look.replaceAll(key.slice(9), key.slice(0, 9)))
    const places = await on.platform.database.query(beginning.join(' union all '))
    // The same look finds what may be there.
    expect(places).toContainEqual({ place: 'api_keys.prefix' })
  })

  test('acts for its organization, in either header, and is seen to have been used', async () => {
    const { id, key } = await makeKey(ada)
    expect(await statusWith(key)).toBe(200)
    expect((await on.request('GET', '/api/v1/usage', { headers: { 'x-api-key': key } })).status).toBe(200)
    expect((await listed(ada, id))?.lastUsedAt).not.toBeNull()
    const made = await on.request('POST', '/api/v1/api-keys', { token: key, body: { name: 'by a machine' } })
    expect(await made.json()).toMatchObject({ createdBy: null })
    const { body } = await ada.call<{ data: unknown[] }>('GET', '/api/v1/activity')
    expect(body.data[0]).toMatchObject({
      action: 'api_key.create',
      actor: { kind: 'api_key', id, name: 'CI' },
    })
  })

  test('is no person: what is for people refuses it', async () => {
    const { key } = await makeKey(ada)
    for (const path of ['/api/v1/auth/session', '/api/v1/user/profile', '/api/v1/organizations']) {
      expect((await on.request('GET', path, { token: key })).status).toBe(403)
    }
  })

  test('that was revoked works no more, and stays revoked', async () => {
    const { id, key } = await makeKey(ada)
    expect((await ada.call('DELETE', `/api/v1/api-keys/${id}`)).status).toBe(204)
    expect(await statusWith(key)).toBe(401)
    const revokedAt = (await listed(ada, id))?.revokedAt
    on.platform.clock.advance(60_000)
    expect((await ada.call('DELETE', `/api/v1/api-keys/${id}`)).status).toBe(204)
    expect((await listed(ada, id))?.revokedAt).toBe(revokedAt)
  })

  test('that has expired works no more, and its refusals do not count as use', async () => {
    const person = await signUp(on)
    const { id, key } = await makeKey(person, {
      expiresAt: new Date(on.platform.clock.now().getTime() + 60_000).toISOString(),
    })
    expect(await statusWith(key)).toBe(200)
    const usedAt = (await listed(person, id))?.lastUsedAt
    on.platform.clock.advance(120_000)
    expect(await statusWith(key)).toBe(401)
    expect((await listed(person, id))?.lastUsedAt).toBe(usedAt)
  })

  test('cannot be made with an end in the past', async () => {
    const { status, body } = await ada.call('POST', '/api/v1/api-keys', {
      name: 'late',
      expiresAt: '2020-01-01T00:00:00Z',
    })
    expect(status).toBe(422)
    expect(body).toMatchObject({ error: { code: 'api_keys.expiry_in_past' } })
  })

  test('that was never made is refused like one that was revoked', async () => {
    const response = await on.request('GET', '/api/v1/usage', { token: generateApiKey() })
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ error: { code: 'api_keys.invalid_api_key' } })
  })

  test('that is mistyped is refused without asking the database', async () => {
    const { key } = await makeKey(ada)
    const untouchable = new Proxy({} as Database, {
      get: () => {
        throw new Error('The database was asked.')
      },
    })
    const authenticator = apiKeyAuthenticator({ ...on.platform, database: untouchable }, on.identity.signer)
    const authenticate = (bearer: string) =>
      authenticator.authenticate({ bearer, headers: new Headers(), ip: null })
    const typo = `${key.slice(0, 20)}${key[20] === 'x' ? 'y' : 'x'}${key.slice(21)}`
    for (const wrong of [
      typo,
      key.slice(0, -1),
      `${key}0`.slice(0, 39).replace('fh_', 'fx_'),
      'fh_',
      'hello',
    ]) {
      await expect(authenticate(wrong)).rejects.toMatchObject({ status: 401 })
    }
    await expect(authenticate(key)).rejects.toThrow('The database was asked.')
  })
})

describe('API keys of an organization', () => {
  test('are nobody else’s: theirs are not found, like keys that never were', async () => {
    const eve = await signUp(on)
    const { id, key } = await makeKey(ada)
    const [foreign, random] = [
      await eve.call('DELETE', `/api/v1/api-keys/${id}`),
      await eve.call('DELETE', `/api/v1/api-keys/${newId()}`),
    ]
    expect([foreign.status, random.status]).toEqual([404, 404])
    expect(foreign.body.error).toEqual(random.body.error)
    expect(await statusWith(key)).toBe(200)
    expect((await eve.call('GET', '/api/v1/api-keys')).body).toEqual({ data: [], nextCursor: null })
  })

  test('are listed newest first, page by page, each once', async () => {
    const person = await signUp(on)
    const made: string[] = []
    for (let index = 0; index < 3; index++) made.unshift((await makeKey(person)).id)
    const first = await person.call<{ data: ApiKey[]; nextCursor: string }>('GET', '/api/v1/api-keys?limit=2')
    const second = await person.call<{ data: ApiKey[]; nextCursor: string | null }>(
      'GET',
      `/api/v1/api-keys?limit=2&cursor=${first.body.nextCursor}`,
    )
    expect([...first.body.data, ...second.body.data].map((one) => one.id)).toEqual(made)
    expect(second.body.nextCursor).toBeNull()
    expect((await person.call('GET', '/api/v1/api-keys?limit=0')).status).toBe(400)
  })
})
