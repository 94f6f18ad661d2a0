import { expect, test } from 'vitest'
import { createMemoryRateLimiter } from '../cache/index.ts'
import { systemCaller } from '../context.ts'
import { newId } from '../ids.ts'
import { createRequestQuota, type RequestQuota } from './request-quota.ts'

/** Two nodes on one allowance, and how often they asked for it. */
function twoNodes(requestsPerMinute: number) {
  let nowMs = Date.UTC(2026, 0, 1)
  const clock = { now: () => new Date(nowMs) }
  const shared = createMemoryRateLimiter({ clock })
  let asked = 0
  const rateLimiter = {
    ...shared,
    take: (...given: Parameters<typeof shared.take>) => {
      asked++
      return shared.take(...given)
    },
  }
  const node = () => createRequestQuota({ rateLimiter, clock, requestsPerMinute })
  const wait = (ms: number) => {
    nowMs += ms
  }
  return { wait, here: node(), there: node(), asked: () => asked }
}

const caller = systemCaller(newId(), newId())
const passes = async (quota: RequestQuota) =>
  quota.take(caller).then(
    () => 1,
    () => 0,
  )

test('a flood over two nodes passes up to the allowance and no further, and hardly asks for it', async () => {
  const { here, there, asked } = twoNodes(6_000)
  let passed = 0
  for (let sent = 0; sent < 1_000; sent++) passed += await passes(sent % 2 === 0 ? here : there)
  expect(passed).toBeGreaterThan(950)
  expect(asked()).toBeLessThan(150)
  const burst = await Promise.all(Array.from({ length: 500 }, () => passes(here)))
  passed += burst.reduce((sum, one) => sum + one, 0)
  expect(passed).toBeLessThanOrEqual(1_000)
  await expect(here.take(caller)).rejects.toMatchObject({ status: 429 })
  const refusedAfter = asked()
  for (let sent = 0; sent < 100; sent++) expect(await passes(here)).toBe(0)
  expect(asked(), 'a flood that is refused asks nobody').toBe(refusedAfter)
})

test('whoever comes now and then pays for what they ask, and not for what they might have', async () => {
  const { wait, here, asked } = twoNodes(60)
  for (let sent = 0; sent < 30; sent++) {
    expect(await passes(here)).toBe(1)
    wait(2_000)
  }
  expect(asked()).toBe(30)
  expect(await here.take(caller)).toMatchObject({ 'ratelimit-remaining': '59' })
})

test('the headers count down one by one, whoever asked', async () => {
  const { here } = twoNodes(6_000)
  const told = []
  for (let sent = 0; sent < 20; sent++) told.push(Number((await here.take(caller))['ratelimit-remaining']))
  expect(told).toEqual(Array.from({ length: 20 }, (_, index) => 999 - index))
})
