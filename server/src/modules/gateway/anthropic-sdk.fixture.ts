import Anthropic from '@anthropic-ai/sdk'
import { expect } from 'vitest'
import type { FakeProvider } from '../../testing/fake-provider/fake-provider.ts'
import type { Actor } from '../../testing/test-app.ts'
import { setGatewayOnSockets } from './gateway-on-sockets.fixture.ts'

export const model = 'openai/gpt-4o-mini'

export const ask = (content: string): Anthropic.MessageParam[] => [{ role: 'user', content }]

export const weather: Anthropic.Tool = {
  name: 'get_weather',
  description: 'The weather of a city',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}

/** Anthropic's own client against real sockets on both sides, with a key of a new organization for each test. */
export interface AnthropicStage {
  readonly provider: FakeProvider
  readonly ada: Actor
  readonly client: Anthropic
  readonly url: string
  /** What the provider was sent last. */
  lastBody(): Readonly<Record<string, unknown>>
}

/** Sets the stage for the tests of a file. */
export function setAnthropicStage(): AnthropicStage {
  let client: Anthropic
  const gateway = setGatewayOnSockets(async ({ ada, url }) => {
    const { body } = await ada.call<{ key: string }>('POST', '/api/v1/api-keys', {
      name: 'sdk',
      scopes: ['use:models'],
    })
    client = new Anthropic({ baseURL: url, apiKey: body.key, maxRetries: 0 })
  })
  return {
    get provider() {
      return gateway.provider
    },
    get ada() {
      return gateway.ada
    },
    get client() {
      return client
    },
    get url() {
      return gateway.url
    },
    lastBody: () => gateway.provider.calls.at(-1)?.body ?? {},
  }
}

/** What the client throws of an answer, as its users see it. */
export async function refusal(answer: Promise<unknown>) {
  const error = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(Anthropic.APIError)
  const { status, type, apiMessage, requestID } = error as InstanceType<typeof Anthropic.APIError> // just checked
  return { status, type, message: apiMessage, requestID }
}
