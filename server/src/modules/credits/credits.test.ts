import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemTx } from '../../platform/db/transactions.ts'
import { newId } from '../../platform/ids.ts'
import { type FakeProvider, startFakeProvider } from '../../testing/fake-provider/fake-provider.ts'
import { actionsOf, signInAgain } from '../../testing/join-organization.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { updateUserSuperAdmin } from '../identity/index.ts'

let provider: FakeProvider
let on: TestApp
let operator: Actor
beforeAll(async () => {
  provider = await startFakeProvider()
  on = await createTestApp({ OPENROUTER_API_KEY: 'sk-or-of-tests', OPENROUTER_BASE_URL: provider.url })
  operator = await signUp(on, 'Olga')
  await systemTx(on.platform, 'first-start', (tx) => updateUserSuperAdmin(tx, operator.userId, true))
})
afterAll(async () => {
  await on.dispose()
  await provider.close()
})

interface Balance {
  isOn: boolean
  usedNanos: string
  heldNanos: string
  remainingNanos: string
  expiredNanos: string
  grants: { id: string; usedNanos: string; restNanos: string; note: string }[]
}
interface Entry {
  kind: string
  amountNanos: string
  balanceNanos: string
}

const dayMs = 86_400_000
const path = '/api/v1/admin/credits'
const grant = async (of: Actor, amountUsd: string, more: Record<string, unknown> = {}) => {
  const made = await operator.call<Balance>('POST', path, {
    organizationId: of.organizationId,
    amountUsd,
    ...more,
  })
  if (made.status !== 201) throw new Error(`Nothing was granted: ${JSON.stringify(made.body)}`)
  return made.body
}
const balanceOf = async (of: Actor) => (await of.call<Balance>('GET', '/api/v1/credits')).body
const entriesOf = async (of: Actor) =>
  (await of.call<{ data: Entry[] }>('GET', '/api/v1/credits/entries')).body.data

/** @param scripted whether it will come to the provider, and cost `cost` */
async function call(of: Actor, scripted = true) {
  if (scripted) provider.script({ kind: 'answer', tokens: { prompt: 1, completion: 100 } })
  const answer = await on.request('POST', '/v1/chat/completions', {
    token: of.token,
    body: { model: 'openai/gpt-4o-mini', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] },
  })
  // OpenAI's shape of an error.
  const body = (await answer.json()) as { error?: { code: string; message: string } }
  return { status: answer.status, body, requestId: answer.headers.get('x-request-id') ?? '' }
}
/** Of one such call. */
const cost = 150n + 100n * 600n

test('without a grant calls are held against no balance', async () => {
  const ada = await signUp(on)
  expect((await call(ada)).status).toBe(200)
  expect(await balanceOf(ada)).toMatchObject({ isOn: false, remainingNanos: '0', grants: [] })
})

test('from the first grant on calls use up the balance, to the nano-dollar, and then are refused with what is left', async () => {
  const ada = await signUp(on)
  await call(ada)
  await grant(ada, '0.0002', { note: 'Welcome' })
  expect(await balanceOf(ada)).toMatchObject({ isOn: true, usedNanos: '0', remainingNanos: '200000' })
  const first = await call(ada)
  expect(first.status).toBe(200)
  expect((await call(ada)).status).toBe(200)
  const left = 200_000n - 2n * cost
  expect(await balanceOf(ada)).toMatchObject({
    usedNanos: String(2n * cost),
    heldNanos: '0',
    remainingNanos: String(left),
    grants: [{ usedNanos: String(2n * cost), restNanos: String(left), note: 'Welcome' }],
  })
  await grant(ada, '0.000000001')
  const refused = await call(ada, false)
  expect(refused).toMatchObject({ status: 402, body: { error: { code: 'budget_exceeded' } } })
  expect(refused.body.error?.message).toMatch(
    /^The prepaid credits are used up: .* \$0\.000079701 is left of them/,
  )
  const told = await ada.call<{ budgets: { credits: boolean; leftNanos: string }[] }>(
    'GET',
    `/api/v1/usage/${first.requestId}`,
  )
  expect(told.body.budgets).toMatchObject([{ credits: true, leftNanos: String(200_000n - cost) }])
})

test('however many call at once, the balance never falls below zero', async () => {
  const ada = await signUp(on)
  await grant(ada, '0.0009')
  const answers = await Promise.all(Array.from({ length: 60 }, () => call(ada, false)))
  const done = answers.filter(({ status }) => status === 200).length
  expect(answers.every(({ status }) => status === 200 || status === 402)).toBe(true)
  expect(done).toBeGreaterThan(5)
  const balance = await balanceOf(ada)
  const records = await ada.call<{ data: { costNanos: string }[] }>('GET', '/api/v1/usage/records?limit=100')
  expect(records.body.data).toHaveLength(done)
  const spent = records.body.data.reduce((sum, { costNanos }) => sum + BigInt(costNanos), 0n)
  expect(BigInt(balance.usedNanos)).toBe(spent)
  expect(spent).toBeLessThanOrEqual(900_000n)
  expect(BigInt(balance.usedNanos) + BigInt(balance.remainingNanos)).toBe(900_000n)
})

