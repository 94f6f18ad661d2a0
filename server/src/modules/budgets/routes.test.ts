import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../platform/ids.ts'
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
      about: { member: null, apiKey: null, serviceAccount: null, project: null, model: null, tag: null },
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

describe('a budget of a part', () => {
  const budgets = '/api/v1/budgets'

  test('says by name what it is about, and is changed, read and removed by its id', async () => {
    const ada = await signUp(on)
    const key = await ada.call<{ id: string }>('POST', '/api/v1/api-keys', { name: 'CI' })
    const made = await ada.call<{ id: string }>('POST', budgets, {
      userId: ada.userId,
      apiKeyId: key.body.id,
      model: 'local/extractive',
      tag: 'nightly',
      limitUsd: '3',
      window: 'week',
      timeZone: 'Europe/Berlin',
      thresholds: [90, 10],
    })
    expect(made).toMatchObject({
      status: 201,
      body: {
        scope: 'part',
        about: {
          member: { id: ada.userId, name: 'Ada' },
          apiKey: { id: key.body.id, name: 'CI' },
          serviceAccount: null,
          model: 'local/extractive',
          tag: 'nightly',
        },
        limitUsd: '3.000000000',
        window: 'week',
        timeZone: 'Europe/Berlin',
        thresholds: [10, 90],
        hard: true,
      },
    })
    const path = `${budgets}/${made.body.id}`
    const changed = await ada.call('PATCH', path, { limitUsd: '4', hard: false })
    expect(changed.body).toMatchObject({ limitUsd: '4.000000000', hard: false, window: 'week' })
    expect((await ada.call('GET', path)).body).toEqual(changed.body)
    expect((await ada.call('DELETE', '/api/v1/budgets/organization')).status).toBe(404)
    const { body } = await ada.call<{ data: { action: string; changes: unknown }[] }>(
      'GET',
      '/api/v1/activity',
    )
    expect(body.data[0]).toMatchObject({
      action: 'budget.set',
      changes: {
        limitUsd: { from: '3.000000000', to: '4.000000000' },
        hard: { from: true, to: false },
      },
    })
    expect((await ada.call('DELETE', path)).status).toBe(204)
    for (const method of ['GET', 'PATCH', 'DELETE'])
      expect((await ada.call(method, path, method === 'PATCH' ? {} : undefined)).status).toBe(404)
  })

  test('is there once for the same thing and window', async () => {
    const ada = await signUp(on)
    const make = (fields: object) => ada.call<{ id: string }>('POST', budgets, { limitUsd: '1', ...fields })
    expect((await make({ tag: 'a' })).status).toBe(201)
    expect(await make({ tag: 'a' })).toMatchObject({
      status: 409,
      body: { error: { code: 'budgets.exists' } },
    })
    const daily = await make({ tag: 'a', window: 'day' })
    expect(daily.status).toBe(201)
    expect((await ada.call('PATCH', `${budgets}/${daily.body.id}`, { window: 'month' })).status).toBe(409)
    expect((await make({})).status).toBe(201)
    expect((await make({})).status).toBe(409)
    expect((await ada.call('PUT', '/api/v1/budgets/organization', { limitUsd: '9' })).status).toBe(200)
    expect((await ada.call<{ data: unknown[] }>('GET', budgets)).body.data).toHaveLength(3)
  })

  test.each([
    ['timeZone', 'Mars/Olympus'],
    ['timeZone', '+02:00'],
    ['timeZone', 'CET'],
    ['tag', 'two words'],
    ['tag', 'x'.repeat(65)],
    ['tag', ''],
    ['thresholds', [0]],
    ['thresholds', [50, 50]],
    ['window', 'year'],
    ['userId', 'ada'],
    ['organizationId', newId()],
  ])('with %s %j is refused', async (field, value) => {
    const ada = await signUp(on)
    expect((await ada.call('POST', budgets, { limitUsd: '1', [field]: value })).status).toBe(400)
  })

  test('of somebody or something the organization does not have is refused alike, whoever has it', async () => {
    const [ada, eve] = [await signUp(on), await signUp(on)]
    const key = await eve.call<{ id: string }>('POST', '/api/v1/api-keys', { name: 'CI' })
    const refused = {
      status: 404,
      body: { error: { code: 'budgets.subject_not_found' } },
    }
    for (const about of [
      { userId: eve.userId },
      { userId: newId() },
      { apiKeyId: key.body.id },
      { apiKeyId: newId() },
      { serviceAccountId: newId() },
      { model: 'nobody/serves-this' },
    ])
      expect(await ada.call('POST', budgets, { limitUsd: '1', ...about })).toMatchObject(refused)
  })

  test('goes with the member it is about', async () => {
    const [ada, grace] = [await signUp(on), await signUp(on, 'Grace')]
    const members = `/api/v1/organizations/${ada.organizationId}/members`
    await ada.call('POST', members, { email: grace.email, role: 'member' })
    expect((await ada.call('POST', budgets, { userId: grace.userId, limitUsd: '1' })).status).toBe(201)
    expect((await ada.call('DELETE', `${members}/${grace.userId}`)).status).toBe(204)
    expect((await ada.call('GET', budgets)).body).toEqual({ data: [], nextCursor: null })
  })
})
