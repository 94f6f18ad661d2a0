import { afterEach, beforeEach } from 'vitest'
import type { FakeBehaviour } from '../../../../testing/fake-provider/behaviours.ts'
import { type FakeProvider, startFakeProvider } from '../../../../testing/fake-provider/fake-provider.ts'
import type { ChatCall, Provider } from '../provider.ts'
import { ProviderError } from '../provider-error.ts'
import { createOpenAiCompatibleProvider, type OpenAiCompatibleOptions } from './create-provider.ts'

/** Without the beginning that keys of the known providers have: only knowing it can keep it out of a message. */
export const testKey = 'Zq3v0123456789abcdef'

type Options = Partial<OpenAiCompatibleOptions>

export interface FailureHarness {
  fake(): FakeProvider
  create(options?: Options): Provider
  call(): ChatCall
  failureOf(promise: Promise<unknown>): Promise<ProviderError>
  chatFailure(behaviour: FakeBehaviour, options?: Options): Promise<ProviderError>
  /** How a stream failed, and what had arrived of it before. */
  streamFailure(behaviour: FakeBehaviour, options?: Options): Promise<{ error: ProviderError; text: string }>
}

/** For the tests of the block it is called in: a fake provider for each, closed with every client of it. */
export function withFailingProvider(): FailureHarness {
  let fake: FakeProvider
  const providers: Provider[] = []

  beforeEach(async () => {
    fake = await startFakeProvider()
  })
  afterEach(async () => {
    await Promise.all(providers.splice(0).map((provider) => provider.close()))
    await fake.close()
  })

  function create(options: Options = {}): Provider {
    const provider = createOpenAiCompatibleProvider({
      id: 'fake',
      baseUrl: fake.url,
      apiKey: testKey,
      ...options,
    })
    providers.push(provider)
    return provider
  }

  const call = (): ChatCall => ({
    deploymentModel: 'model-1',
    body: { model: 'alias', messages: [{ role: 'user', content: 'one two three four' }] },
    maxOutputTokens: 100,
    signal: new AbortController().signal,
    requestId: 'request-1',
  })

  async function failureOf(promise: Promise<unknown>): Promise<ProviderError> {
    const error = await promise.then(
      () => new Error('It did not fail.'),
      (reason: unknown) => reason,
    )
    if (!(error instanceof ProviderError)) throw error
    return error
  }

  return {
    fake: () => fake,
    create,
    call,
    failureOf,
    chatFailure(behaviour, options) {
      fake.script(behaviour)
      return failureOf(create(options).chat(call()))
    },
    async streamFailure(behaviour, options) {
      fake.script(behaviour)
      let text = ''
      const read = async () => {
        for await (const chunk of create(options).streamChat(call())) text += chunk.textDelta
      }
      const error = await failureOf(read())
      return { error, text }
    },
  }
}

export function failWith(
  status: number,
  error: unknown,
  headers: Record<string, string> = {},
): FakeBehaviour {
  return { kind: 'status', status, body: { error }, headers }
}
