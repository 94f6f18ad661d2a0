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

test('filters narrow the list: by a kind of action, an actor, a thing, a request and a time', async () => {
  const ada = await signUp(on)
  const { body: key } = await ada.call<{ id: string }>('POST', '/api/v1/api-keys', { name: 'one' })
  await ada.call('POST', '/api/v1/api-keys', { name: 'two' })
  await ada.call('DELETE', `/api/v1/api-keys/${key.id}`)
  const count = async (query: string) =>
    (await ada.call<Activity>('GET', `/api/v1/activity?${query}`)).body.data.map((entry) => entry.action)
  expect(await count('action=api_key.')).toEqual(['api_key.revoke', 'api_key.create', 'api_key.create'])
  expect(await count('action=api_key.revoke')).toEqual(['api_key.revoke'])
  // A beginning is one only at the dot: `api` is no kind of thing.
  expect(await count('action=api')).toEqual([])
  expect(await count(`entityType=api_key&entityId=${key.id}`)).toHaveLength(2)
  expect(await count(`actorId=${ada.userId}`)).toHaveLength(4)
  expect(await count(`actorId=${key.id}`)).toEqual([])
  expect(await count('from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z')).toEqual([])
  const all = await ada.call<{ data: { requestId: string }[] }>('GET', '/api/v1/activity')
  expect(await count(`requestId=${all.body.data[0]?.requestId}`)).toEqual(['api_key.revoke'])
  expect((await ada.call('GET', '/api/v1/activity?from=yesterday')).status).toBe(400)
})

test('the log is exported whole, over more entries than are read at once, as CSV and as JSON Lines', async () => {
  const ada = await signUp(on)
  await on.platform.database.query(
    `insert into freehold.audit_entries (organization_id, id, action, actor_kind, entity_type, entity_id, changes,
       request_id, created_at)
     select $1::uuid, gen_random_uuid(), 'test.made', 'system', 'test', n::text, '{}', gen_random_uuid(), now()
     from generate_series(1, 2100) n`,
    [ada.organizationId],
  )
  const fetchFile = (query: string) =>
    on.request('GET', `/api/v1/activity/export?${query}`, { token: ada.token })
  const csv = await fetchFile('format=csv')
  expect(csv.headers.get('content-disposition')).toMatch(/^attachment; filename="audit-log-[\d-]+\.csv"$/)
  const lines = (await csv.text()).trimEnd().split('\r\n')
  expect(lines).toHaveLength(1 + 2100 + 1)
  expect(new Set(lines).size).toBe(lines.length)
  const json = await fetchFile('format=json&action=test.')
  const entries = (await json.text()).trimEnd().split('\n')
  expect(new Set(entries.map((line) => JSON.parse(line).entity.id)).size).toBe(2100)
})

test('the export is for those who may read the log, and of their own organization', async () => {
  const [ada, eve] = [await signUp(on), await signUp(on)]
  await ada.call('POST', '/api/v1/api-keys', { name: 'canary of ada' })
  expect(
    await (await on.request('GET', '/api/v1/activity/export', { token: eve.token })).text(),
  ).not.toContain('canary')
  const { body } = await ada.call<{ key: string }>('POST', '/api/v1/api-keys', {
    name: 'of little use',
    scopes: ['read:documents'],
  })
  expect((await on.request('GET', '/api/v1/activity/export', { token: body.key })).status).toBe(403)
})
