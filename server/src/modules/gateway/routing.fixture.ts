import { afterAll, beforeAll, beforeEach } from 'vitest'
import { type FakeProvider, startFakeProvider } from '../../testing/fake-provider/fake-provider.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

/** Two providers at once, so that a call has somewhere to go: `first` is OpenRouter, `second` a server of the operator's. */
export interface Stage {
  readonly first: FakeProvider
  readonly second: FakeProvider
  readonly on: TestApp
  readonly ada: Actor
  /** The stage's own key in force, so that breakers of other tests are not in the way. */
  makeAlias(fields: Record<string, unknown>): Promise<{ status: number; body: Record<string, unknown> }>
  chat(fields?: Record<string, unknown>): Promise<Sent>
  record(requestId: string): Promise<UsageRecord>
}

export interface Sent {
  readonly response: Response
  readonly requestId: string
}

export interface UsageRecord {
  model: string
  provider: string
  status: string
  errorCode: string | null
  fallback: boolean
  alias: string | null
  costNanos: string
  paidBy: string
  promptTokens: number
  completionTokens: number
  attempts: { model: string; outcome: string; reason: string | null; costNanos: string }[]
}

export const question = [{ role: 'user', content: 'three short words' }]

/** Sets it up anew for each test: breakers and keys of one test are no other's. */
export function setStage(settings: Readonly<Record<string, string>> = {}): Stage {
  let first: FakeProvider
  let second: FakeProvider
  let on: TestApp
  let ada: Actor

  beforeAll(async () => {
    first = await startFakeProvider()
    second = await startFakeProvider()
  })
  afterAll(async () => {
    await first.close()
    await second.close()
  })
  beforeEach(async () => {
    on = await createTestApp({
      OPENROUTER_API_KEY: 'sk-or-test-key',
      OPENROUTER_BASE_URL: first.url,
      OPENAI_BASE_URL: second.url,
      FREEHOLD_MODEL_PRICES: '[{"provider":"openai","model":"house-model","input":"1","output":"2"}]',
      ...settings,
    })
    ada = await signUp(on)
    return async () => {
      await first.settled()
      await second.settled()
      await on.dispose()
    }
  })

  const stage: Stage = {
    get first() {
      return first
    },
    get second() {
      return second
    },
    get on() {
      return on
    },
    get ada() {
      return ada
    },
    makeAlias: (fields) => ada.call('POST', '/api/v1/model-aliases', fields),
    async chat(fields = {}) {
      const response = await on.app.request('http://localhost/v1/chat/completions', {
        method: 'POST',
        headers: { authorization: `Bearer ${ada.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'fast', messages: question, ...fields }),
      })
      return { response, requestId: response.headers.get('x-request-id') ?? '' }
    },
    async record(requestId) {
      const { status, body } = await ada.call<UsageRecord>('GET', `/api/v1/usage/${requestId}`)
      if (status !== 200) throw new Error(`There is no record of ${requestId}: ${JSON.stringify(body)}`)
      return body
    },
  }
  return stage
}
