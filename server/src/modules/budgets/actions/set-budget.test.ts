import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Scope } from '../../../platform/context.ts'
import { newId } from '../../../platform/ids.ts'
import { createTestApp, type TestApp } from '../../../testing/test-app.ts'
import { testsOnPostgres } from '../../../testing/test-database.ts'
import { usageRecordOf } from '../../../testing/usage-record.ts'
import { recordUsage } from '../../ledger/index.ts'
import { budgetsIn, newOrganization, spend, spendNow } from '../spending.fixture.ts'
import { authorizeSpend } from './authorize-spend.ts'
import { removeOrganizationBudgets } from './remove-organization-budgets.ts'
import { setBudget } from './set-budget.ts'
import { settleSpend } from './settle-spend.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp()
})

afterAll(async () => {
  await on.dispose()
})

function hold(scope: Scope, requestId: string, amountNanos: bigint): Promise<void> {
  return authorizeSpend(scope, { ...spend(amountNanos), requestId })
}

test('what its window has cost before it was set counts against a budget', async () => {
  const inside = await newOrganization(on)
  await spendNow(on, inside, 70n)
  const budget = await inside((scope) => setBudget(scope, { limitNanos: 100n, window: 'month', hard: true }))
  expect(budget.settledNanos).toBe(70n)
  await expect(inside((scope) => hold(scope, newId(), 31n))).rejects.toMatchObject({ status: 402 })
})

test('changing the window counts anew from the beginning of the other one', async () => {
  const inside = await newOrganization(on)
  // The second day of a month that is still to come, so that a day and a month begin at different times.
  const now = on.platform.clock.now()
  on.platform.clock.set(new Date(Date.UTC(now.getUTCFullYear() + 1, 4, 1, 12)))
  await spendNow(on, inside, 30n)
  on.platform.clock.advance(24 * 3600_000)
  await spendNow(on, inside, 5n)
  const settledIn = async (window: 'day' | 'month' | 'lifetime') =>
    (await inside((scope) => setBudget(scope, { limitNanos: 1_000n, window, hard: true }))).settledNanos
  expect([
    await settledIn('day'),
    await settledIn('month'),
    await settledIn('day'),
    await settledIn('lifetime'),
  ]).toEqual([5n, 35n, 5n, 35n])
})

test('setting the same window again forgets nothing that was spent or is held', async () => {
  const inside = await newOrganization(on)
  await inside((scope) => setBudget(scope, { limitNanos: 100n, window: 'month', hard: true }))
  await spendNow(on, inside, 20n)
  await inside((scope) => hold(scope, newId(), 30n))
  const raised = await inside((scope) => setBudget(scope, { limitNanos: 200n, window: 'month', hard: true }))
  expect(raised).toMatchObject({ limitNanos: 200n, settledNanos: 20n, heldNanos: 30n })
})

test('calls that were under way when a budget was set are held in it, so their end frees nobody else’s', async () => {
  const inside = await newOrganization(on)
  const [early, late] = [newId(), newId()]
  await inside((scope) => hold(scope, early, 40n))
  await inside((scope) => setBudget(scope, { limitNanos: 100n, window: 'month', hard: true }))
  await inside((scope) => hold(scope, late, 60n))
  await inside((scope) => settleSpend(on.platform, scope, early, 0n))
  const [row] = await budgetsIn(inside)
  expect(row?.heldNanos).toBe(60n)
  await expect(inside((scope) => hold(scope, newId(), 41n))).rejects.toMatchObject({ status: 402 })
})

test('a budget that was removed refuses nothing, and calls under way still settle', async () => {
  const inside = await newOrganization(on)
  await inside((scope) => setBudget(scope, { limitNanos: 10n, window: 'month', hard: true }))
  const running = newId()
  await inside((scope) => hold(scope, running, 10n))
  await inside((scope) => removeOrganizationBudgets(scope))
  await inside((scope) => hold(scope, newId(), 1_000n))
  expect(await inside((scope) => settleSpend(on.platform, scope, running, 3n))).toBe(true)
  await expect(inside((scope) => removeOrganizationBudgets(scope))).rejects.toMatchObject({ status: 404 })
})

test.skipIf(!testsOnPostgres)(
  'calls that begin and end while a budget is being set are all counted (PostgreSQL only)',
  async () => {
    const inside = await newOrganization(on)
    const calls = Array.from({ length: 40 }, async (_, index) => {
      const requestId = newId()
      await inside((scope) => hold(scope, requestId, 10n))
      if (index % 2 === 0) return
      await inside(async (scope) => {
        await recordUsage(scope, usageRecordOf({ requestId, costNanos: 3n }))
        await settleSpend(on.platform, scope, requestId, 3n)
      })
    })
    const settings = Array.from({ length: 10 }, (_, index) =>
      inside((scope) =>
        setBudget(scope, { limitNanos: 1_000_000n, window: index % 2 ? 'day' : 'month', hard: true }),
      ),
    )
    await Promise.all([...calls, ...settings])
    const [row] = await budgetsIn(inside)
    expect(row).toMatchObject({ heldNanos: 200n, settledNanos: 60n })
  },
)
