import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { type Listening, listen } from '../../testing/listen.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

/** Models of each protocol that the mock speaks: as OpenRouter, as a server of OpenAI's protocol, and as Anthropic. */
export const mockedModels = ['openai/gpt-4o-mini', 'mock-model', 'claude-sonnet-4-6'] as const

export const country = { name: 'Norway', capital: 'Oslo' }

/** This program on real sockets, between official clients and a mock that is not ours. */
export interface ClientsStage {
  readonly mock: LLMock
  readonly url: string
  readonly key: string
  readonly ada: Actor
  /** What the mock was asked last: the path and the body. */
  lastRequest(): { path: string; body: Readonly<Record<string, unknown>> }
}

export function setClientsStage(): ClientsStage {
  let mock: LLMock
  let on: TestApp
  let listening: Listening
  let ada: Actor
  let key: string

  beforeAll(async () => {
    mock = new LLMock({ port: 0, logLevel: 'silent', chunkSize: 8 })
    const usage = { prompt_tokens: 20, completion_tokens: 7, input_tokens: 20, output_tokens: 7 }
    mock.onMessage(/hello/i, { content: 'Good day to you, dear caller.', usage })
    mock.onMessage(/country/i, { content: JSON.stringify(country), usage })
    const calls = ['Oslo', 'Bergen'].map((city, index) => ({
      id: `call_${index}`,
      name: 'get_weather',
      arguments: JSON.stringify({ city }),
    }))
    mock.on({ userMessage: /weather/i, hasToolResult: false }, { toolCalls: calls, usage })
    mock.on({ userMessage: /weather/i, hasToolResult: true }, { content: 'Rain in Oslo and Bergen.', usage })
    mock.onEmbedding(/./, { embedding: [0.5, -0.25, 0.125] })
    await mock.start()
    on = await createTestApp({
      OPENROUTER_API_KEY: 'sk-or-of-tests',
      OPENROUTER_BASE_URL: `${mock.url}/api/v1`,
      OPENAI_API_KEY: 'sk-of-tests',
      OPENAI_BASE_URL: `${mock.url}/v1`,
      ANTHROPIC_API_KEY: 'sk-ant-of-tests',
      ANTHROPIC_BASE_URL: mock.url,
    })
    listening = await listen(on.app)
  })
  afterAll(async () => {
    await listening?.close()
    await on?.dispose()
    await mock?.stop()
  })
  beforeEach(async () => {
    ada = await signUp(on)
    const { body } = await ada.call<{ key: string }>('POST', '/api/v1/api-keys', {
      name: 'sdk',
      scopes: ['use:models', 'read:models'],
    })
    key = body.key
  })

  return {
    get mock() {
      return mock
    },
    get url() {
      return listening.url
    },
    get key() {
      return key
    },
    get ada() {
      return ada
    },
    lastRequest() {
      const last = mock.getLastRequest()
      if (!last) throw new Error('The mock was asked nothing.')
      // Bodies are plain JSON objects.
      return { path: last.path, body: last.body as unknown as Record<string, unknown> }
    },
  }
}
