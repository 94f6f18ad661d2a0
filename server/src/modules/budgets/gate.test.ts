import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Scope } from '../../platform/context.ts'
import { rowsOf } from '../../platform/db/transactions.ts'
import { newId } from '../../platform/ids.ts'
import { createTestApp, type TestApp } from '../../testing/test-app.ts'
import { authorizeSpend, type Spend } from './actions/authorize-spend.ts'
import { removeBudget } from './actions/remove-budget.ts'
import { settleSpend } from './actions/settle-spend.ts'
import { affordableNanos, budgetExceeded } from './index.ts'
import {
  budgetsIn,
  type InOrganization,
  makeBudget,
  newOrganization,
  settleWithRecord,
  spend,
  spendNow,
} from './spending.fixture.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp()
})

afterAll(async () => {
  await on.dispose()
})

const model = 'openai/gpt-4o-mini'

async function keyOf(inside: Awaited<ReturnType<typeof newOrganization>>, name = 'CI'): Promise<string> {
  const { status, body } = await inside.owner.call<{ id: string }>('POST', '/api/v1/api-keys', { name })
  expect(status).toBe(201)
  return body.id
}

/** By how much the worst of the budgets is overrun; less than nothing when none is. */
async function overrun(inside: InOrganization): Promise<bigint> {
  return inside(async (scope) => {
    const [row] = await rowsOf<{ worst: string }>(
      scope.tx,
      sql`select max(settled_nanos + held_nanos - limit_nanos)::text as worst from freehold.budgets`,
    )
    return BigInt(row?.worst ?? '0')
  })
}

describe('256 concurrent calls against budgets of a key, a member, a model and the organization', () => {
  /** What the gate would be without its condition in the UPDATE: it reads, decides, and then writes. */
  async function checkThenAdd(inside: InOrganization, call: Spend): Promise<void> {
    const left = await inside((scope) => affordableNanos(scope, call.parts))
    if (left !== undefined && left < call.amountNanos) throw budgetExceeded()
    await inside((scope) =>
      scope.tx.execute(
        sql`update freehold.budgets set held_nanos = held_nanos + ${call.amountNanos.toString()}::bigint`,
      ),
    )
  }

  async function organizationWithFour() {
    const inside = await newOrganization(on)
    const apiKeyId = await keyOf(inside)
    const { userId } = inside.owner
    await makeBudget(inside, {}, { limitNanos: 900n })
    await makeBudget(inside, { model }, { limitNanos: 800n })
    await makeBudget(inside, { userId }, { limitNanos: 500n })
    await makeBudget(inside, { apiKeyId, model }, { limitNanos: 300n })
    const callers = [{ userId }, { userId, apiKeyId }, { userId, model: 'another/model' }, { model }]
    const calls = Array.from({ length: 256 }, (_, index) => spend(7n, callers[index % callers.length]))
    return { inside, calls }
  }

  test('overrun none of them, and leave too little in one for whoever was refused', async () => {
    const { inside, calls } = await organizationWithFour()
    const snapshots: bigint[] = []
    const results = await Promise.allSettled(
      calls.map(async (call, index) => {
        await inside((scope) => authorizeSpend(scope, call))
        if (index % 2 === 0) await settleWithRecord(on, inside, call, 5n)
        if (index % 8 === 0) snapshots.push(await overrun(inside))
      }),
    )
    const refusals = results.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
    expect(
      refusals.every((error) => error instanceof Error && 'status' in error && error.status === 402),
    ).toBe(true)
    expect(refusals.length).toBeGreaterThan(0)
    expect(snapshots.length).toBeGreaterThan(0)
    expect([...snapshots, await overrun(inside)].filter((by) => by > 0n)).toEqual([])
    // What is held and settled is what the granted calls hold and cost: nothing is left over by a refusal.
    const granted = calls.filter((_, index) => results[index]?.status === 'fulfilled')
    const [whole] = await budgetsIn(inside)
    const settled = granted.filter((call) => calls.indexOf(call) % 2 === 0).length
    expect(whole).toMatchObject({
      settledNanos: BigInt(settled) * 5n,
      heldNanos: BigInt(granted.length - settled) * 7n,
    })
  })

  test('would overrun them by checking before adding, which this sees', async () => {
    const { inside, calls } = await organizationWithFour()
    await Promise.allSettled(calls.map((call) => checkThenAdd(inside, call)))
    expect(await overrun(inside)).toBeGreaterThan(0n)
  })

  test('are all let through where all of them fit, to the last nano-dollar', async () => {
    const inside = await newOrganization(on)
    const apiKeyId = await keyOf(inside)
    const { userId } = inside.owner
    const limitNanos = 256n * 7n
    for (const about of [{}, { model }, { userId }, { apiKeyId, model }])
      await makeBudget(inside, about, { limitNanos })
    await Promise.all(
      Array.from({ length: 256 }, () =>
        inside((scope) => authorizeSpend(scope, spend(7n, { userId, apiKeyId }))),
      ),
    )
    expect((await budgetsIn(inside)).map(({ heldNanos }) => heldNanos)).toEqual(Array(4).fill(limitNanos))
    await expect(inside((scope) => authorizeSpend(scope, spend(1n)))).rejects.toMatchObject({ status: 402 })
  })
})

