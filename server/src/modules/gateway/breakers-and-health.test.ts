import { describe, expect, test } from 'vitest'
import { serverError } from '../../testing/fake-provider/behaviours.ts'
import { createTestClock } from '../../testing/test-clock.ts'
import { createDeploymentHealth } from './deployment-health.ts'
import { setStage } from './routing.fixture.ts'

const stage = setStage()
const model = 'openai/gpt-4o-mini'
const other = 'openai/gpt-4.1-nano'

interface Health {
  model: string
  state: string
  since: string | null
  calls: number
  errorRate: number
  latencyMs: { p50: number; p95: number } | null
  timeToFirstTokenMs: { p50: number } | null
  lastError: { class: string } | null
}

async function healthOf(id: string): Promise<Health> {
  const { body } = await stage.ada.call<{ data: Health[] }>('GET', '/api/v1/models/health')
  const found = body.data.find((one) => one.model === id)
  if (!found) throw new Error(`${id} is not shown.`)
  return found
}

describe('a model that fails three times in a row', () => {
  test('is asked no more, and whoever names it alone is told when to try again', async () => {
    const asked = stage.first.calls.length
    stage.first.script(serverError(), serverError(), serverError())
    for (let call = 0; call < 5; call++) {
      const { response } = await stage.chat({ model })
      expect(response.status).toBe(503)
      if (call >= 3) expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    expect(stage.first.calls.length - asked).toBe(3)
    expect(await healthOf(model)).toMatchObject({
      state: 'open',
      errorRate: 1,
      lastError: { class: 'unavailable' },
    })
  })

  test('is passed over by an alias without being asked', async () => {
    await stage.makeAlias({ name: 'fast', targets: [{ model }, { model: other }] })
    stage.first.script(serverError(), serverError(), serverError())
    for (let call = 0; call < 3; call++) await stage.chat({ model })
    const asked = stage.first.calls.length
    const { response, requestId } = await stage.chat()
    expect(response.status).toBe(200)
    expect(stage.first.calls.slice(asked).map(({ body }) => body.model)).toEqual([other])
    const record = await stage.record(requestId)
    expect(record).toMatchObject({ model: other, fallback: true })
    expect(record.attempts[0]).toMatchObject({ model, outcome: 'skipped', reason: 'breaker_open' })
  })

  test('for one organization’s impatience is failing for that one alone', async () => {
    const targets = [{ model, timeoutMs: 100 }, { model: other }]
    await stage.makeAlias({ name: 'hasty', targets })
    for (let call = 0; call < 3; call++) {
      stage.first.script({ kind: 'hang' })
      await stage.chat({ model: 'hasty' })
    }
    const asked = stage.first.calls.length
    await stage.chat({ model: 'hasty' })
    expect(stage.first.calls.slice(asked).map(({ body }) => body.model)).toEqual([other])
    expect((await stage.chat({ model })).response.status).toBe(200)
  })
})

test('the health of a model shows its calls, latencies and the class of its last failure, and no word of the provider’s', async () => {
  expect(await healthOf(model)).toMatchObject({ state: 'unknown', calls: 0, latencyMs: null })
  await stage.chat({ model })
  await (await stage.chat({ model, stream: true })).response.text()
  stage.first.script(serverError())
  await stage.chat({ model })
  const health = await healthOf(model)
  expect(health).toMatchObject({ state: 'closed', calls: 3, lastError: { class: 'unavailable' } })
  expect(health.errorRate).toBeCloseTo(1 / 3)
  expect(health.latencyMs?.p95).toBeGreaterThanOrEqual(health.latencyMs?.p50 ?? Number.POSITIVE_INFINITY)
  expect(health.timeToFirstTokenMs).not.toBeNull()
  expect(JSON.stringify(health)).not.toMatch(/10\.1\.2\.3|sk-or/)
})

describe('what is remembered of a deployment', () => {
  const well = { verdict: 'well', latencyMs: 10, timeToFirstTokenMs: null, errorClass: null } as const
  const sick = { verdict: 'sick', latencyMs: 10, timeToFirstTokenMs: null, errorClass: 'timeout' } as const

  test('counts a call that ends twice once', () => {
    const health = createDeploymentHealth(createTestClock())
    const end = health.begin('a')
    end(well)
    end(well)
    expect(health.callsInFlight('a')).toBe(0)
    expect(health.status('a').calls).toBe(1)
  })

  test('is forgotten after five minutes', () => {
    const clock = createTestClock()
    const health = createDeploymentHealth(clock)
    for (let call = 0; call < 3; call++) health.begin('a')(well)
    expect(health.usualMs('a', false)).toBe(10)
    clock.advance(300_001)
    expect(health.status('a').calls).toBe(0)
    expect(health.usualMs('a', false)).toBeNull()
  })

  test('lets one call decide when the time of an open breaker is over', () => {
    const clock = createTestClock()
    const health = createDeploymentHealth(clock)
    for (let call = 0; call < 3; call++) health.begin('a')(sick)
    expect(health.letsThrough('a')).toBe(false)
    expect(health.retryAfterMs('a')).toBeGreaterThan(5_000)
    clock.advance(10_000)
    expect(health.letsThrough('a')).toBe(true)
    const end = health.begin('a')
    expect(health.letsThrough('a')).toBe(false)
    end(well)
    expect(health.status('a').state).toBe('closed')
  })
})
