import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Scope } from '../../../platform/context.ts'
import { AppError } from '../../../platform/errors.ts'
import { createTestApp, type TestApp } from '../../../testing/test-app.ts'
import { testsOnPostgres } from '../../../testing/test-database.ts'
import type { BudgetWindow } from '../contract.ts'
import { affordableNanos, budgetExceeded } from '../index.ts'
import { budgetsIn, type InOrganization, newOrganization, spend } from '../spending.fixture.ts'
import type { BudgetRow } from '../store.ts'
import { authorizeSpend, type Spend } from './authorize-spend.ts'
import { setBudget } from './set-budget.ts'
import { settleSpend } from './settle-spend.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp()
})

afterAll(async () => {
  await on.dispose()
})

async function organizationWithBudget(limitNanos: bigint, window: BudgetWindow = 'month', hard = true) {
  const inside = await newOrganization(on)
  await inside((scope) => setBudget(scope, { limitNanos, window, hard }))
  return inside
}

async function budgetOf(inside: InOrganization): Promise<BudgetRow> {
  const [row] = await budgetsIn(inside)
  if (!row) throw new Error('There is no budget.')
  return row
}

async function heldBy(inside: InOrganization): Promise<bigint> {
  return (await budgetOf(inside)).heldNanos
}

/** How many of `calls` concurrent calls of 7 nano-dollars are let through. */
async function grantedOf(
  calls: number,
  inside: InOrganization,
  authorize: (scope: Scope, wanted: Spend) => Promise<void>,
): Promise<{ granted: number; refusals: unknown[] }> {
  const results = await Promise.allSettled(
    Array.from({ length: calls }, () => inside((scope) => authorize(scope, spend(7n)))),
  )
  const refusals = results
    .filter((result) => result.status === 'rejected')
    .map((result) => result.reason as unknown)
  return { granted: calls - refusals.length, refusals }
}

describe('a hard budget', () => {
  test('lets exactly those of 64 concurrent calls through that fit', async () => {
    const inside = await organizationWithBudget(75n)
    const { granted, refusals } = await grantedOf(64, inside, authorizeSpend)
    expect(granted).toBe(10)
    expect(refusals.every((error) => error instanceof AppError && error.status === 402)).toBe(true)
    expect(await heldBy(inside)).toBe(70n)
  })

  /** What the gate would be without its condition in the UPDATE: it reads, decides, and then writes. */
  async function checkThenAdd(scope: Scope, wanted: Spend): Promise<void> {
    const left = await affordableNanos(scope, wanted.parts)
    await scope.tx.execute(sql`select pg_sleep(0.005)`)
    if (left !== undefined && left < wanted.amountNanos) throw budgetExceeded()
    await scope.tx.execute(
      sql`update freehold.budgets set held_nanos = held_nanos + ${wanted.amountNanos.toString()}::bigint`,
    )
  }

  test.skipIf(!testsOnPostgres)(
    'would be overrun by checking before adding, which this test sees (PostgreSQL only)',
    async () => {
      const inside = await organizationWithBudget(75n)
      const { granted } = await grantedOf(64, inside, checkThenAdd)
      expect(granted).toBeGreaterThan(10)
    },
  )

  test('holds to the last nano-dollar, and refuses one more', async () => {
    const inside = await organizationWithBudget(100n)
    await inside((scope) => authorizeSpend(scope, spend(100n)))
    await expect(inside((scope) => authorizeSpend(scope, spend(1n)))).rejects.toMatchObject({ status: 402 })
    await inside((scope) => authorizeSpend(scope, spend(0n)))
  })

  test('says in its refusal what is left, when it resets, and what the call could have cost', async () => {
    const inside = await organizationWithBudget(2_500_000_000n, 'day')
    await inside((scope) => authorizeSpend(scope, spend(2_000_000_000n)))
    const error = await inside((scope) => authorizeSpend(scope, spend(600_000_000n))).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({
      code: 'budget_exceeded',
      status: 402,
      details: {
        budget: { remainingUsd: '0.500000000', limitUsd: '2.500000000', window: 'day' },
        upToUsd: '0.600000000',
      },
    })
    const tomorrow = new Date(on.platform.clock.now().getTime() + 86_400_000).toISOString().slice(0, 10)
    expect(String(error)).toContain(`resets at ${tomorrow}T00:00:00.000Z`)
  })

  test('leaves nothing held by a call it refused', async () => {
    const inside = await organizationWithBudget(10n)
    const refused = spend(11n)
    await expect(inside((scope) => authorizeSpend(scope, refused))).rejects.toMatchObject({ status: 402 })
    expect(await inside((scope) => settleSpend(on.platform, scope, refused.requestId, 11n))).toBe(false)
    expect(await budgetOf(inside)).toMatchObject({ heldNanos: 0n, settledNanos: 0n })
  })
})

test('a soft budget never refuses, and goes on counting', async () => {
  const inside = await organizationWithBudget(10n, 'month', false)
  const { granted } = await grantedOf(8, inside, authorizeSpend)
  expect(granted).toBe(8)
  expect(await heldBy(inside)).toBe(56n)
})

test('without a budget every call goes through', async () => {
  const inside = await newOrganization(on)
  expect((await grantedOf(4, inside, authorizeSpend)).granted).toBe(4)
})

test('settling gives back what was held and counts what was spent, once', async () => {
  const inside = await organizationWithBudget(100n)
  const call = spend(60n)
  await inside((scope) => authorizeSpend(scope, call))
  const settled = await Promise.all(
    [1, 2].map(() => inside((scope) => settleSpend(on.platform, scope, call.requestId, 25n))),
  )
  expect(settled.toSorted()).toEqual([false, true])
  expect(await budgetOf(inside)).toMatchObject({ heldNanos: 0n, settledNanos: 25n })
})

describe('a window', () => {
  test('that has ended counts no more, and what is still held counts on', async () => {
    const inside = await organizationWithBudget(100n, 'day')
    const [ended, running] = [spend(60n), spend(40n)]
    await inside((scope) => authorizeSpend(scope, ended))
    await inside((scope) => settleSpend(on.platform, scope, ended.requestId, 60n))
    await inside((scope) => authorizeSpend(scope, running))
    on.platform.clock.advance(24 * 3600_000)
    await expect(inside((scope) => authorizeSpend(scope, spend(61n)))).rejects.toMatchObject({ status: 402 })
    await inside((scope) => authorizeSpend(scope, spend(60n)))
    expect(await heldBy(inside)).toBe(100n)
  })

  test('that has ended takes what is settled after it into the new one', async () => {
    const inside = await organizationWithBudget(100n, 'day')
    const call = spend(60n)
    await inside((scope) => authorizeSpend(scope, call))
    on.platform.clock.advance(24 * 3600_000)
    await inside((scope) => settleSpend(on.platform, scope, call.requestId, 30n))
    await expect(inside((scope) => authorizeSpend(scope, spend(71n)))).rejects.toMatchObject({ status: 402 })
    await inside((scope) => authorizeSpend(scope, spend(70n)))
  })

  test('of a lifetime never resets', async () => {
    const inside = await organizationWithBudget(100n, 'lifetime')
    const call = spend(60n)
    await inside((scope) => authorizeSpend(scope, call))
    await inside((scope) => settleSpend(on.platform, scope, call.requestId, 60n))
    on.platform.clock.advance(400 * 24 * 3600_000)
    await expect(inside((scope) => authorizeSpend(scope, spend(41n)))).rejects.toMatchObject({ status: 402 })
  })
})
