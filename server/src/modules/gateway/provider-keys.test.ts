import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMemoryRateLimiter } from '../../platform/cache/index.ts'
import { rateLimited, wrongKey } from '../../testing/fake-provider/behaviours.ts'
import { type FakeProvider, startFakeProvider } from '../../testing/fake-provider/fake-provider.ts'
import { createTestClock } from '../../testing/test-clock.ts'
import { createLocalProvider } from './adapters/local/create-provider.ts'
import { createKeyPool, type ProviderKey } from './key-pool.ts'
import { setStage } from './routing.fixture.ts'

const stage = setStage({
  OPENROUTER_API_KEY: 'sk-or-one, sk-or-two',
  FREEHOLD_ALLOW_PRIVATE_PROVIDERS: 'true',
})
const model = 'openai/gpt-4o-mini'
const secret = 'sk-of-the-organization-1234'

let own: FakeProvider
beforeAll(async () => {
  own = await startFakeProvider({ apiKey: secret })
})
afterAll(() => own.close())

interface Key {
  id: string
  lastFour: string | null
  problem: string | null
  enabled: boolean
}

const bring = (fields: Record<string, unknown> = {}) =>
  stage.ada.call<Key>('POST', '/api/v1/provider-keys', {
    provider: 'openrouter',
    name: 'Production',
    key: secret,
    ...fields,
  })
const keys = async () => (await stage.ada.call<{ data: Key[] }>('GET', '/api/v1/provider-keys')).body.data
const keysSent = (from: number) => stage.first.calls.slice(from).map(({ headers }) => headers.authorization)

describe('several keys of the operator', () => {
  test('a call that one of them is limited for goes on with the other, to the same model', async () => {
    const from = stage.first.calls.length
    stage.first.script(rateLimited('7'))
    const { response, requestId } = await stage.chat({ model })
    expect(response.status).toBe(200)
    expect(new Set(keysSent(from))).toEqual(new Set(['Bearer sk-or-one', 'Bearer sk-or-two']))
    expect(await stage.record(requestId)).toMatchObject({ model, attempts: [{ reason: 'rate_limited' }, {}] })
  })

  test('the one that was limited rests: the next calls go with the other', async () => {
    stage.first.script(rateLimited('7'))
    await stage.chat({ model })
    const from = stage.first.calls.length
    for (let call = 0; call < 6; call++) await stage.chat({ model })
    expect(new Set(keysSent(from)).size).toBe(1)
  })

  test('the one that was refused rests too, and no answer shows it', async () => {
    stage.first.script(wrongKey('sk-or-one'))
    const { response } = await stage.chat({ model })
    expect(response.status).toBe(200)
    const from = stage.first.calls.length
    for (let call = 0; call < 6; call++) await stage.chat({ model })
    expect(new Set(keysSent(from)).size).toBe(1)
  })
})

