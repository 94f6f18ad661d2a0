import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Scope, systemCaller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { newId } from '../../../platform/ids.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../../testing/test-app.ts'
import { usageRecordOf } from '../../../testing/usage-record.ts'
import { type NewUsageRecord, recordUsage } from './record-usage.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp()
})

afterAll(async () => {
  await on.dispose()
})

function inside<T>(actor: Actor, work: (scope: Scope) => Promise<T>): Promise<T> {
  return withTenant(on.platform, systemCaller(actor.organizationId, newId()), work)
}

function record(actor: Actor, fields: Partial<NewUsageRecord>): Promise<boolean> {
  return inside(actor, (scope) => recordUsage(scope, usageRecordOf(fields)))
}

interface Usage {
  data: {
    day: string
    model: string
    calls: number
    promptTokens: number
    completionTokens: number
    costNanos: string
  }[]
  totals: {
    calls: number
    promptTokens: number
    completionTokens: number
    costNanos: string
    costUsd: string
  }
}

interface RecordPage {
  data: { requestId: string; model: string; costNanos: string; promptTokens: number; createdAt: string }[]
  nextCursor: string | null
}

test('one request recorded ten times at once counts once', async () => {
  const ada = await signUp(on)
  const requestId = newId()
  const recorded = await Promise.all(
    Array.from({ length: 10 }, () => record(ada, { requestId, costNanos: 7n })),
  )
  expect(recorded.filter(Boolean)).toHaveLength(1)
  const usage = await ada.call<Usage>('GET', '/api/v1/usage')
  expect(usage.body.totals).toMatchObject({ calls: 1, costNanos: '7', costUsd: '0.000000007' })
})

test('the daily roll-up is the sum of the records, to the nano-dollar', async () => {
  const ada = await signUp(on)
  const models = ['a/one', 'a/two', 'b/three']
  const calls = Array.from({ length: 60 }, (_, index) =>
    record(ada, {
      model: models[index % 3] ?? '',
      promptTokens: index * 7,
      completionTokens: index,
      costNanos: 9_007_199_254_740_993n + BigInt(index),
    }),
  )
  await Promise.all(calls)
  const usage = await ada.call<Usage>('GET', '/api/v1/usage')
  const records = await ada.call<RecordPage>('GET', '/api/v1/usage/records?limit=200')
  for (const model of models) {
    const of = records.body.data.filter((row) => row.model === model)
    expect(usage.body.data.find((row) => row.model === model)).toMatchObject({
      calls: 20,
      costNanos: of.reduce((sum, row) => sum + BigInt(row.costNanos), 0n).toString(),
      promptTokens: of.reduce((sum, row) => sum + row.promptTokens, 0),
    })
  }
  expect(usage.body.totals.calls).toBe(60)
  expect(BigInt(usage.body.totals.costNanos)).toBe(60n * 9_007_199_254_740_993n + 1_770n)
})

test('a record in a transaction that fails leaves nothing, not even in the roll-up', async () => {
  const ada = await signUp(on)
  const failing = inside(ada, async (scope) => {
    await recordUsage(scope, usageRecordOf({}))
    throw new Error('something after it')
  })
  await expect(failing).rejects.toThrow('something after it')
  expect((await ada.call<Usage>('GET', '/api/v1/usage')).body).toMatchObject({
    data: [],
    totals: { calls: 0, costNanos: '0' },
  })
})

describe('the usage of an organization', () => {
  test('is listed newest first, page by page, each call once', async () => {
    const ada = await signUp(on)
    const ids = Array.from({ length: 5 }, () => newId())
    for (const requestId of ids) await record(ada, { requestId })
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: { body: RecordPage } = await ada.call(
        'GET',
        `/api/v1/usage/records?limit=2${cursor && `&cursor=${cursor}`}`,
      )
      seen.push(...page.body.data.map((row) => row.requestId))
      cursor = page.body.nextCursor
    }
    expect(seen).toEqual(ids.toReversed())
  })

  test('shows one call with the arithmetic of its cost', async () => {
    const ada = await signUp(on)
    const requestId = newId()
    await record(ada, { requestId, costNanos: 4_500n, userId: ada.userId })
    const { status, body } = await ada.call('GET', `/api/v1/usage/${requestId}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      requestId,
      costNanos: '4500',
      costUsd: '0.000004500',
      userId: ada.userId,
      price: { version: 'test', inputNanosPerMillion: '150000000', outputNanosPerMillion: '600000000' },
      status: 'ok',
      errorCode: null,
      cache: 'miss',
      fallback: false,
    })
  })

  test('is nobody else’s: their calls are not found, like calls that never were', async () => {
    const [ada, eve] = [await signUp(on), await signUp(on)]
    const requestId = newId()
    await record(ada, { requestId })
    const [foreign, random] = [
      await eve.call('GET', `/api/v1/usage/${requestId}`),
      await eve.call('GET', `/api/v1/usage/${newId()}`),
    ]
    expect([foreign.status, random.status]).toEqual([404, 404])
    expect(foreign.body.error).toEqual(random.body.error)
    expect((await eve.call<Usage>('GET', '/api/v1/usage')).body.totals.calls).toBe(0)
  })

  test('is cut at both days asked for, ends included', async () => {
    const ada = await signUp(on)
    const days: string[] = []
    for (let day = 0; day < 3; day++) {
      days.push(on.platform.clock.now().toISOString().slice(0, 10))
      await record(ada, {})
      on.platform.clock.advance(24 * 3600_000)
    }
    on.platform.clock.set(new Date())
    const between = async (from?: string, to?: string) => {
      const usage = await ada.call<Usage>('GET', `/api/v1/usage?from=${from}&to=${to}`)
      return usage.body.data.map((row) => row.day)
    }
    expect(await between(days[0], days[1])).toEqual([days[0], days[1]])
    expect(await between(days[2], days[2])).toEqual([days[2]])
  })

  test.each([
    ['from=2026-02-30', 'from'],
    ['from=2026-03-02&to=2026-03-01', 'from'],
    ['to=yesterday', 'to'],
    ['day=2026-01-01', 'day'],
  ])('asked with ?%s is refused with the field that is wrong', async (query, field) => {
    const ada = await signUp(on)
    const { status, body } = await ada.call('GET', `/api/v1/usage?${query}`)
    expect(status).toBe(400)
    expect(body).toMatchObject({ error: { details: { problems: [{ in: 'query', field }] } } })
  })
})
