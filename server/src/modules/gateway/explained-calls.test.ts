import { describe, expect, test } from 'vitest'
import { serverError } from '../../testing/fake-provider/behaviours.ts'
import { callerOf } from '../../testing/join-organization.ts'
import { setStage } from './routing.fixture.ts'

const stage = setStage()
const cheap = 'openai/gpt-4o-mini'
const dear = 'openai/gpt-4.1'

interface Explanation {
  costNanos: string
  model: string
  alias: string | null
  attempts: { model: string; outcome: string; reason: string | null }[]
  who: Record<'member' | 'apiKey' | 'serviceAccount', { id: string; name: string | null } | null>
  arithmetic: {
    lines: { kind: string; about: string | null; tokens: number | null; nanos: string }[]
    countedNanos: string
    reportedNanos: string | null
    differenceNanos: string | null
  }
  budgets: { id: string; about: string[]; hard: boolean; limitNanos: string; leftNanos: string }[] | null
}

async function explain(requestId: string): Promise<Explanation> {
  return (await stage.ada.call<Explanation>('GET', `/api/v1/usage/${requestId}`)).body
}

/** In millionths of a nano-dollar. */
function exactly(nanos: string): bigint {
  const [whole = '0', fraction = ''] = nanos.replace('-', '').split('.')
  const size = BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0'))
  return nanos.startsWith('-') ? -size : size
}

const sumOf = ({ arithmetic }: Explanation) =>
  arithmetic.lines.reduce((sum, { nanos }) => sum + exactly(nanos), 0n)

describe('the explanation of a call', () => {
  test('names who made it, and its lines add up to its cost in the ledger', async () => {
    stage.first.script({ kind: 'answer', tokens: { prompt: 1_003, completion: 77, cached: 500 } })
    const { requestId } = await stage.chat({ model: cheap })
    const told = await explain(requestId)
    expect(told.who).toEqual({
      member: { id: stage.ada.userId, name: 'Ada' },
      apiKey: null,
      serviceAccount: null,
    })
    expect(told.arithmetic.lines.slice(0, 3).map(({ kind, tokens }) => [kind, tokens])).toEqual([
      ['input', 503],
      ['cached_input', 500],
      ['output', 77],
    ])
    expect(BigInt(told.costNanos)).toBe(503n * 150n + 500n * 75n + 77n * 600n)
    expect(sumOf(told)).toBe(exactly(told.costNanos))
    expect(told.arithmetic.countedNanos).toBe(told.costNanos)
  })

  test('names the key, and the member whose own key it is', async () => {
    const { body } = await stage.ada.call<{ id: string; key: string }>('POST', '/api/v1/api-keys', {
      name: 'Nightly',
    })
    const answer = await callerOf(stage.on, body.key)<{ id: string }>('POST', '/v1/chat/completions', {
      model: cheap,
      messages: [{ role: 'user', content: 'hello' }],
    })
    expect(answer.status).toBe(200)
    const list = await stage.ada.call<{ data: { requestId: string; who: unknown }[] }>(
      'GET',
      `/api/v1/usage/records?apiKeyId=${body.id}`,
    )
    expect(list.body.data).toEqual([
      expect.objectContaining({
        who: expect.objectContaining({ apiKey: { id: body.id, name: 'Nightly' } }),
      }),
    ])
  })

  test('tells of each budget what was left with it, and of what was tried and paid before', async () => {
    const set = (limitUsd: string, part: object) =>
      stage.ada.call<{ id: string }>('POST', '/api/v1/budgets', { limitUsd, window: 'month', ...part })
    const all = await set('1', { hard: true })
    const soft = await set('0.000000010', { hard: false, model: dear })
    await set('1', { hard: true, model: cheap })
    await stage.makeAlias({ name: 'fast', targets: [{ model: cheap }, { model: dear }] })
    const filtered = { text: '', finishReason: 'content_filter', tokens: { prompt: 1_000, completion: 0 } }
    stage.first.script({ kind: 'answer', ...filtered })
    const { requestId } = await stage.chat()
    const told = await explain(requestId)
    expect(told).toMatchObject({ model: dear, alias: 'fast' })
    expect(told.attempts.map(({ model, outcome, reason }) => [model, outcome, reason])).toEqual([
      [cheap, 'failed', 'content_refused'],
      [dear, 'answered', null],
    ])
    expect(told.arithmetic.lines).toContainEqual(
      expect.objectContaining({
        kind: 'failed_attempt',
        nanos: '150000',
        about: expect.stringContaining(cheap),
      }),
    )
    expect(sumOf(told)).toBe(exactly(told.costNanos))
    const cost = BigInt(told.costNanos)
    expect(told.budgets).toEqual([
      expect.objectContaining({ id: all.body.id, about: [], leftNanos: (1_000_000_000n - cost).toString() }),
      expect.objectContaining({
        id: soft.body.id,
        about: ['model'],
        hard: false,
        leftNanos: (10n - cost).toString(),
      }),
    ])
    // What is told was kept then: the next call changes nothing of it.
    stage.first.script(serverError())
    await stage.chat()
    expect(await explain(requestId)).toEqual(told)
  })

  test('sets what the provider reported beside what was computed', async () => {
    stage.first.script({ kind: 'answer', tokens: { prompt: 100, completion: 10 }, cost: 0.00003 })
    const { requestId } = await stage.chat({ model: cheap })
    const told = await explain(requestId)
    expect(told.arithmetic).toMatchObject({
      reportedNanos: '30000',
      differenceNanos: (BigInt(told.costNanos) - 30_000n).toString(),
    })
  })
})
