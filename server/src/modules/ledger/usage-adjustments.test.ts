import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemCaller } from '../../platform/context.ts'
import { systemTx, withTenant } from '../../platform/db/transactions.ts'
import { newId } from '../../platform/ids.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { usageRecordOf } from '../../testing/usage-record.ts'
import { updateUserSuperAdmin } from '../identity/index.ts'
import { type EndedUsageRecord, recordCalls } from './actions/record-usage.ts'
import { verifyBooks } from './actions/verify-books.ts'

let on: TestApp
let operator: Actor
const model = `corrected/${newId()}`

beforeAll(async () => {
  on = await createTestApp()
  operator = await signUp(on)
  await systemTx(on.platform, 'first-start', (tx) => updateUserSuperAdmin(tx, operator.userId, true))
})
afterAll(() => on.dispose())

interface Correction {
  id: string
  state: string
  calls: number
  organizations: number
  amountNanos: string
  leftOut: number
}

async function record(whose: Actor, fields: Partial<EndedUsageRecord> = {}): Promise<string> {
  const row = {
    ...usageRecordOf({ model, userId: whose.userId }),
    createdAt: on.platform.clock.now(),
    ...fields,
  }
  await withTenant(on.platform, systemCaller(whose.organizationId, newId()), (scope) =>
    recordCalls(on.platform, scope, [row]),
  )
  return row.requestId
}

const corrected = (fields: Record<string, unknown> = {}) => ({
  correctionId: newId(),
  model,
  from: '2020-01-01T00:00:00Z',
  to: on.platform.clock.now().toISOString(),
  // Recorded: 150, 75 and 600 for a token.
  prices: {
    inputNanosPerMillion: '100000000',
    cachedInputNanosPerMillion: '50000000',
    outputNanosPerMillion: '500500000',
  },
  reason: 'The provider’s invoice of March',
  ...fields,
})

const ask = (body: unknown, who = operator) =>
  who.call<Correction>('POST', '/api/v1/admin/usage-adjustments', body)

async function runJob(correctionId: string): Promise<void> {
  const job = on.modules
    .flatMap((module) => module.jobs ?? [])
    .find(({ name }) => name === 'ledger.adjust-usage')
  if (!job) throw new Error('There is no such job.')
  await job.handle({ correctionId }, { jobId: newId(), signal: new AbortController().signal })
}

/** What every sum says that one's calls of the model have cost. */
async function costsOf({ call }: Actor, requestIds: readonly string[]): Promise<bigint[]> {
  const sum = (list: { costNanos: string }[]) => list.reduce((all, one) => all + BigInt(one.costNanos), 0n)
  const daily = await call<{ data: { model: string; costNanos: string }[] }>('GET', '/api/v1/usage')
  const summary = await call<{ totals: { costNanos: string } }>(
    'GET',
    `/api/v1/usage/summary?groupBy=member,day&model=${model}`,
  )
  const own = await call<{ last30Days: { costNanos: string } }>('GET', '/api/v1/usage/me')
  const records = await call<{ data: { costNanos: string }[] }>('GET', `/api/v1/usage/records?model=${model}`)
  const told: { costNanos: string }[] = []
  for (const id of requestIds)
    told.push((await call<{ costNanos: string }>('GET', `/api/v1/usage/${id}`)).body)
  const budget = await call<{ data: { settledNanos: string }[] }>('GET', '/api/v1/budgets')
  return [
    sum(daily.body.data.filter((row) => row.model === model)),
    BigInt(summary.body.totals.costNanos),
    BigInt(own.body.last30Days.costNanos),
    sum(records.body.data),
    sum(told),
    ...budget.body.data.map(({ settledNanos }) => BigInt(settledNanos)),
  ]
}