describe('a call counts', () => {
  test('in the budgets it agrees with in all that they name, and in no other', async () => {
    const inside = await newOrganization(on)
    const apiKeyId = await keyOf(inside)
    const { userId } = inside.owner
    const abouts = [{}, { model }, { tag: 'nightly' }, { userId, tag: 'nightly' }, { apiKeyId }, { userId }]
    for (const about of abouts) await makeBudget(inside, about, { limitNanos: 1_000n })
    const heldBy = async (parts: Partial<Spend['parts']>) => {
      const call = spend(1n, parts)
      await inside((scope) => authorizeSpend(scope, call))
      const held = (await budgetsIn(inside)).flatMap((row, index) => (row.heldNanos > 0n ? [index] : []))
      await inside((scope) => settleSpend(on.platform, scope, call.requestId, 0n))
      expect((await budgetsIn(inside)).every((row) => row.heldNanos === 0n)).toBe(true)
      return held
    }
    expect(await heldBy({ model: 'x' })).toEqual([0])
    expect(await heldBy({})).toEqual([0, 1])
    expect(await heldBy({ tag: 'nightly' })).toEqual([0, 1, 2])
    expect(await heldBy({ userId, tag: 'nightly', model: 'x' })).toEqual([0, 2, 3, 5])
    expect(await heldBy({ userId: newId(), tag: 'other' })).toEqual([0, 1])
    // A person's own key spends for the person.
    expect(await heldBy({ apiKeyId, model: 'x' })).toEqual([0, 4, 5])
  })

  test('in all of its budgets or in none', async () => {
    const inside = await newOrganization(on)
    await makeBudget(inside, {}, { limitNanos: 100n })
    await makeBudget(inside, { tag: 'small' }, { limitNanos: 10n })
    await expect(
      inside((scope) => authorizeSpend(scope, spend(11n, { tag: 'small' }))),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/\$0\.000000010 is left of the month budget of tag small of/),
      details: { budget: { scope: 'part', about: { tag: 'small' }, remainingNanos: '10', heldNanos: '0' } },
    })
    expect((await budgetsIn(inside)).map(({ heldNanos }) => heldNanos)).toEqual([0n, 0n])
  })

  test('with several budgets in its way, against the one with the least left', async () => {
    const inside = await newOrganization(on)
    await makeBudget(inside, {}, { limitNanos: 20n })
    await makeBudget(inside, { model }, { limitNanos: 10n, window: 'day' })
    await makeBudget(inside, { tag: 'a' }, { limitNanos: 5n, hard: false })
    await expect(inside((scope) => authorizeSpend(scope, spend(30n, { tag: 'a' })))).rejects.toMatchObject({
      details: { budget: { about: { model }, window: 'day' } },
    })
  })
})

describe('a budget that is made while calls are under way', () => {
  test('holds those that count in it, and what they hold comes back when they end', async () => {
    const inside = await newOrganization(on)
    const apiKeyId = await keyOf(inside)
    const [counted, other] = [spend(40n, { apiKeyId, tag: 'a' }), spend(5n, { tag: 'b' })]
    for (const call of [counted, other]) await inside((scope) => authorizeSpend(scope, call))
    const made = [
      await makeBudget(inside, { tag: 'a' }, { limitNanos: 100n }),
      await makeBudget(inside, { userId: inside.owner.userId }, { limitNanos: 100n }),
    ]
    expect(made.map(({ heldNanos }) => heldNanos)).toEqual([40n, 40n])
    for (const call of [counted, other]) await settleWithRecord(on, inside, call, 3n)
    expect(await budgetsIn(inside)).toMatchObject([
      { heldNanos: 0n, settledNanos: 3n },
      { heldNanos: 0n, settledNanos: 3n },
    ])
  })

  test('counts what its part has cost in this window already', async () => {
    const inside = await newOrganization(on)
    const apiKeyId = await keyOf(inside)
    const { userId } = inside.owner
    await spendNow(on, inside, 1n, { tag: 'a' })
    await spendNow(on, inside, 10n, { apiKeyId })
    await spendNow(on, inside, 100n, { userId, model: 'x' })
    await spendNow(on, inside, 1_000n, { model: 'x', tag: 'a' })
    const spent = async (about: Partial<Spend['parts']>) => {
      const budget = await makeBudget(inside, about, { limitNanos: 10_000n })
      await inside((scope) => removeBudget(scope, budget.id))
      return budget.settledNanos
    }
    expect(await spent({})).toBe(1_111n)
    expect(await spent({ model: 'x' })).toBe(1_100n)
    expect(await spent({ tag: 'a' })).toBe(1_001n)
    expect(await spent({ userId })).toBe(110n)
    expect(await spent({ apiKeyId })).toBe(10n)
    expect(await spent({ userId, model: 'x' })).toBe(100n)
  })
})

/** 64 calls meet in the first moment of a new window; every second one is over before the next look. */
test('a window starts again once, however many calls meet its end', async () => {
  const inside = await newOrganization(on)
  await makeBudget(inside, {}, { limitNanos: 1_000n, window: 'day' })
  await makeBudget(inside, { model }, { limitNanos: 1_000n, window: 'week' })
  await spendNow(on, inside, 900n)
  on.platform.clock.advance(8 * 24 * 3600_000)
  const begin = (scope: Scope, call: Spend) => authorizeSpend(scope, call)
  await Promise.all(
    Array.from({ length: 64 }, async (_, index) => {
      const call = spend(10n)
      await inside((scope) => begin(scope, call))
      if (index % 2 === 0) await settleWithRecord(on, inside, call, 10n)
    }),
  )
  expect(await budgetsIn(inside)).toMatchObject([
    { settledNanos: 320n, heldNanos: 320n },
    { settledNanos: 320n, heldNanos: 320n },
  ])
})
