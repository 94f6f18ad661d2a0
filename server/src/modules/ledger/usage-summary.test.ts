import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemCaller } from '../../platform/context.ts'
import { withTenant } from '../../platform/db/transactions.ts'
import { newId } from '../../platform/ids.ts'
import { callerOf, joinOrganization } from '../../testing/join-organization.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { usageRecordOf } from '../../testing/usage-record.ts'
import { type EndedUsageRecord, recordCalls } from './actions/record-usage.ts'

let on: TestApp
let ada: Actor
let member: Actor
let key: { id: string; key: string }

interface Summary {
  data: {
    group: { dimension: string; value: string | null; name: string | null }[]
    calls: number
    errors: number
    cacheHits: number
    promptTokens: number
    costNanos: string
    p50LatencyMs: number | null
    p95LatencyMs: number | null
  }[]
  nextCursor: string | null
  totals: { calls: number; costNanos: string }
}

const hostile = '=HYPERLINK("http://evil.example","1")'

async function record(fields: Partial<EndedUsageRecord>, whose = ada): Promise<void> {
  await withTenant(on.platform, systemCaller(whose.organizationId, newId()), (scope) =>
    recordCalls(on.platform, scope, [{ ...usageRecordOf({}), createdAt: scope.now, ...fields }]),
  )
}

const summary = async (query: string, who: Pick<Actor, 'call'> = ada) =>
  (await who.call<Summary>('GET', `/api/v1/usage/summary?${query}`)).body

const lines = ({ data }: Summary) =>
  data.map(({ group, calls, costNanos }) => [...group.map(({ value }) => value), calls, costNanos])

beforeAll(async () => {
  on = await createTestApp()
  ada = await signUp(on)
  member = await joinOrganization(on, ada, { role: 'member' })
  key = (await ada.call<{ id: string; key: string }>('POST', '/api/v1/api-keys', { name: hostile })).body
  const at = (time: string) => new Date(`2026-03-${time}Z`)
  const days = { one: at('01T10:00:00'), two: at('02T23:59:59.999'), three: at('03T00:00:00') }
  const base = { model: 'a/one', costNanos: 10n, latencyMs: 100 }
  await record({ ...base, userId: ada.userId, createdAt: days.one, latencyMs: 900 })
  await record({ ...base, userId: ada.userId, createdAt: days.one, tag: 'night' })
  await record({ ...base, userId: member.userId, createdAt: days.two, costNanos: 5n, cache: 'hit' })
  await record({ ...base, apiKeyId: key.id, createdAt: days.two, model: 'b/two', costNanos: 100n })
  await record({
    ...base,
    apiKeyId: key.id,
    createdAt: days.three,
    status: 'error',
    errorCode: 'provider_timeout',
    costNanos: 0n,
    provider: '@SUM(1)',
  })
  const other = await signUp(on)
  await record({ ...base, createdAt: days.one, costNanos: 1_000n }, other)
})
afterAll(() => on.dispose())

const march = 'from=2026-03-01&to=2026-03-31'

describe('the sums of an organization', () => {
  test('by model: the dearest first, with errors, cache hits, latencies and totals, and no other’s calls', async () => {
    const told = await summary(`${march}&groupBy=model`)
    expect(lines(told)).toEqual([
      ['b/two', 1, '100'],
      ['a/one', 4, '25'],
    ])
    expect(told.data[1]).toMatchObject({ errors: 1, cacheHits: 1, p50LatencyMs: 100, p95LatencyMs: 900 })
    expect(told.totals).toMatchObject({ calls: 5, costNanos: '125' })
  })

  test('by day and model: along time, and a day ends at midnight UTC', async () => {
    expect(lines(await summary(`${march}&groupBy=day,model`))).toEqual([
      ['2026-03-01', 'a/one', 2, '20'],
      ['2026-03-02', 'b/two', 1, '100'],
      ['2026-03-02', 'a/one', 1, '5'],
      ['2026-03-03', 'a/one', 1, '0'],
    ])
    const hours = await summary('from=2026-03-01&to=2026-03-01&groupBy=hour')
    expect(lines(hours)).toEqual([['2026-03-01T10:00:00Z', 2, '20']])
  })

  test('by member, with what their own keys called; by key and tag, with a group for calls without one', async () => {
    const byMember = await summary(`${march}&groupBy=member`)
    expect(byMember.data.map(({ group, costNanos }) => [group[0]?.value, group[0]?.name, costNanos])).toEqual(
      [
        [ada.userId, 'Ada', '120'],
        [member.userId, 'Ada', '5'],
      ],
    )
    expect((await summary(`${march}&groupBy=key`)).data[0]?.group).toEqual([
      { dimension: 'key', value: key.id, name: hostile },
    ])
    expect(lines(await summary(`${march}&groupBy=tag`))).toEqual([
      [null, 4, '115'],
      ['night', 1, '10'],
    ])
  })

  test('come in pages with the totals of all', async () => {
    const first = await summary(`${march}&groupBy=day,model&limit=3`)
    const second = await summary(`${march}&groupBy=day,model&limit=3&cursor=${first.nextCursor}`)
    expect([first.data.length, second.data.length, second.nextCursor]).toEqual([3, 1, null])
    expect(second.totals).toEqual(first.totals)
  })

  test.each([
    ['model=b/two', [['b/two', 1, '100']]],
    ['status=error', [['a/one', 1, '0']]],
    ['error=TIMEOUT', [['a/one', 1, '0']]],
    ['error=%25', []],
    ['tag=night', [['a/one', 1, '10']]],
    ['minCostUsd=0.000000011', [['b/two', 1, '100']]],
    ['cache=hit', [['a/one', 1, '5']]],
  ])('are of the calls that %s lets through', async (filter, expected) => {
    expect(lines(await summary(`${march}&${filter}`))).toEqual(expected)
  })

  test.each([
    ['groupBy=model,model_', 'groupBy'],
    ['groupBy=model,day,tag,key', 'groupBy'],
    ['from=2026-03-02&to=2026-03-01', 'from'],
    ['from=2020-01-01&to=2026-01-01', 'from'],
    ['from=2026-01-01&to=2026-03-01&groupBy=hour', 'from'],
  ])('asked with %s are refused with the field that is wrong', async (query, field) => {
    const { status, body } = await ada.call<{ error: { details: { problems: { field: string }[] } } }>(
      'GET',
      `/api/v1/usage/summary?${query}`,
    )
    expect([status, body.error.details.problems[0]?.field]).toEqual([400, field])
  })
})

