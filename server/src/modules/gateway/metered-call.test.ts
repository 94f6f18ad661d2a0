import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemCaller } from '../../platform/context.ts'
import { newId } from '../../platform/ids.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { testsOnPostgres } from '../../testing/test-database.ts'
import { recoverCalls } from './actions/recover-calls.ts'
import { authorizeCall, type MeteredCall, type MeteredPlatform } from './metered-call.ts'
import { boundChatCall } from './rules/bound-call.ts'
import { settleCall } from './settle-call.ts'

const apps = {} as Record<'file' | 'database', TestApp> // filled before any test runs
/** The app of the test that runs. */
let on: TestApp

beforeAll(async () => {
  for (const FREEHOLD_JOURNAL of ['file', 'database'] as const)
    apps[FREEHOLD_JOURNAL] = await createTestApp({
      FREEHOLD_JOURNAL,
      OPENROUTER_API_KEY: 'sk-or-test',
      OPENROUTER_BASE_URL: 'http://127.0.0.1:9/api/v1',
    })
})

afterAll(async () => {
  for (const app of Object.values(apps)) await app.dispose()
})

/** A call of gpt-4o-mini (0.15 and 0.60 dollars a million) that may write 1,000 tokens. */
function authorize(
  actor: Actor,
  options: { platform?: MeteredPlatform; mayShorten?: boolean; model?: string; text?: string } = {},
): Promise<MeteredCall> {
  const deployment = on.gateway.resolve(options.model ?? 'openai/gpt-4o-mini', 'chat')
  const body = {
    model: deployment.id,
    messages: [{ role: 'user' as const, content: options.text ?? 'hello' }],
    max_tokens: 1_000,
  }
  return authorizeCall(options.platform ?? on.gateway.platform, systemCaller(actor.organizationId, newId()), {
    requestId: newId(),
    purpose: 'chat',
    deployment,
    tag: null,
    bound: boundChatCall(body, deployment),
    mayShorten: options.mayShorten ?? false,
  })
}

function settle(actor: Actor, call: MeteredCall) {
  return settleCall(on.gateway.platform, systemCaller(actor.organizationId, newId()), call, {
    usage: {
      promptTokens: 1_000,
      cachedTokens: 400,
      completionTokens: 10,
      reasoningTokens: 0,
      reportedCostNanos: null,
    },
    status: 'ok',
    errorCode: null,
    timeToFirstTokenMs: null,
  })
}

interface Budget {
  settledNanos: string
  heldNanos: string
  remainingNanos: string
}

async function setBudget(actor: Actor, limitUsd: string): Promise<void> {
  const { status } = await actor.call('PUT', '/api/v1/budgets/organization', {
    limitUsd,
    window: 'month',
    hard: true,
  })
  expect(status).toBe(200)
}

async function budgetOf(actor: Actor): Promise<Budget> {
  const { body } = await actor.call<{ data: Budget[] }>('GET', '/api/v1/budgets')
  const [budget] = body.data
  if (!budget) throw new Error('There is no budget.')
  return budget
}

async function recordOf(actor: Actor, requestId: string) {
  return actor.call<{
    status: string
    errorCode: string
    costNanos: string
    completionTokens: number
    error?: unknown
  }>('GET', `/api/v1/usage/${requestId}`)
}

