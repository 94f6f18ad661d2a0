import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import {
  begin,
  budgetsOf,
  end,
  ledgerOf,
  makeBudget,
  newCall,
  newNode,
  type TestCall,
  type TestNode,
} from './money-gate.fixture.ts'

/** FREEHOLD_TEST_ROUNDS=100 is the full size; the default keeps the suite quick. */
const rounds = Number(process.env.FREEHOLD_TEST_ROUNDS ?? 2)

let on: TestApp
const nodes: TestNode[] = []

function node(changes: Parameters<typeof newNode>[1] = {}): TestNode {
  const made = newNode(on, changes)
  nodes.push(made)
  return made
}

beforeAll(async () => {
  // A budget may name models that are served.
  on = await createTestApp({
    OPENROUTER_API_KEY: 'sk-or-test',
    OPENROUTER_BASE_URL: 'http://127.0.0.1:9/api/v1',
  })
})
afterEach(async () => {
  for (const { gate } of nodes.splice(0)) await gate.close()
})
afterAll(() => on.dispose())

describe('P1: a hard budget', () => {
  const model = 'openai/gpt-4o-mini'

  test('of a key, a member, a model, a tag and the organization is overrun by no call of 256 at once on three nodes', async () => {
    const worst: bigint[] = []
    let refusals = 0
    for (let round = 0; round < rounds; round++) {
      const ada = await signUp(on)
      const { userId, organizationId } = ada
      const apiKeyId = (await ada.call<{ id: string }>('POST', '/api/v1/api-keys', { name: 'CI' })).body.id
      const budgets = [
        { limit: 90_000n, about: {}, counts: () => true },
        { limit: 80_000n, about: { model }, counts: ({ parts }: TestCall) => parts.model === model },
        {
          limit: 50_000n,
          about: { userId },
          counts: ({ parts }: TestCall) => parts.userId === userId || parts.apiKeyId === apiKeyId,
        },
        {
          limit: 30_000n,
          about: { apiKeyId, model },
          counts: ({ parts }: TestCall) => parts.apiKeyId === apiKeyId && parts.model === model,
        },
        { limit: 20_000n, about: { tag: 'a' }, counts: ({ parts }: TestCall) => parts.tag === 'a' },
      ]
      for (const { limit, about } of budgets) await makeBudget(ada, limit, about)
      const kinds = [{ userId }, { apiKeyId }, { userId, model: 'another/model' }, { tag: 'a' }, {}]
      const three = [node(), node(), node()]
      // What is true, whatever the database says: the bounds of calls under way and the costs of ended ones.
      const truth = budgets.map(() => 0n)
      const add = (call: TestCall, nanos: bigint) =>
        budgets.forEach(({ limit, counts }, index) => {
          if (!counts(call)) return
          truth[index] = (truth[index] ?? 0n) + nanos
          worst.push((truth[index] ?? 0n) - limit)
        })
      let watching = true
      const watch = (async () => {
        while (watching) {
          for (const { settled, held, limit } of await budgetsOf(on, organizationId))
            worst.push(settled + held - limit)
          await sleep(10)
        }
      })()
      await Promise.all(
        Array.from({ length: 256 }, async (_, index) => {
          const [at] = three.slice(index % 3)
          const call = newCall(organizationId, kinds[index % kinds.length])
          if (!at) return
          const amount = BigInt(300 + ((index * 37) % 900))
          const { held } = await begin(at, call, amount)
          if (!held) {
            refusals++
            return
          }
          add(call, amount)
          await sleep((index * 7) % 40)
          if (index % 4 === 3) return
          const cost =
            (amount * BigInt(index % 11)) / 10n > amount ? amount : (amount * BigInt(index % 11)) / 10n
          add(call, cost - amount)
          await end(at, call, cost)
        }),
      )
      for (const { gate } of three) await gate.settled(organizationId)
      watching = false
      await watch
      // What stays held is exactly what is still under way, in each budget: nothing leaks and nothing is forgotten.
      const states = await budgetsOf(on, organizationId)
      expect(states.map(({ settled, held }) => settled + held)).toEqual(truth)
    }
    expect(refusals).toBeGreaterThan(0)
    expect(worst.filter((by) => by > 0n)).toEqual([])
  })

  test('that is made while calls are under way holds them, on the node that makes it and on others a second later', async () => {
    const ada = await signUp(on)
    const other = node()
    const calls = [newCall(ada.organizationId), newCall(ada.organizationId)] as const
    expect(await begin({ ...other, gate: on.gateway.platform.gate }, calls[0], 40n)).toEqual({ held: true })
    expect(await begin(other, calls[1], 30n)).toEqual({ held: true })
    await makeBudget(ada, 100n)
    const [made] = await budgetsOf(on, ada.organizationId)
    expect(made?.held).toBe(40n)
    await sleep(1_050)
    // 70 of 100 are under way: the next call of either node counts against that.
    expect(await begin(other, newCall(ada.organizationId), 31n)).toMatchObject({ held: false })
    expect(await begin(other, newCall(ada.organizationId), 30n)).toEqual({ held: true })
  })

  test('whose limit is lowered refuses at once on the node that lowered it', async () => {
    const ada = await signUp(on)
    const id = await makeBudget(ada, 1_000_000n)
    const here = { ...node(), gate: on.gateway.platform.gate }
    const call = newCall(ada.organizationId)
    expect(await begin(here, call, 1_000n)).toEqual({ held: true })
    await end(here, call, 1_000n)
    await ada.call('PATCH', `/api/v1/budgets/${id}`, { limitUsd: '0.000001500' })
    expect(await begin(here, newCall(ada.organizationId), 501n)).toMatchObject({
      held: false,
      leftNanos: 500n,
    })
    expect(await begin(here, newCall(ada.organizationId), 500n)).toEqual({ held: true })
  })
})

