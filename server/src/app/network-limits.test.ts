import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../testing/test-app.ts'

let on: TestApp
beforeAll(async () => {
  on = await createTestApp({ FREEHOLD_TRUST_PROXY: 'true' })
})
afterAll(() => on.dispose())

/** One subscriber's network is a /48 of IPv6: more addresses than anybody can count. */
const addressOf = (network: number, host: number) =>
  `2001:db8:${network.toString(16)}:${(host * 7).toString(16)}::${(host + 1).toString(16)}`

test.each([
  ['looking up invitations', 30, '/api/v1/invitations/lookup', { token: 'x'.repeat(43) }],
  ['asking for single sign-on', 120, '/api/v1/auth/sso', { email: 'somebody@nowhere.example' }],
])('%s is limited for a network, not for each of its addresses', async (_what, limit, path, body) => {
  const network = path.length
  const ask = async (ip: string) =>
    (await on.request('POST', path, { body, headers: { 'x-forwarded-for': ip } })).status
  let passed = 0
  // The limit drains while the clock runs, so a few more may pass.
  while (passed < 2 * limit && (await ask(addressOf(network, passed))) !== 429) passed++
  expect(passed).toBeGreaterThanOrEqual(limit)
  expect(passed).toBeLessThan(2 * limit)
  expect(await ask(addressOf(network + 1, 0)), 'another network').not.toBe(429)
})
