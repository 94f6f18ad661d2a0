import { describe, expect, test } from 'vitest'
import { serverError } from '../../testing/fake-provider/behaviours.ts'
import { question, setStage } from './routing.fixture.ts'

const stage = setStage()
const cheap = 'openai/gpt-4o-mini'
const dear = 'openai/gpt-4.1'

interface Estimate {
  wouldAnswer: boolean
  allowedByPolicy: boolean
  refusals: { code: string }[]
  alias: string | null
  strategy: string | null
  chosen: string | null
  candidates: {
    model: string
    part: string
    reason: string | null
    inputTokensBound: number
    outputTokensCap: number
    costNanosBound: string
    costNanosLikely: string
  }[]
  heldNanos: string
  heldUsd: string
  outputTokensCap: number
  budgets: { id: string; leftNanos: string; wouldRefuse: boolean }[]
}

async function estimate(body: Record<string, unknown>, query = ''): Promise<Estimate> {
  const answer = await stage.ada.call<Estimate>('POST', `/api/v1/estimate${query}`, body)
  expect(answer).toMatchObject({ status: 200 })
  return answer.body
}

const chat = (fields: Record<string, unknown> = {}) => ({ model: cheap, messages: question, ...fields })

const setBudget = (limitUsd: string, part: Record<string, unknown> = {}) =>
  stage.ada.call<{ id: string }>('POST', '/api/v1/budgets', {
    limitUsd,
    window: 'month',
    hard: true,
    ...part,
  })

describe('an estimate', () => {
  test('says what would be held, to the nano-dollar, and neither sends nor holds anything', async () => {
    await setBudget('0.000001')
    const told = await estimate(chat({ max_tokens: 1_000 }))
    expect(told).toMatchObject({ wouldAnswer: false, allowedByPolicy: true, chosen: cheap })
    expect(told.refusals.map(({ code }) => code)).toEqual(['budget_exceeded'])
    expect(told.budgets).toEqual([
      expect.objectContaining({ leftNanos: '1000', wouldRefuse: true, about: 'the organization' }),
    ])
    const asked = stage.first.calls.length
    const { response } = await stage.chat(chat({ max_tokens: 1_000 }))
    expect(response.status).toBe(402)
    expect(await response.text()).toContain(`could cost up to $${told.heldUsd}, and $0.000001000 is left`)
    const budgets = await stage.ada.call<{ data: object[] }>('GET', '/api/v1/budgets')
    expect(budgets.body.data).toEqual([expect.objectContaining({ settledNanos: '0', heldNanos: '0' })])
    expect(stage.first.calls).toHaveLength(asked)
  })

  test('is never less than what the call costs, and says the cap that its provider is told', async () => {
    await setBudget('0.001')
    const told = await estimate(chat())
    expect(told).toMatchObject({ wouldAnswer: true, chosen: cheap })
    expect(told.outputTokensCap).toBeLessThan(4_096)
    const { requestId } = await stage.chat(chat())
    const record = await stage.record(requestId)
    expect(BigInt(record.costNanos)).toBeLessThanOrEqual(BigInt(told.heldNanos))
    const sent = stage.first.calls.at(-1)?.body as { max_tokens?: number; max_completion_tokens?: number }
    expect(sent.max_tokens ?? sent.max_completion_tokens).toBe(told.outputTokensCap)
  })

  test('names an alias, its order, and what is left out and why', async () => {
    await stage.makeAlias({
      name: 'fast',
      strategy: 'cheapest',
      targets: [{ model: dear }, { model: cheap }, { model: 'openai/no-such-model' }],
    })
    const told = await estimate(chat({ model: 'fast' }))
    expect(told).toMatchObject({ alias: 'fast', strategy: 'cheapest', chosen: cheap })
    expect(told.candidates.map(({ model, part, reason }) => [model, part, reason])).toEqual([
      [cheap, 'first', null],
      [dear, 'fallback', null],
      ['openai/no-such-model', 'skipped', 'not_served'],
    ])
    for (const one of told.candidates.slice(0, 2))
      expect(BigInt(one.costNanosLikely)).toBeLessThanOrEqual(BigInt(one.costNanosBound))
  })

  test('goes by the one that its budget bears where it does not bear them all', async () => {
    await stage.makeAlias({ name: 'fast', targets: [{ model: dear }, { model: cheap }] })
    await setBudget('0.002')
    expect(await estimate(chat({ model: 'fast', max_tokens: 1_000 }))).toMatchObject({
      wouldAnswer: true,
      chosen: cheap,
    })
  })

  test('says that policy refuses, or that every deployment is failing', async () => {
    const path = `/api/v1/organizations/${stage.ada.organizationId}/settings`
    const changed = await stage.ada.call('PATCH', path, { allowedModels: [cheap] })
    expect(changed.status).toBeLessThan(300)
    expect(await estimate(chat({ model: dear }))).toMatchObject({
      wouldAnswer: false,
      allowedByPolicy: false,
      chosen: null,
      candidates: [],
    })
    for (let attempt = 0; attempt < 10; attempt++) {
      stage.first.script(serverError())
      await stage.chat(chat())
    }
    const told = await estimate(chat())
    expect(told).toMatchObject({ wouldAnswer: false, allowedByPolicy: true })
    expect(told.refusals.map(({ code }) => code)).toEqual(['gateway.provider_unavailable'])
  })

  test('is made of Anthropic’s shape and of embeddings too', async () => {
    const message = { model: cheap, max_tokens: 100, system: 'Be short.', messages: question }
    expect(await estimate(message)).toMatchObject({ wouldAnswer: true, chosen: cheap, outputTokensCap: 100 })
    const embedding = { model: 'openai/text-embedding-3-small', input: ['one', 'two'] }
    expect(await estimate(embedding)).toMatchObject({ wouldAnswer: true, outputTokensCap: 0 })
  })

  test.each([
    ['no messages', { model: cheap }, 400],
    ['texts for a model of chats', { model: cheap, input: ['one'] }, 400],
    [
      'what is longer than the context',
      chat({ messages: [{ role: 'user', content: 'word '.repeat(600_000) }] }),
      400,
    ],
  ])('of %s is refused as the call would be', async (_, body, status) => {
    expect((await stage.ada.call('POST', '/api/v1/estimate', body)).status).toBe(status)
  })
})
