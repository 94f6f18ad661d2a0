import { cp, mkdir, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dataDirectory } from '../../../platform/config.ts'
import { newId } from '../../../platform/ids.ts'
import { createTestApp, signUp, type TestApp } from '../../../testing/test-app.ts'
import {
  begin,
  budgetsOf,
  end,
  ledgerOf,
  makeBudget,
  newCall,
  newNode,
  type TestNode,
} from '../money-gate.fixture.ts'

/** FREEHOLD_TEST_ROUNDS=100 tries 10,000 redeliveries. */
const redeliveries = Number(process.env.FREEHOLD_TEST_ROUNDS ?? 4)

let on: TestApp
let journals: string

beforeAll(async () => {
  on = await createTestApp()
  journals = path.join(dataDirectory(on.platform.config), 'journal')
})
afterAll(() => on.dispose())

/** The journal of a node as it is now, as another process of which nothing else is left. */
async function copyOf({ platform }: TestNode): Promise<string> {
  const folder = path.join(journals, newId())
  await mkdir(folder)
  const own = path.join(journals, platform.nodeId)
  for (const name of (await readdir(own)).filter((one) => one.endsWith('.journal')))
    await cp(path.join(own, name), path.join(folder, name))
  return folder
}

describe('P5: a call is charged once', () => {
  test('however often its journal is replayed, by several nodes at once, and though it was recorded before', async () => {
    const ada = await signUp(on)
    await makeBudget(ada, 10_000_000n)
    const one = newNode(on)
    const calls = Array.from({ length: 100 }, () => newCall(ada.organizationId))
    await Promise.all(calls.map((call) => begin(one, call, 1_000n)))
    await Promise.all(calls.map((call, index) => end(one, call, BigInt(index))))
    // As of a process that was killed before it could record them, after it had, and in between.
    for (let copy = 0; copy < redeliveries; copy++) await copyOf(one)
    await one.gate.settled(ada.organizationId)
    const others = [newNode(on), newNode(on), newNode(on)]
    await Promise.all(others.map(({ gate }) => gate.recover(false)))
    for (const { gate } of others) await gate.recover(false)
    const spent = { calls: 100, cost: 4_950n }
    expect(await ledgerOf(on, ada.organizationId)).toEqual(spent)
    expect(await budgetsOf(on, ada.organizationId)).toMatchObject([{ settled: spent.cost, held: 0n }])
    const { body } = await ada.call<{ totals: unknown }>('GET', '/api/v1/usage')
    expect(body.totals).toMatchObject({ calls: 100, costNanos: '4950' })
    expect((await readdir(journals)).filter((name) => name !== one.platform.nodeId)).toEqual([])
    for (const { gate } of [one, ...others]) await gate.close()
  })

  test('of which only the beginning is known at its bound, and when it comes back to life not again', async () => {
    const ada = await signUp(on)
    const one = newNode(on)
    const [ended, cut] = [newCall(ada.organizationId), newCall(ada.organizationId)]
    for (const call of [ended, cut]) await begin(one, call, 1_000n)
    await end(one, ended, 7n)
    await copyOf(one)
    const other = newNode(on)
    expect(await other.gate.recover(false)).toBe(1)
    expect(await ledgerOf(on, ada.organizationId)).toEqual({ calls: 2, cost: 1_007n })
    const { body } = await ada.call('GET', `/api/v1/usage/${cut.requestId}`)
    expect(body).toMatchObject({ status: 'interrupted', costNanos: '1000' })
    await end(one, cut, 3n)
    await one.gate.recorded(ada.organizationId)
    expect(await ledgerOf(on, ada.organizationId)).toEqual({ calls: 2, cost: 1_007n })
    for (const { gate } of [one, other]) await gate.close()
  })
})

test('a call of an organization that was erased meanwhile holds up no other, and nothing of it stays in a file', async () => {
  const [ada, bob] = [await signUp(on), await signUp(on, 'Bob')]
  const one = newNode(on)
  const calls = [newCall(ada.organizationId), newCall(bob.organizationId)]
  for (const call of calls) await begin(one, call, 10n)
  for (const call of calls) await end(one, call, 5n)
  await copyOf(one)
  await on.platform.database.query('delete from freehold.organizations where id = $1', [ada.organizationId])
  await one.gate.recorded()
  const other = newNode(on)
  await other.gate.recover(false)
  expect(await ledgerOf(on, bob.organizationId)).toEqual({ calls: 1, cost: 5n })
  for (const { gate } of [one, other]) await gate.close()
  expect(await readdir(journals)).toEqual([])
})

test('a journal that cannot be written refuses new calls with 503 and holds nothing for them', async () => {
  const ada = await signUp(on)
  await makeBudget(ada, 1_000n)
  const elsewhere = path.join(dataDirectory(on.platform.config), 'no-folder')
  await writeFile(elsewhere, 'a file where the folder of journals would have to be')
  const broken = newNode(on, { config: { ...on.platform.config, FREEHOLD_DATA_DIR: elsewhere } })
  await expect(begin(broken, newCall(ada.organizationId), 10n)).rejects.toMatchObject({
    status: 503,
    code: 'budgets.unavailable',
    headers: { 'Retry-After': '1' },
  })
  await broken.gate.settled(ada.organizationId)
  expect(await budgetsOf(on, ada.organizationId)).toMatchObject([{ settled: 0n, held: 0n }])
  await broken.gate.close()
})

test('stopping records everything, gives everything back and leaves no file', async () => {
  const ada = await signUp(on)
  await makeBudget(ada, 1_000_000n)
  const one = newNode(on)
  for (let call = 0; call < 5; call++) {
    const ending = newCall(ada.organizationId)
    await begin(one, ending, 1_000n)
    await end(one, ending, 10n)
  }
  await one.gate.close()
  expect(await ledgerOf(on, ada.organizationId)).toEqual({ calls: 5, cost: 50n })
  expect(await budgetsOf(on, ada.organizationId)).toMatchObject([{ settled: 50n, held: 0n }])
  expect(await readdir(journals)).toEqual([])
})