describe('whoever may not read billing', () => {
  test('sees their own calls one by one, and nobody else’s', async () => {
    expect(lines(await summary(`${march}&groupBy=member`, member))).toEqual([[member.userId, 1, '5']])
    const { body } = await member.call<{ data: { requestId: string }[] }>('GET', '/api/v1/usage/records')
    expect(body.data).toHaveLength(1)
    const all = await ada.call<{ data: { requestId: string }[] }>('GET', '/api/v1/usage/records')
    const statuses = await Promise.all(
      all.body.data.map(
        async ({ requestId }) => (await member.call('GET', `/api/v1/usage/${requestId}`)).status,
      ),
    )
    expect(statuses.toSorted()).toEqual([200, 404, 404, 404, 404])
    const file = await on.request('GET', '/api/v1/usage/records?format=csv', { token: member.token })
    expect((await file.text()).trimEnd().split('\r\n')).toHaveLength(2)
  })

  test('sees what they have spent and what is left of the budgets that concern them', async () => {
    const now = on.platform.clock.now()
    await record({ userId: member.userId, createdAt: now, costNanos: 7n })
    const colleague = await joinOrganization(on, ada, { role: 'member' })
    const set = (userId?: string) =>
      ada.call<{ id: string }>('POST', '/api/v1/budgets', { limitUsd: '1', ...(userId ? { userId } : {}) })
    const [all, own] = [await set(), await set(member.userId)]
    await set(colleague.userId)
    interface Own {
      today: { calls: number; costNanos: string }
      budgets: { id: string; remainingNanos: string }[]
    }
    const { body } = await member.call<Own>('GET', '/api/v1/usage/me')
    expect(body.today).toMatchObject({ calls: 1, costNanos: '7' })
    expect(body.budgets.map(({ id }) => id)).toEqual([all.body.id, own.body.id])
    const byKey = await callerOf(on, key.key)<Own>('GET', '/api/v1/usage/me')
    expect([byKey.status, byKey.body.today.calls]).toEqual([200, 0])
  })
})

describe('as a file', () => {
  test('no cell is a formula in a spreadsheet', async () => {
    for (const path of [`records?${march}&format=csv`, `summary?${march}&groupBy=key,provider&format=csv`]) {
      const answer = await on.request('GET', `/api/v1/usage/${path}`, { token: ada.token })
      expect(answer.headers.get('content-type')).toContain('text/csv')
      const text = await answer.text()
      expect(text).toContain(`"'=HYPERLINK(""http://evil.example"",""1"")"`)
      expect(text).toContain("'@SUM(1)")
      expect(text).not.toMatch(/(^|[,"\n])[=+@-]/)
    }
  })

  test('is asked for by Accept too, and holds every call once, over many batches', async () => {
    const grace = await signUp(on)
    const many = Array.from({ length: 1_203 }, () => ({
      ...usageRecordOf({ costNanos: 3n }),
      createdAt: new Date('2026-03-05T00:00:00Z'),
    }))
    await withTenant(on.platform, systemCaller(grace.organizationId, newId()), (scope) =>
      recordCalls(on.platform, scope, many),
    )
    const answer = await on.request('GET', '/api/v1/usage/records', {
      token: grace.token,
      headers: { accept: 'text/csv' },
    })
    const [, ...rows] = (await answer.text()).trimEnd().split('\r\n')
    expect(new Set(rows.map((row) => row.split(',')[0]))).toEqual(
      new Set(many.map(({ requestId }) => requestId)),
    )
    expect(rows).toHaveLength(many.length)
  })
})