test('a corrected price adds an entry to each call, in every sum and budget, and edits no record', async () => {
  const [ada, bob] = [await signUp(on), await signUp(on)]
  const ids = [
    await record(ada),
    await record(ada, { promptTokens: 7, cachedTokens: 4, completionTokens: 3, costNanos: 2_550n }),
    // Half a nano-dollar is rounded up, once.
    await record(ada, { promptTokens: 0, completionTokens: 1, costNanos: 600n }),
    // The attempt that failed, and the fee, stay what they were.
    await record(ada, { costNanos: 4_507n, costTerms: { feesNanos: '7' } }),
  ]
  const leftOut = [
    await record(bob, { status: 'interrupted', costNanos: 90_000n }),
    await record(bob, { cache: 'hit', costNanos: 0n }),
  ]
  await record(bob)
  const other = await record(bob, { model: 'another/model' })
  await ada.call('POST', '/api/v1/budgets', { limitUsd: '1', window: 'day', hard: true })
  const before = await on.platform.database.query('select * from freehold.usage_records order by request_id')
  on.platform.clock.advance(1_000)

  const body = corrected()
  const preview = await ask({ ...body, preview: true })
  // 10 at 100 less than 150, 5 at 99.5 less than 600; 3 and 4 and 3; 1; 10 and 5; and Bob's one.
  const single = 10n * 50n + 497n
  const amount = -(single + (3n * 50n + 4n * 25n + 298n) + 99n + single + single)
  expect(preview.body).toMatchObject({ state: 'preview', calls: 5, organizations: 2, leftOut: 2 })
  const entries = [-997n, -548n, -99n, -997n, -997n]
  expect(BigInt(preview.body.amountNanos)).toBe(amount)
  expect(entries.reduce((sum, one) => sum + one, 0n)).toBe(amount)
  expect(await costsOf(ada, ids)).toEqual(Array.from({ length: 6 }, () => 12_157n))

  expect((await ask(body)).body).toMatchObject({ state: 'running', calls: 0 })
  await runJob(body.correctionId)
  const cost = 12_157n - 997n - 548n - 99n - 997n
  expect(await costsOf(ada, ids)).toEqual(Array.from({ length: 6 }, () => cost))
  expect(
    await on.platform.database.query('select * from freehold.usage_records order by request_id'),
  ).toEqual(before)

  // Again, and by a killed process's successor: nothing twice.
  expect((await ask(body)).body).toMatchObject({ state: 'running', calls: 5 })
  await runJob(body.correctionId)
  await runJob(body.correctionId)
  expect(await costsOf(ada, ids)).toEqual(Array.from({ length: 6 }, () => cost))
  const listed = await operator.call<{ data: Correction[] }>('GET', '/api/v1/admin/usage-adjustments')
  expect(listed.body.data.find(({ id }) => id === body.correctionId)).toMatchObject({
    state: 'done',
    calls: 5,
    organizations: 2,
    amountNanos: amount.toString(),
  })

  // A later correction is of what the first left; to what was recorded it takes everything back.
  on.platform.clock.advance(1_000)
  const back = corrected({
    prices: {
      inputNanosPerMillion: '150000000',
      cachedInputNanosPerMillion: '75000000',
      outputNanosPerMillion: '600000000',
    },
  })
  await ask(back)
  await runJob(back.correctionId)
  expect(await costsOf(ada, ids)).toEqual(Array.from({ length: 6 }, () => 12_157n))
  await runJob(body.correctionId)
  expect(await costsOf(ada, ids)).toEqual(Array.from({ length: 6 }, () => 12_157n))

  const explained = await ada.call<{
    costNanos: string
    adjustments: { reason: string }[]
    arithmetic: { countedNanos: string; lines: { kind: string; about: string | null; nanos: string }[] }
  }>('GET', `/api/v1/usage/${ids[0]}`)
  expect(explained.body.arithmetic.lines.slice(-2)).toMatchObject([
    { kind: 'adjustment', about: 'The provider’s invoice of March', nanos: '-997' },
    { kind: 'adjustment', nanos: '997' },
  ])
  expect(explained.body).toMatchObject({ costNanos: '4500', arithmetic: { countedNanos: '4500' } })
  expect(explained.body.adjustments).toHaveLength(2)
  const file = await on.request('GET', `/api/v1/usage/records?format=csv&model=${model}`, {
    token: ada.token,
  })
  expect((await file.text()).split('\n')[0]).toContain('adjustmentNanos')
  const theirs = await bob.call<{ data: { requestId: string; amountNanos: string }[] }>(
    'GET',
    '/api/v1/usage/adjustments',
  )
  expect(theirs.body.data.map(({ amountNanos }) => amountNanos)).toEqual(['997', '-997'])
  for (const id of [...leftOut, other]) expect(JSON.stringify(theirs.body)).not.toContain(id)
  const audit = await bob.call<{ data: { action: string }[] }>('GET', '/api/v1/activity')
  expect(audit.body.data.filter(({ action }) => action === 'usage.adjust')).toHaveLength(2)

  // Entries are sealed as they come.
  const { organizationId } = ada
  const books = () => verifyBooks(on.platform, { organizationId })
  expect(await books()).toMatchObject({ adjustments: 8, findings: [] })
})

