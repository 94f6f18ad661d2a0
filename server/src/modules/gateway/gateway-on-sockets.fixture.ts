import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { type FakeProvider, startFakeProvider } from '../../testing/fake-provider/fake-provider.ts'
import { type Listening, listen } from '../../testing/listen.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

/** The gateway between real sockets, a provider behind it, and a new organization for each test. */
export interface GatewayOnSockets {
  readonly provider: FakeProvider
  readonly on: TestApp
  readonly ada: Actor
  readonly url: string
}

/** Sets it up for the tests of a file. @param prepare what each test's organization has besides */
export function setGatewayOnSockets(
  prepare: (gateway: GatewayOnSockets) => Promise<void> | void = () => {},
  environment: Readonly<Record<string, string>> = {},
): GatewayOnSockets {
  let provider: FakeProvider
  let on: TestApp
  let listening: Listening
  let ada: Actor

  beforeAll(async () => {
    provider = await startFakeProvider()
    on = await createTestApp({
      OPENROUTER_API_KEY: 'sk-or-test-key',
      OPENROUTER_BASE_URL: provider.url,
      ...environment,
    })
    listening = await listen(on.app)
  })
  afterAll(async () => {
    await listening.close()
    await on.dispose()
    await provider.close()
  })

  const gateway: GatewayOnSockets = {
    get provider() {
      return provider
    },
    get on() {
      return on
    },
    get ada() {
      return ada
    },
    get url() {
      return listening.url
    },
  }
  beforeEach(async () => {
    // An answer between the tests: a provider that failed in three of them would not be asked in the next.
    const between = await signUp(on)
    const body = { model: 'openai/gpt-4o-mini', messages: [{ role: 'user', content: 'in between' }] }
    expect((await between.call('POST', '/v1/chat/completions', body)).status).toBe(200)
    ada = await signUp(on)
    await prepare(gateway)
  })
  return gateway
}
