import { describe, expect, test } from 'vitest'
import { serverError } from '../../testing/fake-provider/behaviours.ts'
import { keepPrices } from './actions/keep-prices.ts'
import { setStage } from './routing.fixture.ts'

const stage = setStage()
/** 0.15 and 0.60 dollars a million tokens. */
const cheap = 'openai/gpt-4o-mini'
/** 2 and 8 dollars. */
const dear = 'openai/gpt-4.1'

interface Budget {
  settledNanos: string
  heldNanos: string
}

async function budgets(): Promise<Budget[]> {
  return (await stage.ada.call<{ data: Budget[] }>('GET', '/api/v1/budgets')).body.data
}

const setBudget = (limitUsd: string, part: Record<string, unknown> = {}) =>
  stage.ada.call('POST', '/api/v1/budgets', { limitUsd, window: 'month', hard: true, ...part })

/** What is held while the provider keeps a call waiting. */
async function heldDuring(model: string): Promise<bigint> {
  const asked = stage.first.calls.length
  stage.first.script({ kind: 'answer', delayBeforeMs: 1_500 })
  const call = stage.chat({ model, max_tokens: 1_000 })
  await expect.poll(() => stage.first.calls.length, { timeout: 5_000 }).toBeGreaterThan(asked)
  const [budget] = await budgets()
  expect((await call).response.status).toBe(200)
  return BigInt(budget?.heldNanos ?? '0')
}

describe('the money of a call that any of several may answer', () => {
  test('is held for the dearest, and settled at the one that answered', async () => {
    await stage.makeAlias({ name: 'fast', targets: [{ model: cheap }, { model: dear }] })
    await setBudget('1')
    const alone = await heldDuring(dear)
    expect(await heldDuring(cheap)).toBeLessThan(alone)
    expect(await heldDuring('fast')).toBe(alone)
    const before = BigInt((await budgets())[0]?.settledNanos ?? '0')
    const { requestId } = await stage.chat({ max_tokens: 1_000 })
    const record = await stage.record(requestId)
    expect(record.model).toBe(cheap)
    const cost = BigInt(record.promptTokens) * 150n + BigInt(record.completionTokens) * 600n
    expect(BigInt(record.costNanos)).toBe(cost)
    expect(await budgets()).toEqual([
      expect.objectContaining({ settledNanos: (before + cost).toString(), heldNanos: '0' }),
    ])
  })

  test('is held for one alone where a budget cannot bear the dearest', async () => {
    await stage.makeAlias({ name: 'fast', targets: [{ model: dear }, { model: cheap }] })
    // Pays for a thousand tokens of the cheap one and not of the dear one.
    await setBudget('0.002')
    const { response, requestId } = await stage.chat({ max_tokens: 1_000 })
    expect(response.status).toBe(200)
    expect((await stage.record(requestId)).model).toBe(cheap)
  })

  test('moves into the budgets of the model that takes over', async () => {
    await stage.makeAlias({ name: 'fast', targets: [{ model: cheap }, { model: dear }] })
    await setBudget('1', { model: cheap })
    await setBudget('1', { model: dear })
    stage.first.script(serverError())
    const { requestId } = await stage.chat()
    const { costNanos, model } = await stage.record(requestId)
    expect(model).toBe(dear)
    expect((await budgets()).map(({ settledNanos, heldNanos }) => [settledNanos, heldNanos])).toEqual([
      ['0', '0'],
      [costNanos, '0'],
    ])
  })

  test('passes over a model whose own budget is used up, and holds nothing there', async () => {
    await stage.makeAlias({
      name: 'fast',
      targets: [{ model: cheap }, { model: dear }, { model: 'openai/gpt-4.1-nano' }],
    })
    await setBudget('0.000000001', { model: dear })
    stage.first.script(serverError())
    const { response, requestId } = await stage.chat()
    expect(response.status).toBe(200)
    const record = await stage.record(requestId)
    expect(record.attempts.map(({ model, reason }) => [model, reason])).toEqual([
      [cheap, 'unavailable'],
      [dear, 'budget'],
      ['openai/gpt-4.1-nano', null],
    ])
    expect(await budgets()).toEqual([expect.objectContaining({ settledNanos: '0', heldNanos: '0' })])
  })

  test.each([false, true])(
    'pays for an answer that a content filter took and that another model gave in its place, streamed: %s',
    async (stream) => {
      await stage.makeAlias({ name: 'fast', targets: [{ model: cheap }, { model: dear }] })
      await setBudget('1')
      const filtered = { text: '', finishReason: 'content_filter', tokens: { prompt: 1_000, completion: 0 } }
      stage.first.script({ kind: 'answer', ...filtered })
      const { response, requestId } = await stage.chat({ stream })
      expect(response.status).toBe(200)
      await response.text()
      await expect
        .poll(() => stage.record(requestId).catch(() => undefined), { timeout: 5_000 })
        .toMatchObject({ model: dear })
      const { costNanos, attempts, promptTokens, completionTokens } = await stage.record(requestId)
      const [first] = attempts
      expect(first).toMatchObject({ outcome: 'failed', reason: 'content_refused', costNanos: '150000' })
      const answer = BigInt(promptTokens) * 2_000n + BigInt(completionTokens) * 8_000n
      expect(BigInt(costNanos)).toBe(150_000n + answer)
      expect(await budgets()).toEqual([expect.objectContaining({ settledNanos: costNanos, heldNanos: '0' })])
    },
  )
})

test('P36: what the gateway records is what the providers have entered, through failures of every kind', async () => {
  const targets = [{ model: cheap, timeoutMs: 200 }, { model: 'openai/gpt-4.1-nano' }, { model: dear }]
  await stage.makeAlias({ name: 'fast', targets })
  const from = stage.first.calls.length
  stage.first.script(
    serverError(),
    { kind: 'answer', text: 'one two' },
    { kind: 'hang' },
    serverError(),
    { kind: 'answer', text: 'three' },
    { kind: 'answer', text: 'four five six' },
  )
  let tokens = 0
  for (let call = 0; call < 3; call++) {
    const { response, requestId } = await stage.chat()
    expect(response.status).toBe(200)
    const record = await stage.record(requestId)
    tokens += record.promptTokens + record.completionTokens
  }
  const finished = stage.first.calls.slice(from).filter(({ completionTokens }) => completionTokens > 0)
  const entered = finished.reduce((sum, call) => sum + call.promptTokens + call.completionTokens, 0)
  expect(finished).toHaveLength(3)
  expect(tokens).toBe(entered)
})

test('a price that is in force is kept with its version, once', async () => {
  await keepPrices(stage.on.gateway)
  await keepPrices(stage.on.gateway)
  const { requestId } = await stage.chat({ model: cheap })
  const { body } = await stage.ada.call<{ price: { version: string; inputNanosPerMillion: string } }>(
    'GET',
    `/api/v1/usage/${requestId}`,
  )
  const rows = await stage.on.platform.database.query(
    `select input_nanos_per_million::text as input from freehold.model_prices
     where provider = 'openrouter' and model = $1 and version = $2`,
    [cheap, body.price.version],
  )
  expect(rows).toEqual([{ input: body.price.inputNanosPerMillion }])
})