describe('P2: a call that fits is not refused', () => {
  test('to the last nano-dollar, by one node', async () => {
    const ada = await signUp(on)
    await makeBudget(ada, 256n * 700n)
    const one = node()
    const calls = Array.from({ length: 256 }, () => newCall(ada.organizationId))
    const answers = await Promise.all(calls.map((call) => begin(one, call, 700n)))
    expect(answers.filter(({ held }) => !held)).toEqual([])
    expect(await begin(one, newCall(ada.organizationId), 1n)).toEqual({
      held: false,
      budgetIds: [expect.any(String)],
      leftNanos: 0n,
    })
  })

  test('though the rest of the budget is leased by another node, which does not use it', async () => {
    const ada = await signUp(on)
    await makeBudget(ada, 100_000n)
    const [one, two] = [node(), node()]
    // The first node takes more than it needs, and goes on with small calls, so that its lease does not become idle.
    const first = newCall(ada.organizationId)
    expect(await begin(one, first, 1_000n)).toEqual({ held: true })
    await end(one, first, 1_000n)
    await one.gate.recorded(ada.organizationId)
    const [leased] = await budgetsOf(on, ada.organizationId)
    expect(leased?.held).toBeGreaterThan(0n)
    const busy = setInterval(() => {
      const call = newCall(ada.organizationId)
      begin(one, call, 1n).then(
        ({ held }) => (held ? end(one, call, 0n) : undefined),
        () => {},
      )
    }, 40)
    try {
      // All that is left but a hundred.
      expect(await begin(two, newCall(ada.organizationId), 98_900n)).toEqual({ held: true })
    } finally {
      clearInterval(busy)
    }
  })

  test('though the rest of the budget is leased by a node that was killed, once that lease has run out', async () => {
    const ada = await signUp(on)
    await makeBudget(ada, 1_000n)
    const [dead, one] = [newNode(on), node()]
    expect(await begin(dead, newCall(ada.organizationId), 600n)).toEqual({ held: true })
    expect(await begin(one, newCall(ada.organizationId), 600n)).toMatchObject({ held: false })
    await expire(dead)
    await one.gate.sweep()
    expect(await begin(one, newCall(ada.organizationId), 1_000n)).toEqual({ held: true })
  })
})

/** As if the time of a node's leases had passed with nobody to renew them. */
async function expire({ platform }: TestNode): Promise<void> {
  await on.platform.database.query(
    `update freehold.leases set expires_at = clock_timestamp() - interval '1 second' where node_id = $1`,
    [platform.nodeId],
  )
}

describe('P3: a hold ends', () => {
  test('when every node that held something is gone and the leases have run out, and not before', async () => {
    const ada = await signUp(on)
    await makeBudget(ada, 1_000_000n)
    const killed = [newNode(on), newNode(on)]
    for (const dead of killed) await begin(dead, newCall(ada.organizationId), 1_000n)
    const next = node()
    await next.gate.sweep()
    expect((await budgetsOf(on, ada.organizationId))[0]?.held).toBeGreaterThanOrEqual(2_000n)
    for (const dead of killed) await expire(dead)
    await Promise.all([next.gate.sweep(), node().gate.sweep()])
    expect(await budgetsOf(on, ada.organizationId)).toEqual([{ settled: 0n, held: 0n, limit: 1_000_000n }])
  })

  test('of a call that goes on only with the call, however long it takes', async () => {
    const ada = await signUp(on)
    await makeBudget(ada, 1_000_000n)
    const one = node()
    const call = newCall(ada.organizationId)
    await begin(one, call, 1_000n)
    // What is free beside it goes back while nothing else is called.
    await expect
      .poll(async () => (await budgetsOf(on, ada.organizationId))[0]?.held, { timeout: 10_000 })
      .toBe(1_000n)
    // A lease that was lost, as after a long stop of the process, is taken again for what still runs.
    await expire(one)
    await node().gate.sweep()
    expect((await budgetsOf(on, ada.organizationId))[0]?.held).toBe(0n)
    await expect
      .poll(async () => (await budgetsOf(on, ada.organizationId))[0]?.held, { timeout: 15_000 })
      .toBe(1_000n)
    await end(one, call, 10n)
    await one.gate.settled(ada.organizationId)
    expect(await budgetsOf(on, ada.organizationId)).toEqual([{ settled: 10n, held: 0n, limit: 1_000_000n }])
  })
})