describe('an organization’s own key', () => {
  test('is never shown again, nor kept as it is', async () => {
    const { status, body } = await bring()
    expect(status).toBe(201)
    expect(body.lastFour).toBe('1234')
    const seen = JSON.stringify([
      body,
      await keys(),
      (await stage.ada.call('GET', '/api/v1/activity')).body,
      await stage.on.platform.database.query('select * from freehold.provider_keys'),
    ])
    expect(seen).not.toContain(secret)
    expect(seen).toContain('provider_key.create')
  })

  test('is what the organization’s calls are made with, alone, and nobody else’s', async () => {
    await bring()
    const from = stage.first.calls.length
    for (let call = 0; call < 4; call++) expect((await stage.chat({ model })).response.status).toBe(200)
    expect(new Set(keysSent(from))).toEqual(new Set([`Bearer ${secret}`]))
  })

  test('costs the organization’s budgets nothing, and the record says what it cost and who pays', async () => {
    await bring()
    await stage.ada.call('PUT', '/api/v1/budgets/organization', { limitUsd: '0.000000001' })
    const { response, requestId } = await stage.chat({ model })
    expect(response.status).toBe(200)
    const record = await stage.record(requestId)
    expect(record.paidBy).toBe('organization')
    expect(BigInt(record.costNanos)).toBeGreaterThan(0n)
    expect(await spentNanos()).toBe('0')
    // Nor does a budget count it that is made afterwards, by records or by the roll-up.
    await stage.ada.call('POST', '/api/v1/budgets', { limitUsd: '5', window: 'month', model })
    await stage.ada.call('POST', '/api/v1/budgets', {
      limitUsd: '5',
      window: 'month',
      userId: stage.ada.userId,
    })
    const { body } = await stage.ada.call<{ data: { settledNanos: string }[] }>('GET', '/api/v1/budgets')
    expect(body.data.map(({ settledNanos }) => settledNanos)).toEqual(['0', '0', '0'])
  })

  test('counts in budgets where they chose so', async () => {
    await bring({ countsInBudgets: true })
    await stage.ada.call('PUT', '/api/v1/budgets/organization', { limitUsd: '1' })
    const { requestId } = await stage.chat({ model })
    const { costNanos } = await stage.record(requestId)
    expect(BigInt(costNanos)).toBeGreaterThan(0n)
    expect(await spentNanos()).toBe(costNanos)
  })

  test('that the provider refuses is put away, with what was said for an admin to see, until they try it again', async () => {
    const { body: key } = await bring()
    stage.first.script(wrongKey(secret))
    expect((await stage.chat({ model })).response.status).toBe(502)
    await expect
      .poll(async () => (await keys())[0]?.problem)
      .toMatch(/does not accept this server's credentials/)
    expect(JSON.stringify(await keys())).not.toContain(secret)
    // Not with the operator's keys in its place: who pays is not changed by a failure.
    const from = stage.first.calls.length
    const refused = await stage.chat({ model })
    expect([refused.response.status, keysSent(from)]).toEqual([502, []])
    await stage.ada.call('PATCH', `/api/v1/provider-keys/${key.id}`, { enabled: true })
    expect((await keys())[0]?.problem).toBeNull()
    stage.on.platform.clock.advance(60_001)
    expect((await stage.chat({ model })).response.status).toBe(200)
  })

  test('with a limit of calls a minute is not used beyond it', async () => {
    await bring({ requestsPerMinute: 2 })
    const statuses: number[] = []
    for (let call = 0; call < 3; call++) statuses.push((await stage.chat({ model })).response.status)
    expect(statuses).toEqual([200, 200, 429])
  })

  test('that is removed gives way to the operator’s', async () => {
    const { body: key } = await bring()
    await stage.chat({ model })
    await stage.ada.call('DELETE', `/api/v1/provider-keys/${key.id}`)
    const from = stage.first.calls.length
    await stage.chat({ model })
    expect(keysSent(from)[0]).toMatch(/^Bearer sk-or-(one|two)$/)
  })
})

describe('a server of the organization’s own', () => {
  const server = () => bring({ provider: 'our-server', baseUrl: own.url, models: ['llama'] })

  test('answers by its name, is listed, and can be part of an alias', async () => {
    expect((await server()).status).toBe(201)
    const { response, requestId } = await stage.chat({ model: 'our-server/llama' })
    expect(response.status).toBe(200)
    expect(own.calls.at(-1)?.body.model).toBe('llama')
    expect(await stage.record(requestId)).toMatchObject({ model: 'our-server/llama', paidBy: 'organization' })
    const { body } = await stage.ada.call<{ data: { id: string }[] }>('GET', '/v1/models')
    expect(body.data.map(({ id }) => id)).toContain('our-server/llama')
    const { status } = await stage.makeAlias({ name: 'ours', targets: [{ model: 'our-server/llama' }] })
    expect(status).toBe(201)
  })

  test('may not take the name of a provider, nor be without models', async () => {
    expect((await bring({ provider: 'openai', baseUrl: own.url, models: ['a'] })).status).toBe(409)
    expect((await bring({ provider: 'our-server', baseUrl: own.url })).status).toBe(422)
    expect((await bring({ provider: 'nobody' })).status).toBe(422)
  })
})

describe('the pool', () => {
  const provider = createLocalProvider({ clock: createTestClock() })
  const key = (id: string, fields: Partial<ProviderKey> = {}): ProviderKey => ({
    id,
    provider,
    weight: 1,
    requestsPerMinute: null,
    paidBy: 'installation',
    countsInBudgets: true,
    ...fields,
  })
  const pool = () => {
    const clock = createTestClock()
    return { clock, keys: createKeyPool(clock, createMemoryRateLimiter({ clock }), () => 0.5) }
  }
  const one = key('one')

  test('lets a limited key rest for as long as the provider said, a minute at most, and for that model alone', async () => {
    const { clock, keys: at } = pool()
    at.report(one, 'a', 'limited', 20_000)
    expect((await at.take([one], 'b', false)).key).toBe(one)
    clock.advance(15_000)
    expect((await at.take([one], 'a', false)).key).toBeUndefined()
    clock.advance(5_001)
    expect((await at.take([one], 'a', false)).key).toBe(one)
    at.report(one, 'a', 'limited', 86_400_000)
    clock.advance(60_001)
    expect((await at.take([one], 'a', false)).key).toBe(one)
  })

  test('takes a resting key as the last resort, but never beyond a limit of calls a minute', async () => {
    const { keys: at } = pool()
    const limited = key('limited', { requestsPerMinute: 1 })
    at.report(limited, 'a', 'limited', 20_000)
    expect((await at.take([limited], 'a', true)).key).toBe(limited)
    expect((await at.take([limited], 'a', true)).key).toBeUndefined()
  })

  test('takes a refused key of the operator where there is no other, and never one of an organization', async () => {
    const { keys: at } = pool()
    const theirs = key('theirs', { paidBy: 'organization' })
    at.report(one, 'a', 'refused', null)
    at.report(theirs, 'a', 'refused', null)
    expect((await at.take([one], 'a', false)).key).toBe(one)
    expect((await at.take([one, key('other')], 'a', false)).key?.id).toBe('other')
    expect((await at.take([theirs], 'a', true)).key).toBeUndefined()
  })
})

async function spentNanos(): Promise<string | undefined> {
  const { body } = await stage.ada.call<{ data: { settledNanos: string }[] }>('GET', '/api/v1/budgets')
  return body.data[0]?.settledNanos
}
