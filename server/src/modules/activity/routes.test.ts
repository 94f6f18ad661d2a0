import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp()
})

afterAll(async () => {
  await on.dispose()
})

interface Activity {
  data: { id: string; action: string; actor: { kind: string; id: string; name: string | null } }[]
  nextCursor: string | null
}

test('what happened is listed newest first, page by page, each entry once', async () => {
  const ada = await signUp(on)
  for (const name of ['one', 'two', 'three']) await ada.call('POST', '/api/v1/api-keys', { name })
  const all = await ada.call<Activity>('GET', '/api/v1/activity')
  expect(all.body.data.map((entry) => entry.action)).toEqual([
    'api_key.create',
    'api_key.create',
    'api_key.create',
    'organization.create',
  ])
  const first = await ada.call<Activity>('GET', '/api/v1/activity?limit=3')
  const second = await ada.call<Activity>('GET', `/api/v1/activity?limit=3&cursor=${first.body.nextCursor}`)
  expect([...first.body.data, ...second.body.data]).toEqual(all.body.data)
  expect(second.body.nextCursor).toBeNull()
})

test('an entry has its actor by the name they have now', async () => {
  const ada = await signUp(on)
  await ada.call('PATCH', '/api/v1/user/profile', { name: 'Augusta' })
  const { body } = await ada.call<Activity>('GET', '/api/v1/activity')
  expect(body.data[0]?.actor).toEqual({ kind: 'user', id: ada.userId, name: 'Augusta' })
})

test('an entry is written with the change or not at all', async () => {
  const ada = await signUp(on)
  expect(
    (await ada.call('POST', '/api/v1/api-keys', { name: 'late', expiresAt: '2020-01-01T00:00:00Z' })).status,
  ).toBe(422)
  const { body } = await ada.call<Activity>('GET', '/api/v1/activity')
  expect(body.data.map((entry) => entry.action)).toEqual(['organization.create'])
})

test('nobody sees the activity of another organization', async () => {
  const [ada, eve] = [await signUp(on), await signUp(on)]
  await ada.call('POST', '/api/v1/api-keys', { name: 'of ada' })
  expect(JSON.stringify((await eve.call('GET', '/api/v1/activity')).body)).not.toContain('of ada')
})

test('an entry can be changed by nobody, not even by the server', async () => {
  for (const change of [
    'update freehold.audit_entries set action = $1',
    'delete from freehold.audit_entries where action = $1',
  ]) {
    await expect(on.platform.database.query(change, ['x'])).rejects.toThrow(/permission denied/)
  }
})
