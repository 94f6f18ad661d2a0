import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp()
})

afterAll(async () => {
  await on.dispose()
})

const path = '/api/v1/budgets/organization'

test('a budget is set, shown with what is left, changed and removed, and the activity says so', async () => {
  const ada = await signUp(on)
  expect((await ada.call('GET', '/api/v1/budgets')).body).toEqual({ data: [], nextCursor: null })
  const set = await ada.call('PUT', path, { limitUsd: '2.5' })
  const now = on.platform.clock.now()
  const month = (plus: number) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + plus, 1)).toISOString()
  expect(set).toEqual({
    status: 200,
    body: {
      id: expect.any(String),
      scope: 'organization',
      about: { member: null, apiKey: null, serviceAccount: null, model: null, tag: null },
      limitNanos: '2500000000',
      limitUsd: '2.500000000',
      settledNanos: '0',
      heldNanos: '0',
      remainingNanos: '2500000000',
      remainingUsd: '2.500000000',
      window: 'month',
      timeZone: 'UTC',
      hard: true,
      thresholds: [50, 80, 100],
      windowStartedAt: month(0),
      resetsAt: month(1),
    },
  })
  const changed = await ada.call('PUT', path, { limitUsd: '0', window: 'lifetime', hard: false })
  expect(changed.body).toMatchObject({
    id: set.body.id,
    limitNanos: '0',
    window: 'lifetime',
    hard: false,
    resetsAt: null,
  })
  expect((await ada.call('DELETE', path)).status).toBe(204)
  expect(await ada.call('DELETE', path)).toMatchObject({
    status: 404,
    body: { error: { code: 'budgets.not_found' } },
  })
  const { body } = await ada.call<{ data: { action: string; changes: unknown }[] }>('GET', '/api/v1/activity')
  expect(body.data.map((entry) => entry.action)).toEqual([
    'budget.remove',
    'budget.set',
    'budget.set',
    'organization.create',
  ])
  expect(body.data[1]?.changes).toEqual({
    limitUsd: { from: '2.500000000', to: '0.000000000' },
    window: { from: 'month', to: 'lifetime' },
    hard: { from: true, to: false },
  })
})

test.each(['-1', '1e3', '1,5', '0.0000000001', '9999999999', 'ten', ''])(
  'a limit of %j dollars is refused',
  async (limitUsd) => {
    const ada = await signUp(on)
    expect(await ada.call('PUT', path, { limitUsd })).toMatchObject({
      status: 400,
      body: { error: { details: { problems: [{ in: 'body', field: 'limitUsd' }] } } },
    })
  },
)

test('a limit is a text: a number could not be exact', async () => {
  const ada = await signUp(on)
  expect((await ada.call('PUT', path, { limitUsd: 2.5 })).status).toBe(400)
})

test('a budget is one organization’s own', async () => {
  const [ada, eve] = [await signUp(on), await signUp(on)]
  await ada.call('PUT', path, { limitUsd: '1' })
  expect((await eve.call('GET', '/api/v1/budgets')).body).toEqual({ data: [], nextCursor: null })
  expect((await eve.call('DELETE', path)).status).toBe(404)
  await eve.call('PUT', path, { limitUsd: '2' })
  expect((await ada.call('GET', '/api/v1/budgets')).body).toMatchObject({
    data: [{ limitUsd: '1.000000000' }],
  })
})

test('a budget seen after its window ended shows nothing spent, before any call has come', async () => {
  const ada = await signUp(on)
  await ada.call('PUT', path, { limitUsd: '1', window: 'day' })
  await on.platform.database.query(
    'update freehold.budgets set settled_nanos = 400000000 where organization_id = $1',
    [ada.organizationId],
  )
  const shown = async () => (await ada.call<{ data: unknown[] }>('GET', '/api/v1/budgets')).body.data[0]
  expect(await shown()).toMatchObject({ settledNanos: '400000000', remainingUsd: '0.600000000' })
  on.platform.clock.advance(24 * 3600_000)
  const refreshed = await on.request('POST', '/api/v1/auth/refresh', {
    body: { refreshToken: ada.refreshToken },
  })
  const { accessToken } = (await refreshed.json()) as { accessToken: string } // the contract of refresh
  const later = await on.request('GET', '/api/v1/budgets', { token: accessToken })
  expect(await later.json()).toMatchObject({ data: [{ settledNanos: '0', remainingUsd: '1.000000000' }] })
})