test('an entry that was edited, taken away or put in is found at once', async () => {
  const ada = await signUp(on)
  await record(ada)
  on.platform.clock.advance(1_000)
  const asked = corrected()
  await ask(asked)
  await runJob(asked.correctionId)
  const { organizationId } = ada
  const found = async (statement: string) => {
    await on.platform.database.transaction(
      { statements: 'set local role none', single: false },
      async (tx) => {
        await tx.execute(statement)
      },
    )
    return (await verifyBooks(on.platform, { organizationId })).findings.map(({ what }) => what)
  }
  const where = `where organization_id = '${organizationId}'`
  expect(await found('select 1')).toEqual([])
  expect(
    await found(`update freehold.usage_adjustments set amount_nanos = amount_nanos - 1 ${where}`),
  ).toEqual(['record_changed'])
  expect(
    await found(`update freehold.usage_adjustments set amount_nanos = amount_nanos + 1 ${where}`),
  ).toEqual([])
  expect(
    await found(`insert into freehold.usage_adjustments select organization_id, gen_random_uuid(), gen_random_uuid(), request_id,
      1, 0, 1, 1, 1, 'because', created_at from freehold.usage_adjustments ${where}`),
  ).toEqual(['record_added'])
  expect(await found(`delete from freehold.usage_adjustments ${where}`)).toEqual(['record_missing'])
})

test('an id stands for one correction, a time is over, and nobody but an operator corrects', async () => {
  const owner = await signUp(on)
  const body = corrected()
  expect((await ask(body, owner)).status).toBe(403)
  expect((await owner.call('GET', '/api/v1/admin/usage-adjustments')).status).toBe(403)
  expect((await ask(body)).status).toBe(200)
  expect((await ask({ ...body, reason: 'Another one' })).status).toBe(409)
  const later = new Date(on.platform.clock.now().getTime() + 60_000).toISOString()
  expect((await ask(corrected({ to: later }))).status).toBe(400)
  expect((await ask(corrected({ from: body.to, to: body.to }))).status).toBe(400)
})

test('without read:billing only entries of one’s own calls are listed', async () => {
  const ada = await signUp(on)
  const { body: key } = await ada.call<{ id: string; key: string }>('POST', '/api/v1/api-keys', {
    name: 'one',
    scopes: ['read:usage'],
  })
  await record(ada)
  const own = await record(ada, { userId: null, apiKeyId: key.id })
  on.platform.clock.advance(1_000)
  const body = corrected()
  await ask(body)
  await runJob(body.correctionId)
  const answer = await on.request('GET', '/api/v1/usage/adjustments', { token: key.key })
  const { data } = (await answer.json()) as { data: { requestId: string }[] } // the contract of the list
  expect(data.map(({ requestId }) => requestId)).toEqual([own])
})
