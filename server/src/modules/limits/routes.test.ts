import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '../../platform/ids.ts'
import { createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp()
})

afterAll(async () => {
  await on.dispose()
})

const path = '/api/v1/limits'

test('a limit is made, listed with what is used of it, changed and removed, and the activity says so', async () => {
  const ada = await signUp(on)
  expect((await ada.call('GET', path)).body).toEqual({ data: [], nextCursor: null })
  const made = await ada.call('POST', path, { userId: ada.userId, requestsPerMinute: 60, callsAtOnce: 4 })
  expect(made).toEqual({
    status: 201,
    body: {
      id: expect.any(String),
      about: {
        member: { id: ada.userId, name: expect.any(String) },
        apiKey: null,
        serviceAccount: null,
        model: null,
        tag: null,
      },
      requestsPerMinute: 60,
      tokensPerMinute: null,
      callsAtOnce: 4,
      used: { requests: 0, tokens: null, calls: 0 },
      createdAt: expect.any(String),
    },
  })
  const one = `${path}/${made.body.id}`
  const changed = await ada.call('PATCH', one, { requestsPerMinute: null, tokensPerMinute: 9_000 })
  expect(changed).toMatchObject({
    status: 200,
    body: { requestsPerMinute: null, tokensPerMinute: 9_000, callsAtOnce: 4 },
  })
  expect((await ada.call('GET', path)).body).toEqual({ data: [changed.body], nextCursor: null })
  expect((await ada.call('DELETE', one)).status).toBe(204)
  expect(await ada.call('DELETE', one)).toMatchObject({
    status: 404,
    body: { error: { code: 'limits.not_found' } },
  })
  const { body } = await ada.call<{ data: { action: string; changes: unknown }[] }>('GET', '/api/v1/activity')
  expect(body.data.slice(0, 3).map(({ action }) => action)).toEqual([
    'limit.remove',
    'limit.set',
    'limit.set',
  ])
  expect(body.data[1]?.changes).toEqual({
    requestsPerMinute: { from: 60, to: null },
    tokensPerMinute: { from: null, to: 9_000 },
  })
})

test('a limit that limits nothing is refused, also when it comes to that by a change', async () => {
  const ada = await signUp(on)
  const nothing = { status: 400, body: { error: { code: 'limits.limits_nothing' } } }
  expect(await ada.call('POST', path, {})).toMatchObject(nothing)
  const made = await ada.call('POST', path, { callsAtOnce: 1 })
  expect(await ada.call('PATCH', `${path}/${made.body.id}`, { callsAtOnce: null })).toMatchObject(nothing)
})

test('there is one limit for the same calls', async () => {
  const ada = await signUp(on)
  await ada.call('POST', path, { model: 'local/extractive', requestsPerMinute: 5 })
  expect(await ada.call('POST', path, { model: 'local/extractive', tokensPerMinute: 5 })).toMatchObject({
    status: 409,
    body: { error: { code: 'limits.exists' } },
  })
})

test.each([
  { model: 'no/such-model' },
  { userId: newId() },
  { apiKeyId: newId() },
  { serviceAccountId: newId() },
])('%j is nothing to limit', async (about) => {
  const ada = await signUp(on)
  expect(await ada.call('POST', path, { ...about, requestsPerMinute: 5 })).toMatchObject({
    status: 404,
    body: { error: { code: 'limits.subject_not_found' } },
  })
})

test.each([
  { requestsPerMinute: 0 },
  { requestsPerMinute: 1.5 },
  { tokensPerMinute: -1 },
  { callsAtOnce: '3' },
  { requestsPerMinute: 1, unknown: 1 },
])('%j is no limit', async (body) => {
  const ada = await signUp(on)
  expect((await ada.call('POST', path, body)).status).toBe(400)
})

test('a limit is one organization’s own, and about its own', async () => {
  const [ada, eve] = [await signUp(on), await signUp(on, 'Eve')]
  const made = await ada.call('POST', path, { requestsPerMinute: 5 })
  expect((await eve.call('GET', path)).body).toEqual({ data: [], nextCursor: null })
  expect((await eve.call('PATCH', `${path}/${made.body.id}`, { requestsPerMinute: 1 })).status).toBe(404)
  expect((await eve.call('DELETE', `${path}/${made.body.id}`)).status).toBe(404)
  expect((await eve.call('POST', path, { userId: ada.userId, requestsPerMinute: 1 })).status).toBe(404)
})
