import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemCaller } from '../../platform/context.ts'
import { newId } from '../../platform/ids.ts'
import { createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { createGuardrails, type Guardrails } from './guardrails.ts'

let on: TestApp
beforeAll(async () => {
  on = await createTestApp()
})
afterAll(() => on.dispose())

let reads: number
let nowMs: number
let guardrails: Guardrails
beforeEach(() => {
  reads = 0
  nowMs = on.platform.clock.now().getTime()
  const { database } = on.platform
  const counting: typeof database = {
    ...database,
    transaction: (opening, work) => {
      reads += 1
      return database.transaction(opening, work)
    },
  }
  const clock = { ...on.platform.clock, now: () => new Date(nowMs) }
  guardrails = createGuardrails({ ...on.platform, clock, database: counting })
})

const callsOf =
  (organizationId: string) =>
  (models: readonly string[] = []) =>
    guardrails.policyFor(systemCaller(organizationId, newId()), models, models)

describe('the policy of an organization', () => {
  test('that has set nothing is read once in half a minute, and is none', async () => {
    const { organizationId } = await signUp(on)
    const policy = callsOf(organizationId)
    for (let call = 0; call < 50; call++) expect(await policy(['openai/gpt-4o-mini'])).toBeUndefined()
    expect(reads).toBe(1)
    nowMs += 30_000
    await policy()
    expect(reads).toBe(2)
  })

  test('is read once by calls that come at the same time', async () => {
    const { organizationId } = await signUp(on)
    const policy = callsOf(organizationId)
    await Promise.all(Array.from({ length: 20 }, () => policy()))
    expect(reads).toBe(1)
  })

  test('counts from the call after it was changed, on every node that hears of it', async () => {
    const ada = await signUp(on)
    const policy = callsOf(ada.organizationId)
    await guardrails.start()
    try {
      expect(await policy()).toBeUndefined()
      await ada.call('PUT', '/api/v1/guardrails', { unicode: { action: 'block' } })
      expect(await policy()).toMatchObject({ unicode: { action: 'block' } })
    } finally {
      await guardrails.close()
    }
  })
})
