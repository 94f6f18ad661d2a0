import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemCaller } from '../../platform/context.ts'
import { rowsOf, withTenant } from '../../platform/db/transactions.ts'
import { newId } from '../../platform/ids.ts'
import { createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { usageRecordOf } from '../../testing/usage-record.ts'
import { budgetsOf, makeBudget } from './money-gate.fixture.ts'
import { type EndedCall, recordEndedCalls } from './record-calls.ts'
import { priceCall } from './rules/price-call.ts'

/** FREEHOLD_TEST_CALLS=1000000 is the full size. */
const calls = Number(process.env.FREEHOLD_TEST_CALLS ?? 2_000)
const batch = 500

let on: TestApp

beforeAll(async () => {
  on = await createTestApp()
})
afterAll(() => on.dispose())

/** Whole numbers below a limit. */
const random = (limit: number) => Math.floor(Math.random() * limit)

function randomCall(): EndedCall {
  const promptTokens = random(200_000)
  const usage = {
    promptTokens,
    cachedTokens: random(promptTokens + 1),
    completionTokens: random(20_000),
  }
  const rates = {
    inputNanosPerMillion: BigInt(random(30_000_000_000)),
    cachedInputNanosPerMillion: BigInt(random(3_000_000_000)),
    outputNanosPerMillion: BigInt(random(120_000_000_000)),
  }
  const price = { ...rates, cacheWriteNanosPerMillion: 0n, version: 'random', longContext: null }
  const model = `model-${random(5)}`
  const record = usageRecordOf({ ...usage, ...rates, model, costNanos: priceCall(usage, price) })
  const parts = { userId: null, apiKeyId: null, serviceAccountId: null, projectId: null, model, tag: null }
  return { parts, record, endedAt: on.platform.clock.now() }
}

test('P7: the sums of records, roll-ups and budgets are usage × price, to the nano-dollar', async () => {
  const ada = await signUp(on)
  await makeBudget(ada, 100_000_000_000_000_000n)
  for (let done = 0; done < calls; done += batch) {
    const some = Array.from({ length: Math.min(batch, calls - done) }, randomCall)
    await recordEndedCalls(on.platform, ada.organizationId, on.platform.nodeId, some)
  }
  const caller = systemCaller(ada.organizationId, newId())
  // The database knows no BigInt and no rule of ours: its own decimals of any length say what it must have cost.
  const [sums] = await withTenant(on.platform, caller, ({ tx }) =>
    rowsOf<{ calls: string; computed: string; recorded: string; rolled_up: string }>(
      tx,
      sql`select count(*)::text as calls, sum(cost_nanos)::text as recorded,
        sum(round(((prompt_tokens - cached_tokens)::numeric * input_nanos_per_million
          + cached_tokens::numeric * cached_input_nanos_per_million
          + completion_tokens::numeric * output_nanos_per_million) / 1000000))::text as computed,
        (select sum(cost_nanos) from freehold.usage_daily)::text as rolled_up
      from freehold.usage_records`,
    ),
  )
  expect(sums).toEqual({
    calls: String(calls),
    computed: sums?.recorded,
    recorded: sums?.recorded,
    rolled_up: sums?.recorded,
  })
  expect(await budgetsOf(on, ada.organizationId)).toMatchObject([
    { settled: BigInt(sums?.recorded ?? -1), held: 0n },
  ])
}, 1_800_000)
