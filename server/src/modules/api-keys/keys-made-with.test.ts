import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { testsOnPostgres } from '../../testing/test-database.ts'

let on: TestApp
let ada: Actor
beforeAll(async () => {
  on = await createTestApp()
  ada = await signUp(on)
})
afterAll(() => on.dispose())

interface MadeKey {
  id: string
  key: string
  expiresAt: string | null
  madeWith: string | null
}

const made = async (response: Response): Promise<MadeKey> => {
  expect(response.status).toBe(201)
  return (await response.json()) as MadeKey // as the API says
}
const makeKey = (token = ada.token, more: object = {}) =>
  on.request('POST', '/api/v1/api-keys', { token, body: { name: 'CI', ...more } }).then(made)
const rotate = (token: string, id: string, overlapSeconds = 60) =>
  on.request('POST', `/api/v1/api-keys/${id}/rotate`, { token, body: { overlapSeconds } })
const revoke = (id: string, token = ada.token) => on.request('DELETE', `/api/v1/api-keys/${id}`, { token })
async function statusOf(token: string): Promise<number> {
  return (await on.request('GET', '/api/v1/usage', { token })).status
}
async function exchange(token: string): Promise<string> {
  const response = await on.request('POST', '/api/v1/auth/token', { token })
  return ((await response.json()) as { accessToken: string }).accessToken // as the API says
}

describe('a key that a key made', () => {
  test('ends when its maker is revoked, with what it made itself and every token given for one of them', async () => {
    const stolen = await makeKey()
    const child = await makeKey(stolen.key)
    const grandchild = await makeKey(child.key)
    const token = await exchange(grandchild.key)
    const other = await makeKey()
    expect(child.madeWith).toBe(stolen.id)
    for (const one of [child.key, grandchild.key, token]) expect(await statusOf(one)).toBe(200)
    expect((await revoke(stolen.id)).status).toBe(204)
    for (const one of [stolen.key, child.key, grandchild.key, token]) expect(await statusOf(one)).toBe(401)
    expect(await statusOf(other.key)).toBe(200)
  })

  test('is written down as revoked with it', async () => {
    const maker = await makeKey()
    const child = await makeKey(maker.key)
    await revoke(maker.id)
    const { body } = await ada.call<{ data: { entity: { id: string }; changes: object }[] }>(
      'GET',
      '/api/v1/activity?action=api_key.revoke',
    )
    const entry = body.data.find(({ entity }) => entity.id === child.id)
    expect(entry?.changes).toMatchObject({ reason: 'maker_revoked', revokedKeyId: maker.id })
  })

  test('ends with the overlap when its maker is replaced by a person', async () => {
    const maker = await makeKey()
    const child = await makeKey(maker.key)
    const grandchild = await makeKey(child.key)
    const successor = await made(await rotate(ada.token, maker.id))
    for (const one of [child, grandchild, successor]) expect(await statusOf(one.key)).toBe(200)
    on.platform.clock.advance(61_000)
    for (const one of [child, grandchild]) expect(await statusOf(one.key)).toBe(401)
    expect(await statusOf(successor.key)).toBe(200)
  })

  test('of a service account ends with the key that made it', async () => {
    const account = await ada.call<{ id: string }>('POST', '/api/v1/service-accounts', {
      name: 'deploy',
      role: 'member',
    })
    const maker = await makeKey()
    const child = await makeKey(maker.key, { serviceAccountId: account.body.id })
    await revoke(maker.id)
    expect(await statusOf(child.key)).toBe(401)
  })
})

describe('a key that replaces itself', () => {
  test('leaves its successor when it runs out, and takes it along when it is revoked', async () => {
    const first = await makeKey()
    const second = await made(await rotate(first.key, first.id))
    on.platform.clock.advance(61_000)
    expect([await statusOf(first.key), await statusOf(second.key)]).toEqual([401, 200])
    const third = await made(await rotate(second.key, second.id))
    await revoke(first.id)
    expect([await statusOf(second.key), await statusOf(third.key)]).toEqual([401, 401])
  })

  test('ends with its maker even after it was replaced', async () => {
    const maker = await makeKey()
    const child = await makeKey(maker.key)
    const successor = await made(await rotate(child.key, child.id, 10))
    await rotate(ada.token, maker.id, 600)
    on.platform.clock.advance(601_000)
    expect(await statusOf(successor.key)).toBe(401)
  })
})

test('a key replaces no key that it did not make, to see its successor', async () => {
  const expiresAt = new Date(on.platform.clock.now().getTime() + 3600_000).toISOString()
  const other = await makeKey()
  for (const asks of [await makeKey(), await makeKey(ada.token, { expiresAt })]) {
    const refused = await rotate(asks.key, other.id)
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ error: { code: 'api_keys.not_its_own' } })
  }
  const maker = await makeKey()
  const child = await makeKey(maker.key)
  const again = await made(await rotate(maker.key, child.id))
  await revoke(maker.id)
  expect(await statusOf(again.key)).toBe(401)
})

test.skipIf(!testsOnPostgres)(
  'twenty keys asked for while their maker is revoked: none works afterwards (on PostgreSQL)',
  async () => {
    const maker = await makeKey()
    const asked = Array.from({ length: 20 }, (_none, index) =>
      on.request('POST', '/api/v1/api-keys', { token: maker.key, body: { name: `child ${index}` } }),
    )
    const [, ...answers] = await Promise.all([revoke(maker.id), ...asked])
    for (const answer of answers) {
      if (answer.status !== 201) continue
      expect(await statusOf((await made(answer)).key)).toBe(401)
    }
  },
)