test('what expires first is used first, and its rest is taken away with an entry', async () => {
  const ada = await signUp(on)
  await grant(ada, '1', { note: 'stays' })
  const expiresAt = new Date(on.platform.clock.now().getTime() + dayMs).toISOString()
  await grant(ada, '1', { expiresAt, note: 'goes' })
  await call(ada)
  const used = async () =>
    Object.fromEntries((await balanceOf(ada)).grants.map(({ note, usedNanos }) => [note, BigInt(usedNanos)]))
  expect(await used()).toEqual({ goes: cost, stays: 0n })
  on.platform.clock.advance(dayMs + 1_000)
  const job = on.modules.flatMap((module) => module.jobs ?? []).find(({ name }) => name === 'credits.expire')
  const run = () => job?.handle({}, { jobId: newId(), signal: new AbortController().signal })
  await run()
  await run()
  const later = await signInAgain(on, ada)
  expect(await entriesOf(later)).toMatchObject([
    { kind: 'expiry', amountNanos: String(cost - 1_000_000_000n), balanceNanos: '1000000000' },
    { kind: 'grant', balanceNanos: '2000000000' },
    { kind: 'grant', balanceNanos: '1000000000' },
  ])
  expect(await balanceOf(later)).toMatchObject({ remainingNanos: '1000000000' })
  operator = await signInAgain(on, operator)
})

test('a revocation takes back what is not used, once, and is in the organization’s audit', async () => {
  const ada = await signUp(on)
  const { grants } = await grant(ada, '1')
  await call(ada)
  const revoke = () =>
    operator.call<Balance>('POST', `${path}/revoke`, {
      organizationId: ada.organizationId,
      grantId: grants[0]?.id,
      note: 'By mistake',
    })
  const revoked = await revoke()
  expect(revoked).toMatchObject({ status: 200, body: { remainingNanos: '0', usedNanos: String(cost) } })
  expect(await revoke()).toMatchObject({
    status: 409,
    body: { error: { code: 'credits.nothing_to_revoke' } },
  })
  expect((await entriesOf(ada)).map(({ kind }) => kind)).toEqual(['revocation', 'grant'])
  expect((await actionsOf(ada)).slice(0, 2)).toEqual(['credits.revoke', 'credits.grant'])
  expect((await call(ada, false)).status).toBe(402)
})

test('nobody but who operates the installation grants or revokes', async () => {
  const ada = await signUp(on)
  const { grants } = await grant(ada, '1')
  const { organizationId } = ada
  for (const answer of [
    await ada.call('POST', path, { organizationId, amountUsd: '1' }),
    await ada.call('POST', `${path}/revoke`, { organizationId, grantId: grants[0]?.id }),
    await ada.call('GET', `${path}?organizationId=${organizationId}`),
  ])
    expect(answer.status).toBe(403)
  const read = await operator.call<Balance>('GET', `${path}?organizationId=${organizationId}`)
  expect(read.body.remainingNanos).toBe('1000000000')
  const nowhere = { organizationId: newId(), amountUsd: '1' }
  expect((await operator.call('POST', path, nowhere)).status).toBe(404)
  expect((await operator.call('POST', path, { organizationId, amountUsd: '0.00' })).status).toBe(400)
})

test('the balance is no budget that anybody sees, changes or removes', async () => {
  const ada = await signUp(on)
  await grant(ada, '1')
  expect((await ada.call<{ data: unknown[] }>('GET', '/api/v1/budgets')).body.data).toEqual([])
  const [row] = await on.platform.database.query(
    'select id from freehold.budgets where organization_id = $1',
    [ada.organizationId],
  )
  for (const [method, body] of [['GET'], ['PATCH', { limitUsd: '1000' }], ['DELETE']] as const)
    expect((await ada.call(method, `/api/v1/budgets/${String(row?.id)}`, body)).status).toBe(404)
  expect((await ada.call('DELETE', '/api/v1/budgets/organization')).status).toBe(404)
  const set = await ada.call('PUT', '/api/v1/budgets/organization', { limitUsd: '5', window: 'lifetime' })
  expect(set.status).toBe(200)
  expect((await balanceOf(ada)).remainingNanos).toBe('1000000000')
})

test('a low balance is told once, and anew after more is granted', async () => {
  const ada = await signUp(on)
  const letters = () =>
    on.platform.mail.sent
      .filter(({ to, subject }) => to === ada.email && subject.includes('credits'))
      .map(({ subject }) => Number.parseInt(subject, 10))
  // Four of five and a bit: the fourth reaches 80 %.
  await grant(ada, '0.0003')
  for (let count = 0; count < 4; count++) expect((await call(ada)).status).toBe(200)
  await balanceOf(ada)
  expect(letters()).toEqual([80])
  await grant(ada, '0.0003')
  for (let count = 0; count < 4; count++) await call(ada)
  expect(BigInt((await balanceOf(ada)).usedNanos)).toBe(8n * cost)
  expect(letters()).toEqual([80, 80])
})
