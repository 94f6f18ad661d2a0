import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '../../../platform/ids.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../../testing/test-app.ts'
import {
  budgetsIn,
  type InOrganization,
  makeBudget,
  newOrganization,
  settleWithRecord,
  spend,
  spendNow,
} from '../spending.fixture.ts'
import { authorizeSpend } from './authorize-spend.ts'
import { changeBudget } from './change-budget.ts'
import { settleSpend } from './settle-spend.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp()
})

afterAll(async () => {
  await on.dispose()
})

/** The percents told of so far, by events and by letters to somebody. */
async function told({ organizationId, email }: Actor) {
  const rows = await on.platform.database.query(
    "select data from freehold.events where organization_id = $1 and type = 'budget.threshold-reached' order by sequence",
    [organizationId],
  )
  return {
    events: rows.map(({ data }) => (data as { percent: number }).percent), // as `tellThreshold` writes it
    letters: on.platform.mail.sent
      .filter(({ to, subject }) => to === email && subject.includes('budget'))
      .map(({ subject }) => Number.parseInt(subject, 10)),
  }
}

async function spendEach(inside: InOrganization, costs: readonly bigint[]): Promise<void> {
  for (const cost of costs) await spendNow(on, inside, cost)
}

test('each threshold is told once, by an event and a letter', async () => {
  const inside = await newOrganization(on)
  await makeBudget(inside, {}, { limitNanos: 100n })
  await spendEach(inside, [49n])
  expect(await told(inside.owner)).toEqual({ events: [], letters: [] })
  await spendEach(inside, [1n, 1n, 28n, 0n, 1n])
  expect(await told(inside.owner)).toEqual({ events: [50, 80], letters: [50, 80] })
  await spendEach(inside, [20n])
  expect(await told(inside.owner)).toEqual({ events: [50, 80, 100], letters: [50, 80, 100] })
  const letter = on.platform.mail.sent.findLast(({ to }) => to === inside.owner.email)
  expect(letter?.subject).toMatch(/^100 % of the monthly budget of the organization is spent/)
  expect(letter?.text).toContain('$0.000000100 of $0.000000100 is spent')
})

test('a call that reaches several tells the highest', async () => {
  const inside = await newOrganization(on)
  await makeBudget(inside, {}, { limitNanos: 100n, thresholds: [90, 10, 50] })
  await spendEach(inside, [60n, 5n, 30n])
  expect((await told(inside.owner)).events).toEqual([50, 90])
})

test('a soft budget tells beyond its limit too', async () => {
  const inside = await newOrganization(on)
  await makeBudget(inside, {}, { limitNanos: 10n, hard: false, thresholds: [100, 200] })
  await spendEach(inside, [15n, 15n])
  expect((await told(inside.owner)).events).toEqual([100, 200])
})

test('64 calls that end at once tell each threshold once', async () => {
  const inside = await newOrganization(on)
  await makeBudget(inside, {}, { limitNanos: 64n * 10n })
  await makeBudget(inside, { tag: 'one' }, { limitNanos: 64n * 10n, thresholds: [25] })
  const calls = Array.from({ length: 64 }, () => spend(10n, { tag: 'one' }))
  for (const call of calls) await inside((scope) => authorizeSpend(scope, call))
  await Promise.all(calls.map((call) => settleWithRecord(on, inside, call, 10n)))
  const { events, letters } = await told(inside.owner)
  expect(events.toSorted((a, b) => a - b)).toEqual([25, 50, 80, 100])
  expect(letters.toSorted((a, b) => a - b)).toEqual([25, 50, 80, 100])
})

test('a call that is rolled back tells nothing', async () => {
  const inside = await newOrganization(on)
  await makeBudget(inside, {}, { limitNanos: 10n })
  const call = spend(10n)
  await inside((scope) => authorizeSpend(scope, call))
  await expect(
    inside(async (scope) => {
      await settleSpend(on.platform, scope, call.requestId, 10n)
      throw new Error('the end')
    }),
  ).rejects.toThrow('the end')
  expect((await told(inside.owner)).events).toEqual([])
  expect(await budgetsIn(inside)).toMatchObject([{ settledNanos: 0n, heldNanos: 10n }])
})

test('a new window tells anew, whichever call began it', async () => {
  const inside = await newOrganization(on)
  await makeBudget(inside, {}, { limitNanos: 100n, window: 'day' })
  await spendEach(inside, [50n])
  on.platform.clock.advance(24 * 3600_000)
  await spendEach(inside, [20n, 40n])
  expect((await told(inside.owner)).events).toEqual([50, 50])
})

test('what a change of the limit reaches is not told, and what comes after it is', async () => {
  const inside = await newOrganization(on)
  const { id } = await makeBudget(inside, {}, { limitNanos: 100n })
  await spendEach(inside, [50n])
  await inside((scope) => changeBudget(scope, id, { limitNanos: 60n }))
  await spendEach(inside, [1n])
  expect((await told(inside.owner)).events).toEqual([50])
  await inside((scope) => changeBudget(scope, id, { limitNanos: 1_000n }))
  await spendEach(inside, [449n])
  expect((await told(inside.owner)).events).toEqual([50, 50])
})

test('a member hears of a budget of theirs and of no other', async () => {
  const inside = await newOrganization(on)
  const grace = await signUp(on, 'Grace')
  const { status } = await inside.owner.call(
    'POST',
    `/api/v1/organizations/${inside.owner.organizationId}/members`,
    {
      email: grace.email,
      role: 'member',
    },
  )
  expect(status).toBe(201)
  const { userId } = grace
  await makeBudget(inside, { userId }, { limitNanos: 100n, thresholds: [50] })
  await makeBudget(inside, { tag: 'a' }, { limitNanos: 100n, thresholds: [60] })
  await spendNow(on, inside, 70n, { userId, tag: 'a' })
  await spendNow(on, inside, 1n, { userId: newId() })
  expect((await told({ ...inside.owner, email: grace.email })).letters).toEqual([50])
  expect((await told(inside.owner)).letters.toSorted()).toEqual([50, 60])
})