test('P8: a window starts again once, however many calls of two nodes meet its end', async () => {
  const ada = await signUp(on)
  await ada.call('POST', '/api/v1/budgets', {
    limitUsd: '0.000100000',
    window: 'day',
    timeZone: 'Europe/Berlin',
  })
  await ada.call('POST', '/api/v1/budgets', { limitUsd: '0.000100000', window: 'month' })
  const two = [node(), node()] as const
  const first = newCall(ada.organizationId)
  await begin(two[0], first, 90_000n)
  await end(two[0], first, 90_000n)
  await two[0].gate.settled(ada.organizationId)
  expect(await begin(two[1], newCall(ada.organizationId), 20_000n)).toMatchObject({ held: false })
  on.platform.clock.advance(32 * 24 * 3600_000)
  const calls = Array.from({ length: 64 }, () => newCall(ada.organizationId))
  await Promise.all(
    calls.map(async (call, index) => {
      const at = two[index % 2 === 0 ? 0 : 1]
      expect(await begin(at, call, 1_000n)).toEqual({ held: true })
      await end(at, call, 1_000n)
    }),
  )
  for (const { gate } of two) await gate.settled(ada.organizationId)
  expect(await budgetsOf(on, ada.organizationId)).toMatchObject([
    { settled: 64_000n, held: 0n },
    { settled: 64_000n, held: 0n },
  ])
})

test('a cost counts in the window in which its call ended, though it is recorded in the next one', async () => {
  const ada = await signUp(on)
  await ada.call('POST', '/api/v1/budgets', { limitUsd: '1', window: 'day' })
  const one = node()
  const midnight = new Date(on.platform.clock.now().getTime() + 86_400_000)
  midnight.setUTCHours(0, 0, 0, 0)
  const [before, after] = [newCall(ada.organizationId), newCall(ada.organizationId)]
  for (const call of [before, after]) await begin(one, call, 500n)
  on.platform.clock.set(new Date(midnight.getTime() - 5_000))
  await end(one, before, 7n)
  on.platform.clock.set(midnight)
  await end(one, after, 3n)
  await one.gate.settled(ada.organizationId)
  expect(await budgetsOf(on, ada.organizationId)).toMatchObject([{ settled: 3n, held: 0n }])
  expect(await ledgerOf(on, ada.organizationId)).toEqual({ calls: 2, cost: 10n })
})

describe('in the steady state', () => {
  /** A node whose transactions can be made to wait. */
  function stallingNode(): TestNode & { stall(): () => void } {
    const { database } = on.platform
    let stalled = Promise.resolve()
    const transaction: typeof database.transaction = async (opening, work) => {
      await stalled
      return database.transaction(opening, work)
    }
    return {
      ...node({ database: { ...database, transaction } }),
      stall() {
        const { promise, resolve } = Promise.withResolvers<void>()
        stalled = promise
        return resolve
      },
    }
  }

  test.each([
    { of: 'with a hard budget', limit: 1_000_000_000n },
    { of: 'without a budget', limit: undefined },
  ])(
    'a call of an organization $of begins and ends though the database answers nothing',
    async ({ limit }) => {
      const { organizationId, ...ada } = await signUp(on)
      if (limit !== undefined) await makeBudget({ organizationId, ...ada }, limit)
      const at = stallingNode()
      const callOnce = async () => {
        const call = newCall(organizationId)
        expect(await begin(at, call, 1_000n)).toEqual({ held: true })
        await end(at, call, 1n)
        return 'done'
      }
      const outcomes: string[] = []
      // What a node knows counts for a second: on a busy machine the first tries may come too late.
      for (let attempt = 0; attempt < 10 && !outcomes.includes('done'); attempt++) {
        await callOnce()
        const goOn = at.stall()
        const calling = callOnce()
        outcomes.push(await Promise.race([calling, sleep(500, 'waited')]))
        goOn()
        await calling
      }
      expect(outcomes).toContain('done')
    },
  )
})
