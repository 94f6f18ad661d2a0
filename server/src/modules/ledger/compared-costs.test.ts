import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemCaller } from '../../platform/context.ts'
import { systemTx, withTenant } from '../../platform/db/transactions.ts'
import { newId } from '../../platform/ids.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { usageRecordOf } from '../../testing/usage-record.ts'
import { updateUserSuperAdmin } from '../identity/index.ts'
import { compareCosts } from './actions/compare-costs.ts'
import { type EndedUsageRecord, recordCalls } from './actions/record-usage.ts'

let on: TestApp
let operator: Actor
let other: Actor

beforeAll(async () => {
  on = await createTestApp()
  operator = await signUp(on)
  other = await signUp(on)
  await systemTx(on.platform, 'first-start', (tx) => updateUserSuperAdmin(tx, operator.userId, true))
})
afterAll(() => on.dispose())

const dayMs = 86_400_000
const daysAgo = (days: number) => new Date(on.platform.clock.now().getTime() - days * dayMs)

async function record(whose: Actor, model: string, fields: Partial<EndedUsageRecord>): Promise<void> {
  const row = { ...usageRecordOf({ model, userId: whose.userId }), createdAt: daysAgo(2), ...fields }
  await withTenant(on.platform, systemCaller(whose.organizationId, newId()), (scope) =>
    recordCalls(on.platform, scope, [row]),
  )
}

interface Comparison {
  provider: string
  model: string
  calls: number
  computedNanos: string
  marginNanos: string
  reportedNanos: string
  differenceNanos: string
  verdict: string
}

async function compared(model: string, query = ''): Promise<Comparison[]> {
  await compareCosts(on.platform)
  const { status, body } = await operator.call<{ data: Comparison[] }>(
    'GET',
    `/api/v1/admin/cost-comparisons${query}`,
  )
  expect(status).toBe(200)
  return body.data.filter((one) => one.model === model)
}

test('calls of all organizations are put beside what their provider reported, once', async () => {
  const model = `compared/${newId()}`
  await record(operator, model, { costNanos: 1_000n, reportedCostNanos: 1_200n })
  await record(other, model, { costNanos: 500n, reportedCostNanos: 600n })
  await compared(model)
  expect(await compared(model)).toMatchObject([
    { calls: 2, computedNanos: '1500', reportedNanos: '1800', differenceNanos: '-300', verdict: 'lower' },
  ])
})

test('what was recorded late counts in the next comparison', async () => {
  const model = `compared/${newId()}`
  await record(other, model, { costNanos: 1_000n, reportedCostNanos: 1_000n })
  expect(await compared(model)).toMatchObject([{ calls: 1, verdict: 'agrees' }])
  await record(other, model, { costNanos: 1_000n, reportedCostNanos: 1_000n })
  expect(await compared(model)).toMatchObject([{ calls: 2, verdict: 'agrees' }])
})

test('a margin is no difference', async () => {
  const model = `compared/${newId()}`
  await record(other, model, { costNanos: 1_200n, reportedCostNanos: 1_000n, priceVersion: 'list@1+20%' })
  expect(await compared(model)).toMatchObject([
    { marginNanos: '200', differenceNanos: '0', verdict: 'agrees' },
  ])
})

test('calls that say nothing of the installation’s bill are left out: of today, unreported, from a cache, under an own key', async () => {
  const model = `compared/${newId()}`
  const reported = { costNanos: 9n, reportedCostNanos: 8n }
  await record(other, model, { ...reported, createdAt: daysAgo(0) })
  await record(other, model, { costNanos: 9n, reportedCostNanos: null })
  await record(other, model, { ...reported, cache: 'hit' })
  await record(other, model, { ...reported, paidBy: 'organization' })
  expect(await compared(model)).toEqual([])
})

test('a range that is turned around is refused, and whoever does not operate the installation sees nothing', async () => {
  const path = '/api/v1/admin/cost-comparisons'
  expect((await operator.call('GET', `${path}?from=2026-03-02&to=2026-03-01`)).status).toBe(400)
  expect((await other.call('GET', path)).status).toBe(403)
})