describe.each(['file', 'database'] as const)('with the journal in the %s', (journal) => {
  beforeAll(() => {
    on = apps[journal]
  })

  test('a call settled twice at once costs once', async () => {
    const ada = await signUp(on)
    await setBudget(ada, '1')
    const call = await authorize(ada)
    await Promise.all([settle(ada, call), settle(ada, call)])
    // 600 × 0.15 + 400 × 0.075 + 10 × 0.60 dollars a million.
    expect((await recordOf(ada, call.requestId)).body.costNanos).toBe('126000')
    expect(await budgetOf(ada)).toMatchObject({ settledNanos: '126000', heldNanos: '0' })
  })

  test.skipIf(!testsOnPostgres)(
    'calls settle and budgets change at the same time without waiting for each other for ever (PostgreSQL only)',
    async () => {
      const ada = await signUp(on)
      await setBudget(ada, '1')
      const calls = await Promise.all(Array.from({ length: 60 }, () => authorize(ada)))
      const inTurn = async (works: (() => Promise<unknown>)[]) => {
        for (const work of works) await work()
      }
      const settling = [0, 1, 2].map((from) =>
        inTurn(calls.filter((_, index) => index % 3 === from).map((call) => () => settle(ada, call))),
      )
      const changing = [0, 1, 2].map(() =>
        inTurn(Array.from({ length: 10 }, (_, index) => () => setBudget(ada, `${index + 1}`))),
      )
      await Promise.all([...settling, ...changing])
      expect(await budgetOf(ada)).toMatchObject({ settledNanos: String(60 * 126_000), heldNanos: '0' })
    },
  )

  describe('a caller who named no output cap', () => {
    test('gets the one the budget still pays for', async () => {
      const ada = await signUp(on)
      await setBudget(ada, '0.0003')
      const call = await authorize(ada, { mayShorten: true })
      expect(call.outputTokensCap).toBeGreaterThan(64)
      expect(call.outputTokensCap).toBeLessThan(1_000)
      expect(BigInt((await budgetOf(ada)).remainingNanos)).toBeLessThan(600n)
    })

    test('gets it at the rates of a long input too, where these are in force', async () => {
      const ada = await signUp(on)
      const long = on.gateway
        .directory()
        .deployments.find(({ price, kind }) => kind === 'chat' && price.longContext !== null)
      if (!long?.price.longContext) throw new Error('No model has rates for long inputs.')
      const text = 'x'.repeat(long.price.longContext.aboveTokens + 1_000)
      const body = { model: long.id, messages: [{ role: 'user' as const, content: text }], max_tokens: 1_000 }
      const { costNanosBound } = boundChatCall(body, long)
      const lessNanos = (500n * long.price.longContext.outputNanosPerMillion) / 1_000_000n
      const limit = (costNanosBound - lessNanos).toString().padStart(10, '0')
      await setBudget(ada, `${limit.slice(0, -9)}.${limit.slice(-9)}`)
      const call = await authorize(ada, { mayShorten: true, model: long.id, text })
      expect(call.outputTokensCap).toBe(500)
    })

    test('is refused where that would be of no use', async () => {
      const ada = await signUp(on)
      await setBudget(ada, '0.00005')
      await expect(authorize(ada, { mayShorten: true })).rejects.toMatchObject({ status: 402 })
    })
  })
})

describe('the call of a killed process, with the journal in the database', () => {
  beforeAll(() => {
    on = apps.database
  })

  test('is recorded as interrupted at its bound, once, though two nodes find it at the same time', async () => {
    const ada = await signUp(on)
    await setBudget(ada, '1')
    const call = await authorize(ada, { platform: { ...on.gateway.platform, nodeId: newId() } })
    const held = (await budgetOf(ada)).heldNanos
    await Promise.all([
      recoverCalls(on.platform, [on.platform.nodeId]),
      recoverCalls(on.platform, [on.platform.nodeId]),
    ])
    await recoverCalls(on.platform, [on.platform.nodeId])
    expect((await recordOf(ada, call.requestId)).body).toMatchObject({
      status: 'interrupted',
      errorCode: 'process_killed',
      costNanos: held,
      completionTokens: 1_000,
    })
    expect(await budgetOf(ada)).toMatchObject({ heldNanos: '0', settledNanos: held })
    const usage = await ada.call<{ totals: { calls: number; costNanos: string } }>('GET', '/api/v1/usage')
    expect(usage.body.totals).toMatchObject({ calls: 1, costNanos: held })
  })

  test('is left as it is when it comes back to life and settles too', async () => {
    const ada = await signUp(on)
    const call = await authorize(ada, { platform: { ...on.gateway.platform, nodeId: newId() } })
    await Promise.all([recoverCalls(on.platform, [on.platform.nodeId]), settle(ada, call)])
    const usage = await ada.call<{ totals: { calls: number } }>('GET', '/api/v1/usage')
    expect(usage.body.totals.calls).toBe(1)
  })

  test('is told from one of a node that has joined since the living were counted', async () => {
    const ada = await signUp(on)
    const nodeId = newId()
    const call = await authorize(ada, { platform: { ...on.gateway.platform, nodeId } })
    const now = on.platform.clock.now().toISOString()
    await on.platform.database.query(
      'insert into freehold.nodes (id, started_at, seen_at) values ($1, $2, $2)',
      [nodeId, now],
    )
    await recoverCalls(on.platform, [on.platform.nodeId])
    expect((await recordOf(ada, call.requestId)).status).toBe(404)
    await on.platform.database.query('delete from freehold.nodes where id = $1', [nodeId])
    await recoverCalls(on.platform, [on.platform.nodeId])
    expect((await recordOf(ada, call.requestId)).status).toBe(200)
  })

  test('that cannot be recorded does not keep the others from it', async () => {
    const [ada, bob] = [await signUp(on), await signUp(on)]
    const dead = { ...on.gateway.platform, nodeId: newId() }
    const broken = await authorize(ada, { platform: dead })
    await on.platform.database.query(`update freehold.holds set call = '{}' where request_id = $1`, [
      broken.requestId,
    ])
    const whole = await authorize(bob, { platform: dead })
    await recoverCalls(on.platform, [on.platform.nodeId])
    expect((await recordOf(bob, whole.requestId)).body.status).toBe('interrupted')
    await on.platform.database.query('delete from freehold.holds where request_id = $1', [broken.requestId])
  })
})
